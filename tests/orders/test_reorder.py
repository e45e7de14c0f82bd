import pytest

from orders.models import CartLine
from tests.accounts.people import new_person
from tests.factories import (
    FulfilmentFactory,
    OrderAddressFactory,
    OrderFactory,
    OrderLineFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe(client, market):
    zoe = new_person()
    client.force_login(zoe)
    return zoe


@pytest.fixture
def order(zoe, market):
    order = OrderFactory(subject=zoe.subject, market=market, status="completed")
    OrderAddressFactory(order=order)
    FulfilmentFactory(order=order, status="delivered")
    return order


def reorder(client, path_of, order):
    return client.post(path_of("orders:reorder", order.number), follow=True)


def test_everything_comes_into_the_cart_at_todays_price(client, path_of, order, variant):
    OrderLineFactory(order=order, variant=variant, quantity=2, unit_gross=1900)

    page = reorder(client, path_of, order)

    assert page.context["basket"].pieces == 2
    assert CartLine.objects.get().seen_amount == 2500


def test_it_is_added_to_what_is_there(client, path_of, order, variant):
    OrderLineFactory(order=order, variant=variant, quantity=2)
    reorder(client, path_of, order)

    reorder(client, path_of, order)

    assert CartLine.objects.get().quantity == 4


def test_what_cannot_be_had_is_named_with_the_reason(client, path_of, order, variant, market):
    few = VariantFactory(product__name="Few bowls", stock=1, price__market=market)
    none = VariantFactory(product__name="No cups", stock=0, price__market=market)
    OrderLineFactory(order=order, variant=variant, name="Moon jar")
    OrderLineFactory(order=order, variant=few, name="Few bowls", quantity=3)
    OrderLineFactory(order=order, variant=none, name="No cups")
    OrderLineFactory(order=order, variant=None, name="Old vase")
    OrderLineFactory(order=order, variant=VariantFactory(price=None), name="Foreign plate")

    page = reorder(client, path_of, order)

    assert "Few bowls: there are fewer than you had; the rest is in your cart." in page.text
    assert "No cups is sold out." in page.text
    assert "Old vase is not sold here any more." in page.text
    assert "Foreign plate is not sold here any more." in page.text
    assert page.context["basket"].pieces == 2


def test_looking_does_not_reorder(client, path_of, order):
    answer = client.get(path_of("orders:reorder", order.number))

    assert answer.status_code == 405
