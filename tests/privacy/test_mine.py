from datetime import date, timedelta

import pytest
from django.utils import timezone

from orders.models import Order
from privacy import audit, consent, my_data
from privacy.models import ConsentRecord, DataSubject, Disclosure
from privacy.purposes import Purpose
from privacy.registry import declarations
from tests.accounts.people import PASSWORD, new_person
from tests.factories import (
    CartFactory,
    CartLineFactory,
    FulfilmentFactory,
    MarketFactory,
    OrderAddressFactory,
    OrderFactory,
    OrderLineFactory,
    ProcessorFactory,
    TicketFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def market(db):
    return MarketFactory()


@pytest.fixture
def zoe(client):
    zoe = new_person(phone="+4915123456789")
    client.force_login(zoe)
    return zoe


@pytest.fixture
def order(zoe, market):
    order = OrderFactory(subject=zoe.subject, market=market, note="Ring twice")
    OrderAddressFactory(order=order)
    OrderLineFactory(order=order)
    FulfilmentFactory(order=order, tracking_number="KL123")
    return order


@pytest.mark.promise("A-IV.1")
def test_everything_the_shop_knows_is_shown_also_while_it_may_not_be_used(client, path_of, zoe, order):
    DataSubject.objects.filter(pk=zoe.subject_id).update(status=DataSubject.Status.RESTRICTED)

    page = client.get(path_of("privacy:mine"))

    assert page.status_code == 200
    assert "The use of your data is suspended" in page.text
    for known in (
        zoe.email,
        "Zoë Field",
        "+4915123456789",
        order.number,
        "zoe.muller@example.org",
        "Ring twice",
        "Hauptstraße 5",
        "10115",
        "KL123",
    ):
        assert known in page.text


def test_each_value_says_what_for_and_how_long(client, path_of, zoe, order):
    page = client.get(path_of("privacy:mine"))

    assert "Your order and its delivery" in page.text
    assert "24 months" in page.text or "2 years" in page.text
    assert "You may sign in until you close the account" in page.text


def test_each_value_says_until_when_and_its_group_until_when_the_last_of_it_goes(zoe, market, time_machine):
    time_machine.move_to("2026-11-22T12:00:00Z")
    OrderFactory(subject=zoe.subject, market=market, note="Ring twice")
    older = OrderFactory(subject=zoe.subject, market=market, note="Ring once")
    Order.objects.filter(pk=older.pk).update(placed_at=timezone.now() - timedelta(days=100))

    groups = {group.category: group for group in my_data.by_category(zoe.subject)}

    days = {known.value: kept.until for known, kept in groups["free_text"].known}
    assert days == {"Ring twice": date(2028, 11, 22), "Ring once": date(2028, 8, 14)}
    assert groups["free_text"].until == date(2028, 11, 22)
    assert groups["identity"].until is None  # as long as there is an account


def test_what_a_person_can_change_or_remove_leads_to_where(client, path_of, zoe):
    page = client.get(path_of("privacy:mine")).text

    for name in ("accounts:profile", "account_email"):
        assert f'<a href="{path_of(name)}">Change or remove<' in page


@pytest.mark.parametrize("data", [data for data in declarations() if data.change_at], ids=str)
def test_every_place_where_something_is_changed_exists(path_of, data):
    assert path_of(data.change_at)


def test_secrets_are_named_and_not_shown(client, path_of, zoe):
    page = client.get(path_of("privacy:mine"))

    assert "kept, and shown to nobody" in page.text
    assert zoe.password not in page.text
    assert PASSWORD not in page.text
    assert client.session.session_key not in page.text


def test_what_is_kept_in_many_rows_is_told_once(zoe, market):
    for _order in range(3):
        OrderAddressFactory(order=OrderFactory(subject=zoe.subject, market=market))

    groups = {group.category: group for group in my_data.by_category(zoe.subject)}

    streets = [kept.times for known, kept in groups["address"].known if known.value == "Hauptstraße 5"]
    assert streets == [3]


def test_the_page_reads_what_is_declared_and_not_what_somebody_thought_of(zoe, market):
    """A few apps' rows, each with a personal column; none is named by the code that shows them."""
    cart = CartFactory(market=market, subject=zoe.subject)
    line = CartLineFactory(cart=cart)
    TicketFactory(subject=zoe.subject)

    shown = {known.about for group in my_data.by_category(zoe.subject) for known, _kept in group.known}

    assert {"account", "cart line", "ticket"} <= shown
    assert any(
        known.value == line.variant.sku
        for group in my_data.by_category(zoe.subject)
        for known, _kept in group.known
    )
    with_people = [data for data in declarations() if data.subject]
    assert len(with_people) > len(shown)


def test_who_received_what_and_why(client, path_of, zoe, order):
    Disclosure.objects.create(
        processor=ProcessorFactory(name="Parcels & Sons"),
        subject=zoe.subject,
        purpose=Purpose.FULFILMENT,
        reference=order.number,
        field_names=["name", "street"],
        region="EU",
        payload_hmac="0" * 64,
    )

    page = client.get(path_of("privacy:mine"))

    assert "Parcels &amp; Sons" in page.text
    assert my_data.receivers(zoe.subject)[0][0].reference == order.number
    assert len(my_data.receivers(zoe.subject)[0][1]) == 2


def test_who_looked_is_told_by_role_and_never_by_name(client, path_of, zoe, order):
    clerk = new_person("clerk@mail.example", name="Ines Falk", is_staff=True)
    audit.record("order.viewed", actor=clerk, subject=zoe.subject, obj=order)
    audit.record("order.placed", actor=zoe, subject=zoe.subject, obj=order)

    page = client.get(path_of("privacy:mine"))

    [look] = my_data.looks(zoe.subject)
    assert (look.what, str(look.did), str(look.role)) == ("order", "looked at it", "our staff")
    assert "Our staff: looked at it" in page.text
    assert "Ines" not in page.text
    assert clerk.email not in page.text


def test_what_others_saw_of_others_is_not_shown(zoe):
    clerk, bob = new_person("clerk@mail.example"), new_person("bob@mail.example")

    audit.record("account.viewed", actor=clerk, subject=bob, obj=bob)

    assert my_data.looks(zoe.subject) == []


def test_choices_are_listed_with_the_words_they_were_asked_in(client, path_of, zoe):
    consent.give(
        zoe.subject,
        Purpose.MARKETING,
        source=ConsentRecord.Source.ACCOUNT,
        wording="News from the kiln",
        channel="email",
    )

    page = client.get(path_of("privacy:mine"))

    assert "News from the kiln" in page.text
    assert "Given" in page.text


def test_nobody_elses_data_is_shown(client, path_of, zoe, market):
    bob = new_person("bob@mail.example", name="Bob Ross")
    theirs = OrderFactory(subject=bob.subject, market=market, email="bob@mail.example")
    OrderAddressFactory(order=theirs, street="Am Markt 1")

    page = client.get(path_of("privacy:mine"))

    for foreign in ("Bob Ross", "bob@mail.example", theirs.number, "Am Markt 1"):
        assert foreign not in page.text


def test_strangers_are_asked_to_sign_in(client, path_of):
    answer = client.get(path_of("privacy:mine"))

    assert answer["Location"].startswith(path_of("account_login"))
