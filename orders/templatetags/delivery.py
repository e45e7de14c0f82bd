"""How the shop delivers to a market, for pages of the catalogue, which knows nothing of orders."""

from dataclasses import dataclass

from django import template
from moneyed import Money

from orders import shipping
from orders.models import DeliveryMethod
from shop.catalogue.models import Market
from shop.money import from_minor

register = template.Library()


@dataclass(frozen=True)
class Way:
    """A way to deliver, with its price and the goods' value from which it is free."""

    method: DeliveryMethod
    money: Money
    free_from: Money | None


@register.simple_tag
def delivery_offers(market: Market) -> list[Way]:
    """The market's ways in the shop's order."""
    return [
        Way(
            method,
            from_minor(method.amount, market.currency),
            None if method.free_from is None else from_minor(method.free_from, market.currency),
        )
        for method in shipping.methods_of(market)
    ]
