"""What staff can do with orders: one confirmation page for one order or for many."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from orders import cancellation, fulfilment
from orders.gateways import GatewayRefused, GatewayUnavailable
from orders.models import Fulfilment, Order
from privacy.processors import ProcessorNotCleared
from shop.states import InvalidTransition

Act = Callable[[Order, str, User], None]


def _pack(order: Order, tracking_number: str, actor: User) -> None:
    fulfilment.pack(order, actor=actor)


def _ship(order: Order, tracking_number: str, actor: User) -> None:
    fulfilment.ship(order, tracking_number=tracking_number, actor=actor)


def _deliver(order: Order, tracking_number: str, actor: User) -> None:
    fulfilment.deliver(order, actor=actor)


def _cancel(order: Order, tracking_number: str, actor: User) -> None:
    cancellation.cancel(order, actor=actor)


@dataclass(frozen=True)
class Deed:
    """`becomes` is the state of the parcel it leads to; whether it can is the state machine's to say."""

    name: str
    label: Any
    question: Any
    becomes: Fulfilment.Status
    act: Act
    asks_tracking_number: bool = False

    @property
    def sends(self) -> bool:
        """What waits while the data it needs may not be used."""
        return self.becomes in {Fulfilment.Status.PACKED, Fulfilment.Status.SHIPPED}

    def is_possible(self, order: Order) -> bool:
        if not order.fulfilment.can_advance(self.becomes):
            return False
        if self.becomes == Fulfilment.Status.CANCELLED:
            return order.can_advance(Order.Status.CANCELLED)
        return order.status in {Order.Status.PAID, Order.Status.FULFILLED}


DEEDS = {
    deed.name: deed
    for deed in (
        Deed("pack", _("Mark as packed"), _("Are these orders packed?"), Fulfilment.Status.PACKED, _pack),
        Deed(
            "ship",
            _("Ship"),
            _("Hand these parcels to the carrier?"),
            Fulfilment.Status.SHIPPED,
            _ship,
            True,
        ),
        Deed(
            "deliver",
            _("Mark as delivered"),
            _("Have these parcels arrived?"),
            Fulfilment.Status.DELIVERED,
            _deliver,
        ),
        Deed(
            "cancel",
            _("Call it off"),
            _("Call these orders off? What was paid is paid back."),
            Fulfilment.Status.CANCELLED,
            _cancel,
        ),
    )
}


REFUSALS: dict[type[Exception], Any] = {
    fulfilment.OnHold: _("Order %(number)s waits: the person's data is restricted, or in dispute."),
    fulfilment.UnderReview: _("Order %(number)s: somebody has to look at it first."),
    GatewayRefused: _("Order %(number)s: the payment partner refuses; look at the payment."),
    InvalidTransition: _("Order %(number)s: not possible in its present state."),
    ProcessorNotCleared: _(
        "Order %(number)s: the carrier may be told nothing: no valid agreement, or restricted data."
    ),
    GatewayUnavailable: _("Order %(number)s: the payment partner does not answer; try again later."),
}


def do(deed: Deed, orders: Iterable[Order], tracking_numbers: dict[int, str], actor: User) -> list[str]:
    """Every order by itself, so that one that cannot does not stop the others. Returns what went wrong."""
    refusals = []
    for order in orders:
        try:
            deed.act(order, tracking_numbers.get(order.pk, ""), actor)
        except tuple(REFUSALS) as refusal:
            refusals.append(REFUSALS[type(refusal)] % {"number": order.number})
    return refusals
