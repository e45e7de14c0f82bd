import html

import pytest
import time_machine
from django.utils import timezone, translation
from django.utils.translation import ngettext

from orders import carts
from orders.models import Cart, CartLine
from shop.catalogue.models import Price
from tests.factories import DeliveryMethodFactory, MarketFactory, VariantFactory
from tests.orders.conftest import Shopper

pytestmark = pytest.mark.django_db


def test_the_first_piece_sets_the_cookie_and_leads_through_the_address(client, variant, cart_cookie):
    response = client.post("/en-de/cart/add/", {"variant": variant.pk, "quantity": 2})

    token = response.cookies[cart_cookie].value
    assert response.status_code == 303
    assert response["Location"] == f"/c/{token}/en-de/cart/"
    assert response.cookies[cart_cookie]["httponly"]
    assert response.cookies[cart_cookie]["samesite"] == "Lax"


def test_with_the_cookie_taken_the_address_is_plain(shopper, variant):
    page = shopper.add(variant, 2)

    assert shopper.path == "/en-de/cart/"
    assert "Moon jar" in page.text
    assert page.context["cart_count"] == 2


def test_without_cookies_the_address_carries_the_cart(cookieless, variant):
    page = cookieless.add(variant)

    assert cookieless.path.startswith("/c/")
    assert "Moon jar" in page.text
    assert f'href="{cookieless.prefix}"' in page.text or f"{cookieless.prefix}products/" in page.text
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"


def test_a_carried_cart_is_counted_at_once_on_every_page(cookieless, variant):
    cookieless.add(variant)
    cookieless.get(cookieless.prefix)

    cookieless.add(variant)
    page = cookieless.get(cookieless.prefix)

    assert '<span class="count"><span class="visually-hidden">, </span>2<' in page.text


def test_only_a_hash_of_the_token_is_stored(client, variant, cart_cookie):
    response = client.post("/en-de/cart/add/", {"variant": variant.pk})

    assert response.cookies[cart_cookie].value not in str(Cart.objects.values_list())


def test_the_same_variant_twice_is_one_line(shopper, variant):
    shopper.add(variant, 2)
    shopper.add(variant, 3)

    assert CartLine.objects.get().quantity == 5


def test_more_than_there_is_is_capped_with_a_word(shopper, variant):
    page = shopper.add(variant, 11)

    assert CartLine.objects.get().quantity == 10
    assert "We have 10 pieces of it" in page.text


def test_what_sold_out_meanwhile_is_said_and_stops_the_checkout(shopper, variant):
    shopper.add(variant)
    variant.stock = 0
    variant.save()

    page = shopper.begin()

    assert "Sold out" in page.text
    assert shopper.path == "/en-de/cart/"


def test_taken_out_and_put_back(shopper, variant):
    shopper.add(variant, 3)
    page = shopper.post(f"cart/lines/{variant.pk}/", {"remove": "1"})

    assert "Put it back" in page.text
    assert not CartLine.objects.exists()
    shopper.add(variant, page.context["removed_quantity"])
    assert CartLine.objects.get().quantity == 3


def test_another_quantity(shopper, variant):
    shopper.add(variant)
    page = shopper.post(f"cart/lines/{variant.pk}/", {"quantity": "4"})

    assert CartLine.objects.get().quantity == 4
    assert page.context["quote"].total_minor == 4 * 2500 + 500


def test_a_changed_price_is_told_from_what_to_what(shopper, variant):
    shopper.add(variant)
    Price.objects.update(amount=2750)

    page = shopper.get("cart/")

    assert "The price has changed from €25.00 to €27.50" in page.text


def test_in_another_market_the_cart_comes_along_and_says_what_is_not_sold_there(shopper, variant):
    MarketFactory(country="FR", languages="fr en")
    shopper.add(variant)

    page = shopper.get("/en-fr/cart/")

    assert "Not sold in this country" in page.text
    assert "Your cart has come along to France" in page.text


def test_in_another_currency_no_price_has_changed(shopper, variant):
    britain = MarketFactory(country="GB", currency="GBP", languages="en")
    DeliveryMethodFactory(market=britain)
    Price.objects.create(variant=variant, market=britain, amount=2200)
    shopper.add(variant)

    page = shopper.get("/en-gb/cart/")

    assert "£22.00" in page.text
    assert "has changed" not in page.text


def test_what_is_not_on_sale_cannot_be_added(shopper, variant):
    hidden = VariantFactory(is_active=False)

    page = shopper.add(hidden)

    assert "not on sale here" in page.text
    assert not Cart.objects.exists()


@pytest.mark.parametrize("quantity", ["-1", "0", "100", "a", "9" * 30])
def test_impossible_quantities_are_refused(shopper, variant, quantity):
    page = shopper.post("cart/add/", {"variant": variant.pk, "quantity": quantity})

    assert page.status_code == 200
    assert not CartLine.objects.exists()


@pytest.mark.parametrize("query", ["removed=x", "removed=²", "removed=" + "9" * 40, "short=-1"])
def test_addresses_written_by_hand_break_nothing(shopper, variant, query):
    shopper.add(variant)

    assert shopper.get(f"cart/?{query}").status_code == 200


def test_a_number_too_large_for_the_database_is_nothing(shopper, variant):
    shopper.add(variant)

    assert shopper.client.post(f"/en-de/cart/lines/{'9' * 30}/", {"quantity": 1}).status_code == 404

    shopper.begin()
    assert shopper.post("checkout/", {"less": "9" * 30}).status_code == 200


def test_an_empty_cart_says_so(shopper, market):
    page = shopper.get("/en-de/cart/")

    assert "There is nothing in it yet" in page.text
    assert not page.cookies


def test_a_cart_page_costs_few_queries(shopper, variant, django_assert_max_num_queries):
    shopper.add(variant)
    for _more in range(5):
        shopper.add(VariantFactory(price__market=Cart.objects.get().market))

    with django_assert_max_num_queries(7):
        shopper.get("cart/")
    with django_assert_max_num_queries(3):  # pictures and options are remembered
        shopper.get("cart/")


def test_carts_expire_and_are_purged(shopper, variant):
    with time_machine.travel(timezone.now() - timezone.timedelta(days=31)):
        shopper.add(variant)

    page = shopper.get("cart/")
    carts.purge()

    assert "There is nothing in it yet" in page.text
    assert not Cart.objects.exists()


def test_a_strangers_token_opens_nothing(client, variant):
    page = client.get(f"/c/{'x' * 22}/en-de/cart/")

    assert "There is nothing in it yet" in page.text


@pytest.mark.parametrize("language", ["de", "fr"])
def test_the_cart_speaks_the_pages_language(client, variant, language):
    english = (
        "We have %(left)s piece of it; that is now in your cart.",
        "We have %(left)s pieces of it; that many are now in your cart.",
    )
    with translation.override(language):
        words = ngettext(*english, 10) % {"left": 10}

    page = Shopper(client, language=language).add(variant, 11)

    assert words != english[1] % {"left": 10}
    assert words in html.unescape(page.text)


def test_the_blank_form_of_one_shopper_tells_the_next_nothing(cookieless, variant):
    other = Shopper(type(cookieless.client)())
    for one in (cookieless, other):
        one.add(variant)
        page = one.begin()

    mine, theirs = other.prefix, cookieless.prefix
    assert f'action="{mine}checkout/"' in page.text
    assert mine != theirs
    assert theirs not in page.text
