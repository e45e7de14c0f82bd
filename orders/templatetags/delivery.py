"""How the shop delivers to a market, for pages of the catalogue, which knows nothing of orders."""

from dataclasses import dataclass

from django import template
from django.core.cache import cache
from django.utils.translation import get_language
from moneyed import Money

from orders.models import DeliveryMethod
from shop.catalogue.models import Market
from shop.money import from_minor

register = template.Library()
SECONDS = 120


@dataclass(frozen=True)
class Way:
    """A way to deliver, with its price and the goods' value from which it is free."""

    method: DeliveryMethod
    money: Money
    free_from: Money | None


@register.simple_tag
def delivery_offers(market: Market) -> list[Way]:
    """The market's ways in the shop's order, remembered for a minute or two."""
    key = f"orders:delivery:{get_language()}-{market.country}"
    return cache.get_or_set(key, lambda: _read(market), SECONDS) or []


def _read(market: Market) -> list[Way]:
    methods = DeliveryMethod.objects.filter(market=market, is_active=True).order_by("position", "amount")
    return [
        Way(
            method,
            from_minor(method.amount, market.currency),
            None if method.free_from is None else from_minor(method.free_from, market.currency),
        )
        for method in methods
    ]
