"""Buy the same again: what is still to be had goes into the cart, and the rest is named with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from orders import carts
from orders.models import Cart, Order, OrderLine
from shop.catalogue.models import Market


class Why(StrEnum):
    """Why a line did not come along, or not whole."""

    NOT_SOLD = "not_sold"
    SOLD_OUT = "sold_out"
    FEWER = "fewer"


@dataclass(frozen=True)
class Missed:
    line: OrderLine
    why: Why


@transaction.atomic
def put_in_cart(order: Order, cart: Cart, *, market: Market) -> list[Missed]:
    """Everything that can be; what could not is returned. Prices are those of today."""
    return list(_missed(order, cart, market))


def _missed(order: Order, cart: Cart, market: Market) -> Iterator[Missed]:
    lines = order.lines.select_related("variant__product")
    sold = set(carts.on_sale(market).filter(pk__in=lines.values("variant")).values_list("pk", flat=True))
    for line in lines:
        if line.variant is None or line.variant.pk not in sold:
            yield Missed(line, Why.NOT_SOLD)
        elif line.variant.stock < 1:
            yield Missed(line, Why.SOLD_OUT)
        elif not carts.add(cart, line.variant, line.quantity, market=market):
            yield Missed(line, Why.FEWER)
