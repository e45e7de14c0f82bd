from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orders import saved_carts
from orders.models import Cart, CartLine
from tests.accounts.people import PASSWORD, new_person
from tests.factories import CartFactory, CartLineFactory, MarketFactory, PriceFactory, VariantFactory
from tests.orders.conftest import Shopper

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe(market):
    return new_person()


@pytest.fixture
def bowl(market):
    return VariantFactory(product__name="Morning bowl", price__market=market)


def sign_in(shopper, person):
    return shopper.post("account/login/", {"login": person.email, "password": PASSWORD})


def contents(cart=None):
    lines = CartLine.objects.filter(cart=cart) if cart else CartLine.objects.all()
    return {line.variant.product.name: line.quantity for line in lines.select_related("variant__product")}


def test_a_cart_is_there_on_another_device(shopper, zoe, variant):
    sign_in(shopper, zoe)
    shopper.add(variant, 2)
    elsewhere = Shopper(Client())
    sign_in(elsewhere, zoe)

    page = elsewhere.get("cart/")

    assert "Moon jar" in page.text
    assert page.context["basket"].pieces == 2


def test_the_cart_a_browser_carries_becomes_the_persons(shopper, zoe, variant):
    shopper.add(variant, 2)

    sign_in(shopper, zoe)

    assert Cart.objects.get().subject == zoe.subject
    assert shopper.get("cart/").context["basket"].pieces == 2


def test_a_cart_carried_in_the_address_becomes_the_persons(zoe, variant):
    """Cookies are allowed only now, for signing in."""
    guest = Shopper(Client())
    answer = guest.client.post("/en-de/cart/add/", {"variant": variant.pk, "quantity": 1})
    prefix = answer["Location"].removesuffix("cart/")
    guest.client.cookies.clear()
    assert prefix.startswith("/c/")

    guest.client.post(f"{prefix}account/login/", {"login": zoe.email, "password": PASSWORD})

    assert Cart.objects.get().subject == zoe.subject
    assert guest.get("/en-de/cart/").context["basket"].pieces == 1


def test_both_carts_become_one_and_the_page_says_so(shopper, zoe, variant, bowl, market):
    saved = CartFactory(market=market, subject=zoe.subject)
    CartLineFactory(cart=saved, variant=variant, quantity=3)
    CartLineFactory(cart=saved, variant=bowl, quantity=1)
    shopper.add(variant, 2)

    page = sign_in(shopper, zoe)

    assert contents(Cart.objects.get()) == {"Moon jar": 3, "Morning bowl": 1}
    assert "2 kinds from your last visit are in your cart again." in page.text


def test_fewer_than_wanted_are_left(shopper, zoe, variant, market):
    saved = CartFactory(market=market, subject=zoe.subject)
    CartLineFactory(cart=saved, variant=variant, quantity=9)
    variant.stock = 4
    variant.save()
    shopper.add(variant, 2)

    page = sign_in(shopper, zoe)

    assert contents() == {"Moon jar": 4}
    assert "There are fewer of something than you wanted" in page.text


def test_a_checkout_into_which_something_came_is_looked_at_once_more(shopper, zoe, variant, bowl, market):
    saved = CartFactory(market=market, subject=zoe.subject)
    CartLineFactory(cart=saved, variant=bowl)
    shopper.add(variant)
    shopper.begin()

    sign_in(shopper, zoe)
    page = shopper.get("checkout/")

    assert "Your cart" in page.text
    assert Cart.objects.get().scope == Cart.Scope.CART


def test_a_checkout_goes_on_after_signing_in_where_nothing_came(shopper, zoe, variant):
    shopper.add(variant)
    shopper.begin()

    sign_in(shopper, zoe)
    page = shopper.get("checkout/")

    assert page.context["form"]["email"].value() == zoe.email


def test_a_saved_cart_outlives_a_checkout_that_lay_idle(shopper, zoe, variant):
    sign_in(shopper, zoe)
    shopper.add(variant)

    shopper.begin()

    assert Cart.objects.get().expires_at > timezone.now() + timedelta(days=29)


def test_lines_of_another_market_come_along_without_its_prices(shopper, zoe, variant, bowl, market):
    france = MarketFactory(country="GB", currency="GBP", languages="en")
    PriceFactory(variant=bowl, market=france, amount=4000)
    saved = CartFactory(market=france, subject=zoe.subject)
    CartLineFactory(cart=saved, variant=bowl, seen_amount=4000)
    shopper.add(variant)

    sign_in(shopper, zoe)

    assert CartLine.objects.get(variant=bowl).seen_amount == 2500


def test_after_signing_out_the_browser_has_no_cart(shopper, zoe, variant, cart_cookie):
    shopper.add(variant)
    sign_in(shopper, zoe)
    shopper.post("account/logout/")

    page = shopper.get("cart/")

    assert not page.context["basket"]
    assert page.context["cart_count"] == 0
    assert Cart.objects.get().subject == zoe.subject


def test_the_token_of_a_saved_cart_opens_it_for_nobody_else(shopper, zoe, variant, cart_cookie):
    shopper.add(variant)
    sign_in(shopper, zoe)
    finder = Shopper(Client())
    finder.client.cookies[cart_cookie] = shopper.client.cookies[cart_cookie].value
    thief = new_person("mallory@mail.example")

    page = finder.get("cart/")
    sign_in(finder, thief)
    signed_in = finder.get("cart/")

    assert not page.context["basket"]
    assert not signed_in.context["basket"]
    assert Cart.objects.get().subject == zoe.subject


def test_one_person_has_one_saved_cart(shopper, zoe, variant, market):
    expired = CartFactory(market=market, subject=zoe.subject, expires_at=timezone.now())
    sign_in(shopper, zoe)

    shopper.add(variant)

    assert Cart.objects.get() != expired


def test_the_order_of_a_saved_cart_is_the_persons(shopper, zoe, variant):
    sign_in(shopper, zoe)
    shopper.add(variant)
    shopper.begin()

    shopper.place(shopper.review())

    assert zoe.subject.orders.get().number
    assert saved_carts.find(zoe.subject) is None
