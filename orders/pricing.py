"""What a cart costs at a moment: goods, delivery, tax and total. Pure: the same input gives the same quote.

Each line is rounded once, and totals are sums of rounded lines, so what is shown always adds up. Reductions
belong between the goods and the tax: a voucher lowers a line's amount before `_taxed` sees it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from moneyed import Money

from orders.models.orders import TaxReason
from orders.shipping import Offer
from orders.tax import Tax, tax_for
from shop.catalogue.models import Market, Product
from shop.money import TaxedPrice, from_minor, to_minor


@dataclass(frozen=True)
class Goods:
    """Pieces to be priced. `unit` is the price shown in the market."""

    variant_id: int
    quantity: int
    unit: Money
    tax_class: str = Product.TaxClass.STANDARD

    @property
    def amount(self) -> Money:
        return self.unit * self.quantity


@dataclass(frozen=True)
class QuoteLine:
    goods: Goods
    price: TaxedPrice
    reason: TaxReason


@dataclass(frozen=True)
class QuoteDelivery:
    offer: Offer
    price: TaxedPrice
    reason: TaxReason


@dataclass(frozen=True)
class Quote:
    """The priced cart. `delivery` is None while no method is chosen or none takes the parcel."""

    lines: tuple[QuoteLine, ...]
    delivery: QuoteDelivery | None
    goods: Money  # as shown, before delivery; with tax where the market's prices include it
    total: TaxedPrice
    taxes: tuple[TaxedPrice, ...]  # the total by rate

    @property
    def total_minor(self) -> int:
        return to_minor(self.total.gross)

    @property
    def taken_off(self) -> Money | None:
        """Tax that the shown prices contain and this sale does not bear."""
        shown = self.goods + self.delivery.offer.amount if self.delivery else self.goods
        return shown - self.total.gross if shown > self.total.gross else None

    @property
    def reasons(self) -> list[TaxReason]:
        return list(dict.fromkeys(line.reason for line in self.lines))


def price(
    lines: Sequence[Goods], *, market: Market, destination: str, delivery: Offer | None, on: date
) -> Quote:
    goods = _sum((line.amount for line in lines), market.currency)
    taxes = [
        tax_for(
            line.tax_class,
            destination=destination,
            goods=goods,
            includes_tax=market.prices_include_tax,
            on=on,
        )
        for line in lines
    ]
    priced = tuple(
        QuoteLine(line, _taxed(line.amount, tax, market), tax.reason)
        for line, tax in zip(lines, taxes, strict=True)
    )
    sent = _delivery(delivery, priced, taxes, market) if delivery and priced else None
    parts = [line.price for line in priced] + ([sent.price] if sent else [])
    return Quote(priced, sent, goods, _total(parts, market.currency), by_rate(parts, market.currency))


def _taxed(amount: Money, tax: Tax, market: Market) -> TaxedPrice:
    return tax.on(amount, includes_tax=market.prices_include_tax)


def _delivery(
    offer: Offer, lines: Sequence[QuoteLine], taxes: Sequence[Tax], market: Market
) -> QuoteDelivery:
    """Delivery shares the fate of the goods: it bears the tax that most of their value bears."""
    values: dict[Tax, Decimal] = {}
    for line, tax in zip(lines, taxes, strict=True):
        values[tax] = values.get(tax, Decimal(0)) + line.price.net.amount
    main = max(values, key=lambda tax: (values[tax], tax.included))
    return QuoteDelivery(offer, _taxed(offer.amount, main, market), main.reason)


def _total(parts: Iterable[TaxedPrice], currency: str) -> TaxedPrice:
    parts = list(parts)
    rates = {part.rate for part in parts}
    return TaxedPrice(
        net=_sum((part.net for part in parts), currency),
        tax=_sum((part.tax for part in parts), currency),
        gross=_sum((part.gross for part in parts), currency),
        rate=rates.pop() if len(rates) == 1 else Decimal(0),
    )


def by_rate(parts: Iterable[TaxedPrice], currency: str) -> tuple[TaxedPrice, ...]:
    ordered = sorted(parts, key=lambda part: part.rate)
    return tuple(_total(group, currency) for _rate, group in groupby(ordered, key=lambda part: part.rate))


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, start=from_minor(0, currency))
