"""Which value added tax a sale bears, and why. The rates are data with their sources: `tax_rates.toml`.

Goods leave from `SHOP_COUNTRY`, which lies in the European Union, and go to consumers:
inside the Union the country of arrival taxes them (Art. 33 of Directive 2006/112/EC, declared through the One
Stop Shop); goods that leave the Union are exports without tax (Art. 146), unless the country of arrival makes
the seller collect its own.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from moneyed import Money

from orders.models.orders import TaxReason
from shop.catalogue.models import Product
from shop.money import TaxedPrice, round_money


class UnknownRate(LookupError):
    """No rate is known for that country and day: better no sale than a wrong tax."""


EXPORTS = {TaxReason.EXPORT, TaxReason.EXPORT_OVER_LIMIT}


@dataclass(frozen=True)
class Tax:
    """`included` is the rate that prices with tax contain; `rate` is the one this sale bears."""

    rate: Decimal
    included: Decimal
    reason: TaxReason

    def on(self, amount: Money, *, includes_tax: bool) -> TaxedPrice:
        """What is not charged is taken off: an export of goods priced with tax costs their net price."""
        if not includes_tax:
            return TaxedPrice.from_net(amount, self.rate)
        if self.rate == self.included:
            return TaxedPrice.from_gross(amount, self.rate)
        return TaxedPrice.from_net(_without(amount, self.included), self.rate)


def _without(amount: Money, rate: Decimal) -> Money:
    return round_money(amount.amount / (1 + rate / 100), amount.currency.code)


def tax_for(tax_class: str, *, destination: str, goods: Money, includes_tax: bool, on: date) -> Tax:
    """The tax on goods of a class. `goods` is what the whole consignment's goods cost, as shown."""
    reason = _reason(destination, goods, includes_tax=includes_tax, on=on)
    included = Decimal(0) if reason == TaxReason.EXPORT else rate_of(destination, tax_class, on)
    return Tax(rate=Decimal(0) if reason in EXPORTS else included, included=included, reason=reason)


def _reason(destination: str, goods: Money, *, includes_tax: bool, on: date) -> TaxReason:
    country = _table()["countries"].get(destination, {})
    if destination == settings.SHOP_COUNTRY:
        return TaxReason.DOMESTIC
    if country.get("eu"):
        return TaxReason.DISTANCE_SALE
    if country.get("registered"):
        return TaxReason.REGISTERED
    if limit := _table()["limits"].get(destination):
        standard = rate_of(destination, Product.TaxClass.STANDARD, on)
        value = _without(goods, standard) if includes_tax else goods
        return TaxReason.LOW_VALUE if _within(limit, value) else TaxReason.EXPORT_OVER_LIMIT
    return TaxReason.EXPORT


def _within(limit: Mapping[str, Any], value: Money) -> bool:
    """A limit in another currency cannot be compared; the seller collecting the tax is the safe side."""
    return value.currency.code != limit["currency"] or value.amount <= Decimal(limit["amount"])


def rate_of(country: str, tax_class: str, on: date) -> Decimal:
    if tax_class == Product.TaxClass.ZERO:
        return Decimal(0)
    periods = _table()["countries"].get(country, {}).get("rates", [])
    current = max(
        (period for period in periods if period["from"] <= on), key=lambda p: p["from"], default=None
    )
    if current is None:
        raise UnknownRate(f"no rate for {country} on {on}")
    return Decimal(current.get(tax_class, current["standard"]))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "tax_rates.toml").read_text())
