"""Call off an order that has not been sent."""

from typing import Any

from django.db import transaction

from accounts.notifications import notify
from orders import fraud, payments
from orders.expiry import release_stock
from orders.models import Fulfilment, Order
from privacy import audit


def can_cancel(order: Order) -> bool:
    """By its buyer: before the parcel is packed. Staff may until it is sent."""
    return order.can_advance(Order.Status.CANCELLED) and order.fulfilment.status == Fulfilment.Status.PENDING


def cancel(order: Order, *, actor: Any = None) -> None:
    """Close the gateway's page first; what was paid, even in this very moment, is paid back."""
    if order.status == Order.Status.PLACED:
        payments.close(order)
    _cancel(order, actor=actor)


@transaction.atomic
def _cancel(order: Order, *, actor: Any) -> None:
    order.advance(Order.Status.CANCELLED, actor=actor)
    order.fulfilment.advance(Fulfilment.Status.CANCELLED, actor=actor)
    release_stock(order)
    payments.request_refund(order)
    fraud.stop(order, actor=actor)
    notify(order.subject, "order_cancelled", about=order)
    audit.record("order.cancelled", actor=actor, subject=order.subject, obj=order, reference=order.number)
