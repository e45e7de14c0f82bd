"""Orders that are not over when their buyer has everything deleted: which they are, and how long it takes."""

from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models import Order, Payment, Refund
from privacy.models import DataSubject
from privacy.registry import Wait

RETURNS = timedelta(days=14)  # the right to withdraw from the purchase (Art. 9 Directive 2011/83/EU)
DISPUTES = timedelta(days=180)  # as long as a card's owner may dispute a payment

UNPAID = _("An order is not paid yet. It is called off when the deletion begins.")
TO_BE_SENT = _("An order is paid and will be sent to you. Two weeks after it has arrived this goes too.")
ON_ITS_WAY = _("A parcel is on its way to you. Two weeks after it has arrived this goes too.")
ARRIVED = _("An order arrived less than two weeks ago: you could still send it back.")
PAID_BACK = _("Money is on its way back to you.")
MAY_BE_PAID = _("An order was called off, but its payment could still come in. We would pay it back.")


def waits_of(subject: DataSubject) -> dict[Any, Wait]:
    """The orders, by key."""
    orders = Order.objects.of(subject).annotate(
        shipped_at=F("fulfilment__shipped_at"), delivered_at=F("fulfilment__delivered_at")
    )
    waits = {payment.order_id: _until_closed(payment) for payment in _open_payments(subject)}
    waits |= {order.pk: wait for order in orders if (wait := _wait(order))}
    return waits | {refund.payment.order_id: _until_paid_back(refund) for refund in _open_refunds(subject)}


def _wait(order: Any) -> Wait | None:
    """How long it takes is a guess until the parcel has arrived."""
    sent_at = order.shipped_at or timezone.now()
    arrives_on = _day(order.delivered_at or sent_at + timedelta(days=order.days_max))
    match order.status:
        case Order.Status.PLACED:
            return Wait(UNPAID, _day(order.expires_at))
        case Order.Status.PAID:
            return Wait(TO_BE_SENT, arrives_on + RETURNS)
        case Order.Status.FULFILLED:
            return Wait(ON_ITS_WAY, arrives_on + RETURNS)
        case Order.Status.COMPLETED if order.delivered_at and arrives_on + RETURNS > timezone.localdate():
            return Wait(ARRIVED, arrives_on + RETURNS)
    return None


def _open_payments(subject: DataSubject) -> QuerySet[Payment]:
    """The gateway's page is open, or may be; or the bank has not decided yet."""
    unpaid = (Order.Status.PLACED, Order.Status.CANCELLED, Order.Status.EXPIRED)
    tries = Payment.objects.filter(order__subject=subject, order__status__in=unpaid)
    is_open = Q(expires_at__gt=timezone.now()) | Q(status=Payment.Status.PENDING)
    return tries.filter(is_open).exclude(status=Payment.Status.CAPTURED).select_related("order")


def _until_closed(payment: Payment) -> Wait:
    return Wait(MAY_BE_PAID, _day(max(payment.expires_at, payment.order.expires_at)))


def _open_refunds(subject: DataSubject) -> list[Refund]:
    """One that the bank refused needs its buyer, too; not for ever."""
    refunds = Refund.objects.filter(payment__order__subject=subject).select_related("payment")
    requested = refunds.filter(status=Refund.Status.REQUESTED)
    refused = refunds.filter(status=Refund.Status.REFUSED, requested_at__gt=timezone.now() - DISPUTES)
    return [*requested, *refused]


def _until_paid_back(refund: Refund) -> Wait:
    is_refused = refund.status == Refund.Status.REFUSED
    return Wait(PAID_BACK, _day(refund.requested_at + DISPUTES) if is_refused else None)


def _day(moment: Any) -> date:
    return timezone.localtime(moment).date()
