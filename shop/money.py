"""Money: whole minor units with a currency in the database, `Money` in code, rounded in one place.

Minor units are what gateways speak and what every database adds exactly. How many decimals a currency has
(0 for JPY, 2 for EUR, 3 for KWD) comes from ISO 4217 through babel.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision
from moneyed import Money


class MixedCurrencies(ValueError):
    """Amounts in different currencies cannot be added or compared."""


class TaxDoesNotAddUp(ValueError):
    """Net and tax must make gross, to the last minor unit."""


def to_minor(money: Money) -> int:
    """The amount in minor units; an amount finer than the currency's smallest unit is an error."""
    minor = money.amount.scaleb(get_currency_precision(money.currency.code))
    if minor != minor.to_integral_value():
        raise ValueError(f"{money.amount} is finer than the smallest unit of {money.currency.code}")
    return int(minor)


def from_minor(minor: int, currency: str) -> Money:
    return Money(Decimal(minor).scaleb(-get_currency_precision(currency)), currency)


def round_money(amount: Decimal, currency: str) -> Money:
    """Half up to the currency's smallest unit: the commercial rounding tax offices expect."""
    unit = Decimal(1).scaleb(-get_currency_precision(currency))
    return Money(amount.quantize(unit, rounding=ROUND_HALF_UP), currency)


@lru_cache(maxsize=4096)
def format_money(money: Money, language: str) -> str:
    """As a reader of that language writes it: €12.50, 12,50 €, ¥1,200."""
    return format_currency(money.amount, money.currency.code, locale=language.replace("-", "_"))


@dataclass(frozen=True)
class TaxedPrice:
    """An amount with its tax; it refuses to exist unless net + tax = gross. `rate` is in per cent."""

    net: Money
    tax: Money
    gross: Money
    rate: Decimal

    def __post_init__(self) -> None:
        if len({self.net.currency, self.tax.currency, self.gross.currency}) != 1:
            raise MixedCurrencies(f"{self.net}, {self.tax}, {self.gross}")
        if self.net + self.tax != self.gross:
            raise TaxDoesNotAddUp(f"{self.net} + {self.tax} is not {self.gross}")

    @classmethod
    def from_gross(cls, gross: Money, rate: Decimal) -> "TaxedPrice":
        net = round_money(gross.amount / (1 + rate / 100), gross.currency.code)
        return cls(net=net, tax=gross - net, gross=gross, rate=rate)

    @classmethod
    def from_net(cls, net: Money, rate: Decimal) -> "TaxedPrice":
        gross = round_money(net.amount * (1 + rate / 100), net.currency.code)
        return cls(net=net, tax=gross - net, gross=gross, rate=rate)

    def __add__(self, other: "TaxedPrice") -> "TaxedPrice":
        """The sum keeps the rate only where both sides share it; a mixed total says 0."""
        rate = self.rate if self.rate == other.rate else Decimal(0)
        return TaxedPrice(self.net + other.net, self.tax + other.tax, self.gross + other.gross, rate)
