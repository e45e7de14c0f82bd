"""What may be done beyond what was asked for: the page of privacy choices, and the answer of the banner."""

from datetime import date

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from privacy import browser, choosing, signals
from privacy.choosing import Because, Source
from privacy.forms import AnswerForm

GPC_SINCE = date(2026, 11, 22)  # since when the shop answers the signal


@require_safe
def gpc(request: HttpRequest) -> JsonResponse:
    """Says to whoever asks that the shop abides by Global Privacy Control."""
    return JsonResponse({"gpc": True, "lastUpdate": GPC_SINCE.isoformat()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not ratelimit.consume(request, action="privacy_choice"):
            return render(request, "429.html", status=429)
        return _take(request, form)
    context = {
        "states": browser.states(request),
        "has_signal": signals.opts_out(request),
        "is_kept": "kept" in request.GET,
    }
    return render(request, "privacy/choices.html", context)


def _take(request: HttpRequest, form: AnswerForm) -> HttpResponse:
    """Into the profile of whoever is signed in; of everybody else into their own browser."""
    subject, answers = browser.subject_of(request), form.answers
    knew = signals.opts_out(request) or any(
        state.because == Because.SIGNAL for state in browser.states(request) if state.use.purpose in answers
    )
    back = _back(request, form.cleaned_data["next"])
    source = Source.BANNER if form.cleaned_data["next"] else Source.PAGE
    choosing.answer(subject, answers, source=source, knew_signal=knew)
    response = redirect(back)
    if subject is None and answers:
        before = browser.answer_of(request) or browser.Answer(frozenset(), frozenset(), timezone.localdate())
        browser.remember(response, before.changed(answers, knew_signal=knew))
    return response


def _back(request: HttpRequest, wished: str) -> str:
    """To the page with the banner; never to another site."""
    if wished.startswith("/") and url_has_allowed_host_and_scheme(wished, {request.get_host()}):
        return wished
    return f"{request.path}?kept"
