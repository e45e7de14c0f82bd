"""The webhook inbox: a hint is verified and stored, then the gateway is asked what is true."""

import logging
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from orders import payments
from orders.gateways import GatewayRefused, GatewayUnavailable, NoticeAbout, get_gateway
from orders.models import Payment, Refund, WebhookEvent

logger = logging.getLogger(__name__)


def receive(code: str, raw_body: bytes, headers: Mapping[str, str]) -> WebhookEvent:
    """Check the signature, on the raw body, and keep the event once. Raises `InvalidSignature`."""
    notice = get_gateway(code).verify_webhook(raw_body, headers)
    event = WebhookEvent(
        gateway=code,
        event_id=notice.event_id,
        type=notice.type[:80],
        about=notice.about,
        object_id=notice.object_id,
        reference=notice.reference,
    )
    try:
        with transaction.atomic():
            event.save()
    except IntegrityError:  # it was delivered before
        return WebhookEvent.objects.get(gateway=code, event_id=notice.event_id)
    return event


def process(event: WebhookEvent) -> None:
    """Repeating it does no harm. What is not ours is kept, and left alone."""
    if event.processed_at is None:
        ACTIONS[NoticeAbout(event.about)](event)
        event.processed_at = timezone.now()
        event.save(update_fields=["processed_at"])


def process_waiting() -> None:
    """Everything that could not be settled when it came. One that fails does not hold up the others."""
    for event in WebhookEvent.objects.waiting():
        try:
            process(event)
        except (GatewayUnavailable, GatewayRefused) as error:
            WebhookEvent.objects.filter(pk=event.pk).update(failures=F("failures") + 1)
            logger.warning("webhook event %s is not settled yet: %s", event.pk, type(error).__name__)


def _payment(event: WebhookEvent) -> None:
    payment = _payment_named(event)
    if payment:
        payments.check(payment, session_id=event.object_id)


def _payment_named(event: WebhookEvent) -> Payment | None:
    """By the gateway's name for it, or by ours: an event may overtake the answer that names the session."""
    known = Payment.objects.filter(gateway=event.gateway)
    number, _dash, attempt = event.reference.rpartition("-")
    ours = Q(order__number=number, attempt=int(attempt)) if attempt.isdecimal() else Q(pk__in=())
    return known.filter(session_id=event.object_id).first() or known.filter(ours).first()


def _refund(event: WebhookEvent) -> None:
    state = get_gateway(event.gateway).fetch_refund(event.object_id)
    refund = _refund_named(state.reference)
    if refund:
        payments.settle_refund(refund, state)


def _refund_named(reference: str) -> Refund | None:
    """A refund's token ends in its key; the whole token must be ours."""
    key = reference.rpartition("-")[2]
    refund = (
        Refund.objects.select_related("payment__order").filter(pk=key).first() if key.isdecimal() else None
    )
    return refund if refund and refund.token == reference else None


def _nothing(event: WebhookEvent) -> None:
    pass


ACTIONS = {NoticeAbout.PAYMENT: _payment, NoticeAbout.REFUND: _refund, NoticeAbout.OTHER: _nothing}
