"""The calls of Stripe's interface that the shop uses, answered as Stripe answers them.

https://docs.stripe.com/api
"""

import re

from orders.sandbox import payments
from orders.sandbox.config import Config
from orders.sandbox.currencies import is_known, smallest_step
from orders.sandbox.parameters import Refused, group, only, text, whole
from orders.sandbox.payments import EVENT, INTENT, REFUND, SESSION
from orders.sandbox.store import Books, Json, new_id

SESSION_PARAMS = (
    "mode", "line_items", "client_reference_id", "success_url", "cancel_url", "expires_at", "locale",
    "metadata", "payment_method_types", "submit_type", "ui_mode", "expand",
)  # fmt: skip
SHORTEST, LONGEST = 30 * 60, 24 * 3600  # seconds a session may stay open
CLOCK_LEEWAY = 5
LARGEST_AMOUNT = 99_999_999
WEB_ADDRESS = re.compile(r"https?://[^\s/]+\S*")


def create_session(books: Books, params: Json, now: float, config: Config) -> Json:
    only(params, SESSION_PARAMS)
    if text(params, "mode") != "payment":
        raise Refused("Invalid mode: the sandbox takes payments only", param="mode")
    total, currency, description = _add_up(group(params, "line_items"))
    session_id = new_id("cs_test")
    session: Json = {
        "id": session_id,
        "object": SESSION,
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": _address(params, "cancel_url", required=False) or None,
        "client_reference_id": _reference(params) or None,
        "created": int(now),
        "currency": currency,
        "customer": None,
        "customer_details": None,
        "customer_email": None,
        "expires_at": _expiry(params, now),
        "livemode": False,
        "locale": text(params, "locale", required=False, longest=10) or None,
        "metadata": _metadata(params),
        "mode": "payment",
        "payment_intent": None,
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "status": "open",
        "success_url": _address(params, "success_url"),
        "ui_mode": "hosted",
        "url": f"{config.url}/pay/{session_id}",
        "_description": description,
    }
    payments.open_session(books, session)
    return session


def retrieve_session(books: Books, params: Json, session_id: str) -> Json:
    only(params, ["expand"])
    return _get(books, SESSION, session_id)


def expire_session(books: Books, params: Json, now: float, session_id: str) -> Json:
    only(params, ["expand"])
    status = _get(books, SESSION, session_id)["status"]
    if status != "open":
        raise Refused(f"Only Checkout Sessions with a status of open can be expired, this one is {status}.")
    payments.expire(books, session_id, now)
    return books.get(SESSION, session_id)


def retrieve_intent(books: Books, params: Json, intent_id: str) -> Json:
    only(params, ["expand"])
    return _get(books, INTENT, intent_id)


def create_refund(books: Books, params: Json, now: float, config: Config) -> Json:
    only(params, ("payment_intent", "amount", "metadata", "reason", "expand"))
    intent = _get(books, INTENT, text(params, "payment_intent"), param="payment_intent")
    left = payments.refundable(intent)
    amount = whole(params, "amount", default=left)
    _check_refund(intent, amount, left)
    refund: Json = {
        "id": new_id("re"),
        "object": REFUND,
        "amount": amount,
        "charge": intent["latest_charge"],
        "created": int(now),
        "currency": intent["currency"],
        "metadata": _metadata(params),
        "payment_intent": intent["id"],
        "reason": text(params, "reason", required=False) or None,
        "status": "pending",
    }
    payments.refund(books, intent, refund, now, seconds=config.late_seconds)
    return refund


def retrieve_refund(books: Books, params: Json, refund_id: str) -> Json:
    only(params, ["expand"])
    return _get(books, REFUND, refund_id)


def retrieve_event(books: Books, params: Json, event_id: str) -> Json:
    only(params, [])
    return _get(books, EVENT, event_id)


def list_events(books: Books, params: Json) -> Json:
    only(params, ("limit", "type"))
    limit, wanted = whole(params, "limit", default=10), text(params, "type", required=False)
    events = [event for event in books.newest(EVENT) if wanted in ("", event["type"])]
    return {"object": "list", "url": "/v1/events", "has_more": len(events) > limit, "data": events[:limit]}


def expanded(books: Books, thing: Json, params: Json) -> Json:
    """What the caller sees: an identifier named in `expand` gives way to the object itself."""
    seen = payments.public(thing)
    for name in group(params, "expand").values():
        if name != INTENT or name not in seen:
            raise Refused(f"This property cannot be expanded ({name}).", param="expand")
        if seen[name]:
            seen[name] = payments.public(books.get(INTENT, seen[name]))
    return seen


def _get(books: Books, kind: str, object_id: str, param: str = "id") -> Json:
    found = books.find(kind, object_id)
    if found is None:
        raise Refused(f"No such {kind}: '{object_id}'", code="resource_missing", param=param, status=404)
    return found


def _add_up(lines: Json) -> tuple[int, str, str]:
    """Total, currency and what is bought."""
    if not lines:
        raise Refused("Missing required param: line_items.", code="parameter_missing", param="line_items")
    total, currencies, names = 0, set(), []
    for at in lines:
        line = group(lines, at)
        only(line, ("quantity", "price_data"), f"line_items[{at}]")
        price = group(line, "price_data")
        only(price, ("currency", "unit_amount", "product_data"), f"line_items[{at}][price_data]")
        total += whole(line, "quantity", default=1) * whole(price, "unit_amount")
        currencies.add(text(price, "currency", longest=3).lower())
        names.append(text(group(price, "product_data"), "name", longest=250))
    if len(currencies) > 1:
        raise Refused("All line items must have the same currency.", param="line_items")
    (currency,) = currencies
    _check_amount(total, currency)
    return total, currency, ", ".join(names)


def _check_amount(amount: int, currency: str) -> None:
    if not is_known(currency):
        raise Refused(f"Invalid currency: {currency}", param="currency")
    if amount < 1:
        raise Refused("The amount must be greater than 0.", code="amount_too_small")
    if amount > LARGEST_AMOUNT:
        raise Refused("The amount must be no more than 99999999.", code="amount_too_large")
    if amount % smallest_step(currency):
        message = f"Invalid amount: in {currency} it must be a multiple of {smallest_step(currency)}."
        raise Refused(message, code="invalid_charge_amount_no_decimal_compatible")


def _check_refund(intent: Json, amount: int, left: int) -> None:
    if not intent["latest_charge"]:
        raise Refused(
            "This PaymentIntent does not have a successful charge to refund.", param="payment_intent"
        )
    if amount > left or not left:
        message = f"Refund amount ({amount}) is greater than what is left of the charge ({left})."
        raise Refused(message, code="charge_already_refunded", param="amount")
    _check_amount(amount, intent["currency"])


def _reference(params: Json) -> str:
    reference = text(params, "client_reference_id", required=False, longest=200)
    if not re.fullmatch(r"[A-Za-z0-9_-]*", reference):
        message = "client_reference_id may hold letters, digits, dashes and underscores only."
        raise Refused(message, param="client_reference_id")
    return reference


def _address(params: Json, name: str, *, required: bool = True) -> str:
    address = text(params, name, required=required)
    if address and not WEB_ADDRESS.fullmatch(address):
        raise Refused("Not a valid URL", code="url_invalid", param=name)
    return address


def _expiry(params: Json, now: float) -> int:
    expires_at = whole(params, "expires_at", default=int(now) + LONGEST)
    if not now + SHORTEST - CLOCK_LEEWAY <= expires_at <= now + LONGEST + CLOCK_LEEWAY:
        message = "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from creation."
        raise Refused(message, param="expires_at")
    return expires_at


def _metadata(params: Json) -> Json:
    metadata = group(params, "metadata")
    if len(metadata) > 50:
        raise Refused("Metadata can hold at most 50 keys.", param="metadata")
    return {name: text(metadata, name, longest=500) for name in metadata}
