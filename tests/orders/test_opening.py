"""The statement that opens a cart must find and say what the ORM would."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from orders import carts
from orders.models import Cart, CartLine, opening
from orders.models.carts import LIFETIME
from tests.factories import DataSubjectFactory, MarketFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def carried(market) -> tuple[Cart, str]:
    return Cart.objects.create_with_token(market)


def put(cart: Cart, *variants) -> None:
    for number, variant in enumerate(variants, start=1):
        CartLine.objects.create(cart=cart, variant=variant, quantity=number, seen_amount=1)


def test_it_finds_the_lines_in_their_order_and_what_each_costs_here(
    carried, market, variant, django_assert_num_queries
):
    cart, token = carried
    put(cart, variant, elsewhere := VariantFactory(price__market=MarketFactory(country="US", currency="USD")))

    with django_assert_num_queries(1):
        opened = opening.by_token(token, market)
        said = [(line.variant.sku, line.quantity, line.amount, line.variant.stock) for line in opened.lines]
        names = [line.variant.product.name for line in opened.lines]

    assert opened.cart == cart
    assert (opened.cart.expires_at, opened.cart.market_id) == (cart.expires_at, market.pk)
    assert said == [(variant.sku, 1, 2500, 10), (elsewhere.sku, 2, None, elsewhere.stock)]
    assert names == ["Moon jar", elsewhere.product.name]


def test_what_it_did_not_read_comes_when_it_is_asked_for(carried, market, variant):
    cart, token = carried
    put(cart, variant)

    [line] = opening.by_token(token, market).lines

    assert line.added_at == cart.lines.get().added_at
    assert line.variant.product.category == variant.product.category


def test_an_empty_cart_is_a_cart(carried, market):
    cart, token = carried

    assert opening.by_token(token, market) == (cart, [])


def test_no_other_token_opens_it_nor_its_own_once_it_has_expired(carried, market):
    _cart, token = carried

    assert opening.by_token(token + "x", market) is None
    with time_machine.travel(timezone.now() + LIFETIME + timedelta(minutes=1)):
        assert opening.by_token(token, market) is None


def test_a_saved_cart_is_opened_by_its_owner_and_by_no_token(market):
    owner = DataSubjectFactory()
    cart, token = Cart.objects.create_with_token(market, owner)

    assert opening.by_token(token, market) is None
    assert opening.by_subject(owner, market).cart == cart
    assert opening.by_subject(DataSubjectFactory(), market) is None


def test_a_cart_that_is_gone_meanwhile_holds_nothing(carried, market, variant):
    cart, _token = carried
    put(cart, variant)
    Cart.objects.all().delete()

    assert carts.look(cart, market, on=timezone.localdate()).rows == []
