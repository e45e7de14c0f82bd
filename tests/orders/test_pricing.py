from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.models import DeliveryMethod
from orders.models.orders import TaxReason
from orders.pricing import Goods, price
from orders.shipping import Offer
from orders.tax import UnknownRate, rate_of
from shop.catalogue.models import Market, Product
from shop.money import from_minor

TODAY = date(2026, 11, 22)
CLASSES = [str(tax_class) for tax_class in Product.TaxClass]


def quote(country, lines, *, currency="EUR", delivery=0, includes_tax=True, on=TODAY):
    market = Market(country=country, currency=currency, prices_include_tax=includes_tax)
    goods = [
        Goods(number, quantity, from_minor(amount, currency), tax_class)
        for number, (quantity, amount, tax_class) in enumerate(lines)
    ]
    offer = Offer(DeliveryMethod(market=market, amount=delivery), from_minor(delivery, currency))
    return price(goods, market=market, destination=country, delivery=offer, on=on)


lines = st.lists(
    st.tuples(st.integers(1, 99), st.integers(0, 10_000_000), st.sampled_from(CLASSES)),
    min_size=1,
    max_size=8,
)


@given(
    country=st.sampled_from(["DE", "FR", "FI", "GB", "CH", "US", "JP", "KW"]),
    currency=st.sampled_from(["EUR", "GBP", "USD", "JPY", "KRW", "KWD", "BHD", "CHF"]),
    lines=lines,
    delivery=st.integers(0, 1_000_000),
    includes_tax=st.booleans(),
)
def test_every_quote_adds_up_to_the_smallest_unit(country, currency, lines, delivery, includes_tax):
    result = quote(country, lines, currency=currency, delivery=delivery, includes_tax=includes_tax)

    parts = [line.price for line in result.lines] + [result.delivery.price]
    zero = from_minor(0, currency)
    assert result.total.net + result.total.tax == result.total.gross
    for name in ("net", "tax", "gross"):
        assert sum((getattr(part, name) for part in parts), zero) == getattr(result.total, name)
        assert sum((getattr(tax, name) for tax in result.taxes), zero) == getattr(result.total, name)
    assert result.total.tax >= zero
    assert isinstance(result.total_minor, int)


@given(lines=lines, delivery=st.integers(0, 1_000_000))
def test_with_tax_included_at_home_the_total_is_the_sum_of_what_is_shown(lines, delivery):
    result = quote("DE", lines, delivery=delivery)

    assert result.total_minor == sum(quantity * amount for quantity, amount, _class in lines) + delivery
    assert result.taken_off is None


@pytest.mark.parametrize(
    ("country", "currency", "amount", "rate", "reason", "gross"),
    [
        ("DE", "EUR", 11900, "19", TaxReason.DOMESTIC, 11900),
        ("FR", "EUR", 12000, "20", TaxReason.DISTANCE_SALE, 12000),
        ("CH", "CHF", 10810, "8.1", TaxReason.REGISTERED, 10810),
        ("GB", "GBP", 12000, "20", TaxReason.LOW_VALUE, 12000),
        ("GB", "GBP", 16200, "20", TaxReason.LOW_VALUE, 16200),  # 135.00 before tax
        ("GB", "GBP", 16202, "0", TaxReason.EXPORT_OVER_LIMIT, 13502),
        ("US", "USD", 10000, "0", TaxReason.EXPORT, 10000),
        ("JP", "JPY", 10000, "0", TaxReason.EXPORT, 10000),
    ],
)
def test_the_tax_follows_the_destination(country, currency, amount, rate, reason, gross):
    result = quote(country, [(1, amount, "standard")], currency=currency)

    assert result.lines[0].price.rate == Decimal(rate)
    assert result.lines[0].reason == reason
    assert result.total_minor == gross


def test_tea_is_taxed_as_food():
    result = quote("DE", [(1, 1070, "reduced"), (1, 1190, "standard")])

    assert [(tax.rate, tax.tax.amount) for tax in result.taxes if tax.tax] == [
        (Decimal(7), Decimal("0.70")),
        (Decimal(19), Decimal("1.90")),
    ]


def test_delivery_shares_the_tax_of_most_of_the_goods():
    tea = quote("DE", [(3, 1070, "reduced"), (1, 1190, "standard")], delivery=500)
    pots = quote("DE", [(1, 1070, "reduced"), (3, 1190, "standard")], delivery=500)

    assert tea.delivery.price.rate == Decimal(7)
    assert pots.delivery.price.rate == Decimal(19)


def test_prices_without_tax_get_it_on_top():
    result = quote("DE", [(1, 10000, "standard")], includes_tax=False)

    assert result.total_minor == 11900


def test_tax_that_is_not_charged_is_taken_off_the_shown_price():
    result = quote("GB", [(1, 24000, "standard")], currency="GBP", delivery=1200)

    assert result.total.tax.amount == 0
    assert result.total_minor == 20000 + 1000
    assert result.taken_off == from_minor(4200, "GBP")


@pytest.mark.parametrize(
    ("country", "on", "rate"),
    [
        ("DE", date(2020, 6, 30), "19"),
        ("DE", date(2020, 7, 1), "16"),
        ("DE", date(2020, 12, 31), "16"),
        ("DE", date(2021, 1, 1), "19"),
        ("EE", date(2025, 6, 30), "22"),
        ("EE", date(2025, 7, 1), "24"),
        ("RO", date(2025, 8, 1), "21"),
        ("CH", date(2023, 12, 31), "7.7"),
        ("CH", date(2024, 1, 1), "8.1"),
    ],
)
def test_a_rate_holds_from_its_first_day(country, on, rate):
    assert rate_of(country, "standard", on) == Decimal(rate)


def test_without_a_rate_nothing_is_sold():
    with pytest.raises(UnknownRate):
        rate_of("DE", "standard", date(2010, 1, 1))


def test_standard_rates_agree_with_an_independent_list(shared_data):
    scope: dict = {}
    exec((shared_data / "countries/vat/duty27_eu_vat_data.py").read_text(), scope)

    for code, _name, periods in scope["DATA"]:
        country = "GR" if code == "EL" else code
        for first_day, rate in periods:
            if first_day >= "2019":
                assert rate_of(country, "standard", date.fromisoformat(first_day)) == Decimal(rate), country
