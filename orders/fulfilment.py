"""Pack, ship, deliver."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Address, User
from accounts.notifications import notify
from orders import fraud
from orders.carriers import get_carrier
from orders.models import Fulfilment, Order, OrderAddress
from privacy import audit, gate, processors
from privacy.models import DataSubject, Processor
from privacy.purposes import Purpose
from shop.states import InvalidTransition

PROCESSOR = "carrier"
ADDRESS = {
    "name": _("Full name"),
    "company": _("Company"),
    "street": _("Street and number"),
    "postcode": _("Postcode"),
    "city": _("Town or city"),
    "region": _("Region"),
    "country": _("Country"),
}
processors.register(
    PROCESSOR,
    Processor.Kind.LOGISTICS,
    allowed={**ADDRESS, "phone": _("Phone, if the carrier needs it"), "grams": _("Weight of the parcel")},
)


# Of what nothing may be in dispute while a parcel is on its way out; an order's copies came from the account.
LEADS_THERE = (Order, OrderAddress, Address, User)


class UnderReview(Exception):
    """Somebody has to look at the order first."""


class OnHold(Exception):
    """The use of the person's data is restricted, or they say that it is wrong."""


def is_on_hold(order: Order) -> bool:
    """Whoever has not sent it yet waits. Money still goes back, and it may be called off."""
    is_unsent = order.status in {Order.Status.PLACED, Order.Status.PAID}
    return is_unsent and not gate.permits_data(order.subject, *LEADS_THERE)


@transaction.atomic
def pack(order: Order, *, actor: Any = None) -> None:
    """Only what is paid for is packed, and nothing that somebody has to look at first."""
    _refuse_on_hold(order)
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if locked.status != Order.Status.PAID:
        raise InvalidTransition(f"order {order.pk} is {locked.status}")
    if fraud.is_under_review(order):
        raise UnderReview(f"order {order.pk}")
    order.fulfilment.advance(Fulfilment.Status.PACKED, actor=actor)


@transaction.atomic
def ship(order: Order, *, tracking_number: str = "", actor: Any = None) -> None:
    """Hand the parcel to the carrier, who is told the least that delivers it."""
    _refuse_on_hold(order)
    fulfilment = order.fulfilment
    order.advance(Order.Status.FULFILLED, actor=actor)
    fulfilment.advance(Fulfilment.Status.SHIPPED, actor=actor)
    disclosure = processors.disclose(
        PROCESSOR,
        order.subject,
        purpose=Purpose.FULFILMENT,
        reference=order.number,
        fields=_label(order),
    )
    carrier = get_carrier(fulfilment.carrier)
    fulfilment.tracking_number = carrier.announce(disclosure.payload, tracking_number=tracking_number)
    fulfilment.shipped_at = timezone.now()
    fulfilment.save(update_fields=["tracking_number", "shipped_at"])
    disclosure.finish(accepted=True)
    notify(order.subject, "order_shipped", about=order)
    audit.record("order.shipped", actor=actor, subject=order.subject, obj=order, reference=order.number)


@transaction.atomic
def deliver(order: Order, *, actor: Any = None) -> None:
    fulfilment = order.fulfilment
    order.advance(Order.Status.COMPLETED, actor=actor)
    fulfilment.advance(Fulfilment.Status.DELIVERED, actor=actor)
    fulfilment.delivered_at = timezone.now()
    fulfilment.save(update_fields=["delivered_at"])
    notify(order.subject, "order_delivered", about=order)


def _refuse_on_hold(order: Order) -> None:
    """Asked with the person's row held, so that a limit set in this very moment counts."""
    held = DataSubject.objects.select_for_update()
    order.subject.refresh_from_db(fields=["status"], from_queryset=held)
    if is_on_hold(order):
        raise OnHold(f"order {order.pk}")


def _label(order: Order) -> dict[str, Any]:
    label = {name: getattr(order.address, name) for name in ADDRESS}
    label["grams"] = sum(line.weight_g * line.quantity for line in order.lines.all())
    if order.delivery_needs_phone:
        label["phone"] = order.phone
    return label
