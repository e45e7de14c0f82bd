"""The hosted page: where the shopper "pays". Works without JavaScript and without cookies."""

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.template import Context, Engine

from orders.sandbox import payments
from orders.sandbox.cards import Card, card_with, mistakes
from orders.sandbox.config import Config
from orders.sandbox.currencies import written
from orders.sandbox.messages import Request, Response, redirect
from orders.sandbox.payments import SESSION
from orders.sandbox.store import Books, Json
from orders.sandbox.words import language_for, words_for

HERE = Path(__file__).resolve().parent
FIELDS = {"number": "23", "expiry": "7", "cvc": "4"}  # and how many characters they take
HINTS = {"expiry": "expiry_hint", "cvc": "cvc_hint"}


def view(request: Request, books: Books, config: Config, session_id: str) -> Response:
    session = books.find(SESSION, session_id)
    if session is None or session["status"] != "open":
        return _closed(request, session, config)
    chosen = dict(request.form).get("card", "")
    values = (
        {"number": Card[chosen].grouped, "expiry": "12 / 34", "cvc": "123"}
        if chosen in Card.__members__
        else {}
    )
    return _checkout(request, session, config, values=values)


def submit(request: Request, books: Books, config: Config, session_id: str) -> Response:
    session = books.find(SESSION, session_id)
    if session is None or session["status"] == "expired":
        return _closed(request, session, config)
    if session["status"] == "complete":  # the button was pressed twice
        return redirect(_return_url(session))
    form = {name: value.strip() for name, value in request.form}
    number, expiry, cvc = (form.get(name, "") for name in FIELDS)
    wrong = mistakes(number, expiry, cvc, today=datetime.now(UTC).date())
    card = card_with(number)
    if wrong or card is None:
        # The number goes back only if it is a test card's: a real one typed by accident is not repeated.
        values = {"number": card.grouped if card else "", "expiry": expiry[:7], "cvc": ""}
        return _checkout(request, session, config, values=values, wrong=wrong, alert="mistakes")
    now = time.time()
    if form.get("deed") == "late":
        payments.pay_late(books, session, card, now, seconds=config.late_seconds)
    elif card.decline_code:
        payments.decline(books, session, card, now)
        return _checkout(request, session, config, alert=card.decline_code)
    else:
        payments.pay(books, session, card, now)
    return redirect(_return_url(session))


def stylesheet() -> Response:
    return Response((HERE / "page.css").read_bytes(), content_type="text/css; charset=utf-8")


def unknown(request: Request, config: Config) -> Response:
    return _closed(request, None, config)


def _checkout(
    request: Request,
    session: Json,
    config: Config,
    *,
    values: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    alert: str = "",
) -> Response:
    language = language_for(session["locale"] or "", request.headers.get("accept-language", ""))
    amount = written(session["amount_total"], session["currency"], language)
    words = words_for(language, amount=amount, merchant=config.merchant, seconds=f"{config.late_seconds:g}")
    fields = {
        name: {
            "id": name,
            "label": words[name],
            "longest": longest,
            "hint": words.get(HINTS.get(name, ""), ""),
            "value": (values or {}).get(name, ""),
            "error": words.get((wrong or {}).get(name, ""), ""),
        }
        for name, longest in FIELDS.items()
    }
    context = {
        "session": session,
        "description": session["_description"],
        "amount": amount,
        "fields": fields,
        "alert": words.get(alert, ""),
        "cards": [{"name": card.name, "number": card.grouped, "does": words[card.name]} for card in Card],
    }
    return _rendered("checkout.html", language, words, context, session)


def _closed(request: Request, session: Json | None, config: Config) -> Response:
    locale = (session or {}).get("locale") or ""
    language = language_for(locale, request.headers.get("accept-language", ""))
    words = words_for(language, amount="", merchant=config.merchant, seconds="")
    state = session["status"] if session else "unknown"
    context = {
        "title": words[f"{state}_title"],
        "text": words[f"{state}_text"],
        "back_url": _back_url(session) if session else "",
    }
    return _rendered("closed.html", language, words, context, session)


def _rendered(
    template: str, language: str, words: dict[str, str], context: Json, session: Json | None
) -> Response:
    page = _templates().get_template(template)
    html = page.render(Context({"language": language, "words": words, **context}))
    return Response(
        html.encode(), 200 if session else 404, headers={"Content-Security-Policy": _policy(session)}
    )


@cache
def _templates() -> Engine:
    """Django's templates without Django's settings, which they would ask how to write a number: text only."""
    return Engine(dirs=[str(HERE / "templates")])


def _policy(session: Json | None) -> str:
    """Chromium holds the redirect after the form against `form-action` too: the shop must be on it."""
    urls = [session["success_url"], session["cancel_url"]] if session else []
    form_action = " ".join(["'self'", *sorted({_origin(url) for url in urls if url})])
    rest = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
    return f"{rest}; form-action {form_action}"


def _origin(url: str) -> str:
    address = urlsplit(url)
    return f"{address.scheme}://{address.netloc}"


def _return_url(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _back_url(session: Json) -> str:
    return _return_url(session) if session["status"] == "complete" else str(session["cancel_url"] or "")
