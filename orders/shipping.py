"""Ways to send a parcel, and what each costs."""

from dataclasses import dataclass

from moneyed import Money

from orders.models import DeliveryMethod
from shop.catalogue.models import Market
from shop.money import from_minor


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


def offers(market: Market, *, goods: Money, grams: int) -> list[Offer]:
    """The methods that take such a parcel, in the shop's order."""
    methods = DeliveryMethod.objects.for_parcel(market, grams)
    return [offer(method, market, goods=goods) for method in methods]
