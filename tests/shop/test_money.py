from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from shop.money import (
    MixedCurrencies,
    TaxDoesNotAddUp,
    TaxedPrice,
    format_money,
    from_minor,
    round_money,
    to_minor,
)


@pytest.mark.parametrize(
    ("minor", "currency", "amount"), [(1999, "EUR", "19.99"), (1999, "JPY", "1999"), (1999, "KWD", "1.999")]
)
def test_minor_units_follow_the_currency(minor, currency, amount):
    money = from_minor(minor, currency)

    assert money == Money(amount, currency)
    assert to_minor(money) == minor


def test_an_amount_finer_than_the_currency_is_refused():
    with pytest.raises(ValueError, match="finer"):
        to_minor(Money("1.005", "EUR"))


def test_rounding_is_half_up():
    assert round_money(Decimal("0.125"), "EUR") == Money("0.13", "EUR")
    assert round_money(Decimal("0.5"), "JPY") == Money("1", "JPY")
    assert round_money(Decimal("0.0005"), "KWD") == Money("0.001", "KWD")


@given(
    minor=st.integers(min_value=0, max_value=10**9),
    rate=st.decimals(min_value=0, max_value=30, places=2),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_net_and_tax_always_make_gross(minor, rate, currency):
    from_gross = TaxedPrice.from_gross(from_minor(minor, currency), rate)
    from_net = TaxedPrice.from_net(from_minor(minor, currency), rate)

    assert from_gross.net + from_gross.tax == from_gross.gross == from_minor(minor, currency)
    assert from_net.net + from_net.tax == from_net.gross
    assert from_net.net == from_minor(minor, currency)


def test_a_price_that_does_not_add_up_cannot_exist():
    with pytest.raises(TaxDoesNotAddUp):
        TaxedPrice(Money("10", "EUR"), Money("1.90", "EUR"), Money("11.89", "EUR"), Decimal(19))
    with pytest.raises(MixedCurrencies):
        TaxedPrice(Money("10", "EUR"), Money("1.90", "USD"), Money("11.90", "EUR"), Decimal(19))


def test_prices_add_up_and_forget_a_rate_they_do_not_share():
    standard = TaxedPrice.from_gross(Money("11.90", "EUR"), Decimal(19))
    reduced = TaxedPrice.from_gross(Money("10.70", "EUR"), Decimal(7))

    assert (standard + standard).rate == 19
    assert (standard + reduced).gross == Money("22.60", "EUR")
    assert (standard + reduced).rate == 0


def test_money_is_written_as_the_reader_writes_it():
    assert format_money(Money("12.5", "EUR"), "en") == "€12.50"
    assert format_money(Money("12.5", "EUR"), "de") == "12,50\u00a0€"
    assert format_money(Money("1200", "JPY"), "en") == "¥1,200"
