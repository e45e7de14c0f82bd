"""How many decimals an amount has on the wire. The shop has a table of its own: two sides that must agree."""

from decimal import Decimal

from babel.core import get_global
from babel.numbers import format_currency

# https://docs.stripe.com/currencies
NO_DECIMALS = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
})  # fmt: skip
THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
WHOLE_UNITS_ONLY = frozenset({"isk", "ugx"})


def is_known(currency: str) -> bool:
    return currency.upper() in get_global("all_currencies")


def smallest_step(currency: str) -> int:
    """Three decimals are settled in tens; whole units that are sent with two decimals end in 00."""
    return 10 if currency in THREE_DECIMALS else 100 if currency in WHOLE_UNITS_ONLY else 1


def written(amount: int, currency: str, language: str) -> str:
    """As a reader of that language writes it: €12.50, 12,50 €, ¥1,200."""
    decimals = 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    return format_currency(Decimal(amount).scaleb(-decimals), currency.upper(), locale=language)
