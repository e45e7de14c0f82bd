"""What can happen to a session, a payment and a refund, and which event tells the shop."""

from orders.sandbox.cards import Card
from orders.sandbox.store import Books, Json, new_id

SESSION, INTENT, REFUND, EVENT = "checkout.session", "payment_intent", "refund", "event"


def open_session(books: Books, session: Json) -> None:
    books.save(session)
    books.schedule("expire", session["id"], session["expires_at"])


def expire(books: Books, session_id: str, now: float) -> None:
    session = books.get(SESSION, session_id)
    if session["status"] == "open":
        session.update(status="expired", url=None)
        books.save(session)
        _tell(books, "checkout.session.expired", session, now)


def decline(books: Books, session: Json, card: Card, now: float) -> None:
    """The session stays open: the shopper may try another card."""
    intent = _intent(books, session, now)
    error = {"type": "card_error", "code": "card_declined", "decline_code": card.decline_code}
    intent.update(status="requires_payment_method", last_payment_error=error)
    books.save(intent)


def pay(books: Books, session: Json, card: Card, now: float) -> None:
    _succeed(books, _intent(books, session, now), card)
    session.update(status="complete", payment_status="paid", url=None)
    books.save(session)
    _tell(books, "checkout.session.completed", session, now)


def pay_late(books: Books, session: Json, card: Card, now: float, *, seconds: float) -> None:
    """As bank debits do: the session is complete, the money comes, or does not, some time later."""
    intent = _intent(books, session, now)
    intent.update(status="processing", _card=card.name)
    books.save(intent)
    session.update(status="complete", payment_status="unpaid", url=None)
    books.save(session)
    _tell(books, "checkout.session.completed", session, now)
    books.schedule("settle", session["id"], now + seconds)


def settle(books: Books, session_id: str, now: float) -> None:
    session = books.get(SESSION, session_id)
    intent = books.get(INTENT, session["payment_intent"])
    card = Card[intent["_card"]]
    if card.decline_code:
        decline(books, session, card, now)
        _tell(books, "checkout.session.async_payment_failed", session, now)
        return
    _succeed(books, intent, card)
    session["payment_status"] = "paid"
    books.save(session)
    _tell(books, "checkout.session.async_payment_succeeded", session, now)


def refundable(intent: Json) -> int:
    return int(intent["amount_received"] - intent["_refunded"])


def refund(books: Books, intent: Json, refund: Json, now: float, *, seconds: float) -> None:
    """Some test cards take a while to refund, or bounce, as real ones do."""
    outcome = Card[intent["_card"]].refund
    refund["status"] = "pending" if outcome == "late" else "succeeded"
    intent["_refunded"] += refund["amount"]
    books.save(refund)
    books.save(intent)
    _tell(books, "refund.created", refund, now)
    if outcome != "now":
        books.schedule("settle_refund", refund["id"], now + seconds)


def settle_refund(books: Books, refund_id: str, now: float) -> None:
    refund = books.get(REFUND, refund_id)
    intent = books.get(INTENT, refund["payment_intent"])
    if Card[intent["_card"]].refund == "late":
        refund["status"] = "succeeded"
    else:
        refund.update(status="failed", failure_reason="expired_or_canceled_card")
        intent["_refunded"] -= refund["amount"]
        books.save(intent)
    books.save(refund)
    _tell(books, "refund.updated", refund, now)


def public(thing: Json) -> Json:
    """What others may see: names that begin with an underscore are the sandbox's own."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def _intent(books: Books, session: Json, now: float) -> Json:
    """The payment of a session, made at the first attempt."""
    if session["payment_intent"]:
        return books.get(INTENT, session["payment_intent"])
    intent: Json = {
        "id": new_id("pi"),
        "object": INTENT,
        "amount": session["amount_total"],
        "amount_received": 0,
        "created": int(now),
        "currency": session["currency"],
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        "_refunded": 0,
    }
    session["payment_intent"] = intent["id"]
    books.save(session)
    return intent


def _succeed(books: Books, intent: Json, card: Card) -> None:
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        last_payment_error=None,
        latest_charge=new_id("ch"),
        _card=card.name,
    )
    books.save(intent)


def _tell(books: Books, event_type: str, thing: Json, now: float) -> None:
    event: Json = {
        "id": new_id("evt"),
        "object": EVENT,
        "api_version": None,
        "created": int(now),
        "data": {"object": public(thing)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event_type,
    }
    books.save(event)
    books.schedule("deliver", event["id"], now)
