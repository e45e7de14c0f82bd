"""Ways to send a parcel, and what each costs."""

from dataclasses import dataclass

from django.core.cache import cache
from moneyed import Money

from orders.models import DeliveryMethod
from shop.catalogue.models import Market
from shop.money import from_minor

SECONDS = 60


@dataclass(frozen=True)
class Offer:
    """A delivery method with its price for one parcel, with or without tax as the market's prices are."""

    method: DeliveryMethod
    amount: Money

    @property
    def is_free(self) -> bool:
        return not self.amount


def offer(method: DeliveryMethod, market: Market, *, goods: Money) -> Offer:
    reached = method.free_from is not None and goods >= from_minor(method.free_from, market.currency)
    return Offer(method, from_minor(0 if reached else method.amount, market.currency))


def methods_of(market: Market) -> list[DeliveryMethod]:
    """The market's ways in the shop's order, remembered for a minute as the markets are."""
    key = f"orders:delivery:{market.country}"
    return cache.get_or_set(key, lambda: _read_methods(market), SECONDS) or []


def _read_methods(market: Market) -> list[DeliveryMethod]:
    return list(DeliveryMethod.objects.filter(market=market, is_active=True))


def offers(market: Market, *, goods: Money, grams: int) -> list[Offer]:
    """The methods that take such a parcel, in the shop's order."""
    return [offer(method, market, goods=goods) for method in methods_of(market) if method.takes(grams)]
