from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import address_book
from accounts.models import Address
from orders import links
from orders.models import Order
from tests.accounts.people import new_person
from tests.factories import (
    DeliveryMethodFactory,
    FulfilmentFactory,
    OrderAddressFactory,
    OrderFactory,
    OrderLineFactory,
)

pytestmark = pytest.mark.django_db

HOME = {"name": "Zoë Field", "street": "Hauptstraße 5", "postcode": "10115", "city": "Berlin"}


@pytest.fixture
def zoe(client, market):
    zoe = new_person()
    client.force_login(zoe)
    return zoe


def order_of(person, market, *, sku="JAR-1", name="Moon jar", days_ago=0, **fields):
    placed_at = timezone.now() - timedelta(days=days_ago)
    order = OrderFactory(subject=person.subject, market=market, placed_at=placed_at, **fields)
    OrderAddressFactory(order=order)
    FulfilmentFactory(order=order)
    OrderLineFactory(order=order, sku=sku, name=name)
    return order


def numbers(page):
    return [order.number for order in page.context["page"]]


@pytest.mark.promise("A-I.7")
def test_orders_are_listed_with_goods_amount_and_time(client, path_of, zoe, market):
    order = order_of(zoe, market)

    page = client.get(path_of("orders:history"))

    assert order.number in page.text
    assert "1 × Moon jar" in page.text
    assert "€30.00" in page.text
    assert f'datetime="{timezone.localdate().isoformat()}' in page.text


def test_the_latest_stands_first_and_the_rest_on_the_next_page(client, path_of, zoe, market):
    orders = [order_of(zoe, market, days_ago=days) for days in range(12)]

    first = client.get(path_of("orders:history"))
    second = client.get(path_of("orders:history"), {"page": 2})

    assert numbers(first) == [order.number for order in orders[:10]]
    assert numbers(second) == [order.number for order in orders[10:]]


@pytest.mark.parametrize(
    ("words", "found"),
    [("bowl", ["bowl"]), ("JAR-1", ["jar"]), ("jar", ["jar"]), ("", ["jar", "bowl"]), ("nothing", [])],
)
def test_orders_are_found_by_product_and_sku(client, path_of, zoe, market, words, found):
    orders = {
        "jar": order_of(zoe, market),
        "bowl": order_of(zoe, market, sku="BWL-2", name="Morning bowl", days_ago=1),
    }

    page = client.get(path_of("orders:history"), {"q": words})

    assert numbers(page) == [orders[name].number for name in found]


def test_an_order_is_found_by_its_number_and_by_its_state(client, path_of, zoe, market):
    order = order_of(zoe, market, status="paid")
    order_of(zoe, market)

    by_number = client.get(path_of("orders:history"), {"q": order.number[:6].lower()})
    by_state = client.get(path_of("orders:history"), {"status": "paid"})

    assert numbers(by_number) == [order.number]
    assert numbers(by_state) == [order.number]


def test_nonsense_in_the_address_finds_everything(client, path_of, zoe, market):
    order = order_of(zoe, market)

    page = client.get(path_of("orders:history"), {"status": "lost", "page": "x", "q": "\0"})

    assert page.status_code == 200
    assert numbers(page) == [order.number]


def test_the_list_costs_as_much_for_ten_orders_as_for_one(
    client, path_of, zoe, market, django_assert_max_num_queries
):
    for days in range(10):
        order_of(zoe, market, days_ago=days)
    client.get(path_of("orders:history"))

    with django_assert_max_num_queries(9):
        client.get(path_of("orders:history"))


def test_the_page_of_an_order_shows_its_address(client, path_of, zoe, market):
    order = order_of(zoe, market)

    page = client.get(path_of("orders:order", order.number))

    assert "Hauptstraße 5" in page.text
    assert "zoe.muller@example.org" in page.text
    assert "Call the order off" in page.text
    assert page["Cache-Control"] == "no-store"


def test_the_link_in_a_mail_leads_its_buyer_to_the_account(client, path_of, zoe, market):
    order = order_of(zoe, market)
    from_mail = path_of("orders:status", links.status_token(order))

    signed_in = client.get(from_mail)
    client.logout()
    signed_out = client.get(from_mail)

    assert signed_in["Location"] == path_of("orders:order", order.number)
    assert signed_out.status_code == 200
    assert "Hauptstraße 5" not in signed_out.text


def test_other_peoples_orders_do_not_exist(client, path_of, zoe, market):
    theirs = order_of(new_person("bob@mail.example"), market)

    answers = [
        client.get(path_of("orders:order", theirs.number)).status_code,
        client.post(path_of("orders:reorder", theirs.number)).status_code,
    ]
    page = client.get(path_of("orders:history"), {"q": theirs.number})

    assert answers == [404, 404]
    assert numbers(page) == []


def test_strangers_are_asked_to_sign_in(client, path_of, market):
    order = order_of(new_person(), market)

    answers = [
        client.get(path_of("orders:history")),
        client.get(path_of("orders:order", order.number)),
        client.post(path_of("orders:reorder", order.number)),
    ]

    assert [answer["Location"].startswith(path_of("account_login")) for answer in answers] == [True] * 3


@pytest.mark.promise("A-I.2")
def test_at_the_checkout_what_is_known_stands_in_the_fields(shopper, zoe, variant):
    address_book.add(zoe.subject, "DE", HOME, is_default=True)
    other = address_book.add(zoe.subject, "DE", HOME | {"street": "Am Markt 1"}, is_default=False)
    shopper.add(variant)

    first = shopper.begin()
    chosen = shopper.get(f"checkout/?address={other.pk}")
    empty = shopper.get("checkout/?address=another")

    assert first.context["form"]["email"].value() == zoe.email
    assert first.context["form"]["street"].value() == "Hauptstraße 5"
    assert chosen.context["form"]["street"].value() == "Am Markt 1"
    assert empty.context["form"]["street"].value() is None
    assert empty.context["form"]["name"].value() == "Zoë Field"
    assert not {"gender", "birth_date"} & set(first.context["form"].fields)


def test_somebody_elses_address_is_not_filled_in(shopper, zoe, variant):
    bob = new_person("bob@mail.example")
    theirs = address_book.add(bob.subject, "DE", HOME, is_default=True)
    shopper.add(variant)
    shopper.begin()

    page = shopper.get(f"checkout/?address={theirs.pk}")

    assert page.context["form"]["street"].value() is None


def test_an_address_can_be_saved_at_the_checkout_once(shopper, zoe, variant, settings):
    settings.STRIPE_API_KEY = ""
    for _order in range(2):
        shopper.add(variant)
        shopper.begin()
        shopper.place(shopper.review(save_address="on"), save_address="on")

    assert Order.objects.of(zoe.subject).count() == 2
    assert Address.objects.of(zoe.subject).get().street == "Hauptstraße 5"


def test_without_the_tick_nothing_is_saved(shopper, zoe, variant):
    shopper.add(variant)
    shopper.begin()

    shopper.place(shopper.review())

    assert Order.objects.of(zoe.subject).exists()
    assert not Address.objects.exists()


def test_guests_are_offered_to_sign_in_and_nothing_to_save(shopper, variant):
    shopper.add(variant)

    page = shopper.begin()

    assert "Sign in, and your details are filled in" in page.text
    assert "save_address" not in page.context["form"].fields


def test_a_number_nobody_rings_is_not_kept(shopper, zoe, variant, market):
    DeliveryMethodFactory(market=market, code="express", name="Express", needs_phone=True)
    shopper.add(variant)
    shopper.begin()

    shopper.place(shopper.review(phone="0151 23456789"), phone="0151 23456789")

    order = Order.objects.of(zoe.subject).with_keys().get()
    assert order.phone == ""
