import pytest
from django.db import connection

from accounts import address_book
from accounts.models import Address
from orders.models import OrderAddress
from privacy.models import AuditEvent
from tests.accounts.people import new_person
from tests.factories import FulfilmentFactory, MarketFactory, OrderAddressFactory, OrderFactory

pytestmark = pytest.mark.django_db

HOME = {"name": "Zoë Field", "street": "Hauptstraße 5", "postcode": "10115", "city": "Berlin"}
MOVED = HOME | {"street": "Nebenstraße 6", "postcode": "10117"}


@pytest.fixture(autouse=True)
def market(db):
    return MarketFactory()


@pytest.fixture
def zoe(client):
    zoe = new_person()
    client.force_login(zoe)
    return zoe


@pytest.fixture
def home(zoe):
    return address_book.add(zoe.subject, "DE", HOME, is_default=False)


def order_to(zoe, market, *, parcel="pending", **lines):
    order = OrderFactory(subject=zoe.subject, market=market, status="paid")
    OrderAddressFactory(order=order, **HOME | lines)
    FulfilmentFactory(order=order, status=parcel)
    return order


def street_of(order):
    return OrderAddress.objects.select_related("subject__key").get(order=order).street


def test_the_first_address_is_used_first(client, path_of, zoe):
    client.post(path_of("accounts:add_address"), HOME)

    address = Address.objects.of(zoe.subject).get()
    assert address.is_default
    assert address.street == "Hauptstraße 5"


def test_a_saved_address_lies_encrypted_in_the_database(zoe, home):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, street, postcode, city FROM accounts_address")
        stored = b"".join(bytes(value) for value in cursor.fetchone())

    for word in ("Zoë", "Hauptstra", "10115", "Berlin"):
        assert word.encode() not in stored


def test_the_form_is_that_of_the_country(client, path_of, zoe):
    MarketFactory(country="US", currency="USD", languages="en")

    page = client.get(path_of("accounts:add_address"), {"country": "US"})

    assert "ZIP code" in page.text
    assert "Oregon" in page.text


def test_a_postcode_of_another_country_is_refused(client, path_of, zoe):
    page = client.post(path_of("accounts:add_address"), HOME | {"postcode": "SW1A 1AA"})

    assert "does not look like a postcode" in page.text
    assert not Address.objects.exists()


def test_another_address_can_be_used_first(client, path_of, zoe, home):
    other = address_book.add(zoe.subject, "DE", MOVED, is_default=False)

    client.post(path_of("accounts:use_first", other.pk))

    assert Address.objects.filter(is_default=True).get() == other


def test_the_newest_follows_the_deleted_one(client, path_of, zoe, home):
    other = address_book.add(zoe.subject, "DE", MOVED, is_default=False)

    asked = client.get(path_of("accounts:delete_address", home.pk))
    client.post(path_of("accounts:delete_address", home.pk))

    assert "Hauptstraße 5" in asked.text
    assert list(Address.objects.all()) == [other]
    assert Address.objects.get().is_default


@pytest.mark.promise("A-IV.3")
def test_a_corrected_address_is_offered_to_orders_not_yet_packed(client, path_of, zoe, home, market):
    waiting, packed = order_to(zoe, market), order_to(zoe, market, parcel="packed")
    elsewhere = order_to(zoe, market, street="Am Markt 1")

    offer = client.post(path_of("accounts:edit_address", home.pk), MOVED)
    page = client.get(offer["Location"])
    client.post(offer["Location"], {"order": [waiting.number, packed.number, elsewhere.number]})

    assert waiting.number in page.text
    assert packed.number not in page.text
    assert street_of(waiting) == "Nebenstraße 6"
    assert street_of(packed) == "Hauptstraße 5"
    assert street_of(elsewhere) == "Am Markt 1"
    home = Address.objects.of(zoe.subject).get()
    assert home.postcode == "10117"


def test_the_change_of_an_orders_address_is_written_down(client, path_of, zoe, home, market):
    order = order_to(zoe, market)
    offer = client.post(path_of("accounts:edit_address", home.pk), MOVED)

    client.post(offer["Location"], {"order": order.number})

    event = AuditEvent.objects.get(action="order.address_changed")
    assert event.object_ref == f"orders.order:{order.pk}"
    assert event.data == {"reference": order.number}


def test_where_no_order_waits_nothing_is_asked(client, path_of, zoe, home):
    page = client.post(path_of("accounts:edit_address", home.pk), MOVED, follow=True)

    assert page.redirect_chain[-1][0] == path_of("accounts:addresses")
    assert "The address is saved." in page.text


def test_addresses_of_pages_and_entries_of_the_log_hold_no_address(client, path_of, zoe, home):
    offer = client.post(path_of("accounts:edit_address", home.pk), MOVED)

    told = offer["Location"] + str(list(AuditEvent.objects.values_list("data", flat=True)))
    assert "Haupt" not in told
    assert "10115" not in told
    assert AuditEvent.objects.get(action="address.changed").data == {"fields": "street,postcode"}


@pytest.mark.parametrize("name", ["edit_address", "delete_address", "use_first"])
def test_other_peoples_addresses_do_not_exist(client, path_of, zoe, name):
    theirs = address_book.add(new_person("bob@mail.example").subject, "DE", HOME, is_default=True)

    answer = client.post(path_of(f"accounts:{name}", theirs.pk), MOVED)
    offer = client.get(path_of("orders:use_address", theirs.pk))

    assert answer.status_code == 404
    assert offer.status_code == 404
    assert Address.objects.of(theirs.subject).get().street == "Hauptstraße 5"


def test_a_book_has_an_end(client, path_of, zoe, monkeypatch):
    monkeypatch.setattr(address_book, "MOST_ADDRESSES", 1)
    address_book.add(zoe.subject, "DE", HOME, is_default=False)

    page = client.post(path_of("accounts:add_address"), MOVED)

    assert "Your address book is full" in page.text
    assert Address.objects.count() == 1
