import pytest

from orders import joining
from orders.checkout import _remember_email
from orders.models import Order
from privacy.keys import blind_index
from privacy.models import AuditEvent, DataSubject, Disclosure, Processor, SubjectIdentifier
from tests.accounts.people import new_person
from tests.factories import FulfilmentFactory, OrderAddressFactory, OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe(client, market):
    zoe = new_person("zoe@mail.example")
    client.force_login(zoe)
    return zoe


def guest_order(market, email="Zoe@Mail.example", **fields):
    order = OrderFactory(market=market, email=email, note="Ring twice", **fields)
    OrderAddressFactory(order=order)
    OrderLineFactory(order=order)
    FulfilmentFactory(order=order)
    _remember_email(order)
    return order


def join(client, path_of, order, fact):
    return client.post(path_of("orders:join", order.subject_id), {"fact": fact}, follow=True)


def test_orders_of_a_proved_address_are_listed_masked(client, path_of, zoe, market):
    order = guest_order(market)

    page = client.get(path_of("orders:history"))

    assert "Ordered as a guest" in page.text
    assert "not ordered anything" not in page.text
    assert "Order •••" in page.text
    assert "Germany" in page.text
    for secret in (order.number, "10115", "Hauptstraße", "Moon jar", "€30.00"):
        assert secret not in page.text


def test_an_address_that_was_never_proved_leads_to_nothing(client, path_of, zoe, market):
    guest_order(market)
    zoe.emailaddress_set.update(verified=False)

    page = client.get(path_of("orders:history"))

    assert "Ordered as a guest" not in page.text


@pytest.mark.parametrize("fact", ["number", "10115", " 101 15 "])
def test_one_more_fact_joins_the_order(client, path_of, zoe, market, fact):
    order = guest_order(market)

    page = join(client, path_of, order, order.number.lower() if fact == "number" else fact)

    assert "The order is now in your account." in page.text
    assert order.number in page.text
    assert "Ordered as a guest" not in page.text


def test_what_is_joined_is_sealed_with_the_accounts_key(client, path_of, zoe, market):
    order = guest_order(market)
    guest = order.subject
    Disclosure.objects.create(
        processor=Processor.objects.first(),
        subject=guest,
        purpose="fulfilment",
        reference=order.number,
        field_names=["name"],
        region="EU",
        payload_hmac="0" * 64,
    )

    join(client, path_of, order, "10115")
    guest.key.delete()

    order = Order.objects.with_story().get(pk=order.pk)
    assert order.subject == order.address.subject == zoe.subject
    assert (order.email, order.note) == ("Zoe@Mail.example", "Ring twice")
    assert order.address.street == "Hauptstraße 5"
    assert Disclosure.objects.get().subject == zoe.subject


def test_what_found_the_guest_finds_the_account_alone(client, path_of, zoe, market):
    order = guest_order(market)
    guest = order.subject
    SubjectIdentifier.objects.create(
        subject=guest, kind="phone", blind_index=blind_index("phone", "+4915123")
    )

    join(client, path_of, order, "10115")

    assert not SubjectIdentifier.objects.filter(subject=guest).exists()
    kept = SubjectIdentifier.objects.filter(subject=zoe.subject)
    assert set(kept.values_list("kind", flat=True)) == {"email", "phone"}


def test_joining_is_written_down(client, path_of, zoe, market):
    order = guest_order(market)

    join(client, path_of, order, "10115")

    event = AuditEvent.objects.get(action="order.joined")
    assert event.subject_ref == event.actor_ref == zoe.subject.audit_ref
    assert event.data == {"reference": order.number}


@pytest.mark.parametrize("fact", ["", "   ", "10117", "Zoë Müller", "zoe@mail.example"])
def test_a_wrong_fact_joins_nothing(client, path_of, zoe, market, fact):
    order = guest_order(market)

    page = join(client, path_of, order, fact)

    assert "neither the number of that order nor its postcode" in page.text
    assert not Order.objects.of(zoe.subject).exists()


def test_an_order_without_postcode_is_not_joined_by_an_empty_one(client, path_of, zoe, market):
    order = guest_order(market)
    order.address.postcode = ""
    order.address.save()

    join(client, path_of, order, "-")

    assert not Order.objects.of(zoe.subject).exists()


def test_after_five_tries_a_person_looks_at_it(client, path_of, zoe, market):
    order = guest_order(market)
    for _try in range(5):
        join(client, path_of, order, "99999")

    page = join(client, path_of, order, "10115")

    assert "Please write to us" in page.text
    assert not Order.objects.of(zoe.subject).exists()


def test_orders_of_others_cannot_be_joined(client, path_of, zoe, market):
    other = guest_order(market, email="bob@mail.example")
    accounts = guest_order(market)
    DataSubject.objects.filter(pk=accounts.subject_id).update(kind="account")

    answers = [join(client, path_of, order, "10115").status_code for order in (other, accounts)]

    assert answers == [404, 404]
    assert not joining.candidates(zoe).exists()


def test_strangers_are_asked_to_sign_in(client, path_of, market):
    order = guest_order(market)

    answer = client.post(path_of("orders:join", order.subject_id), {"fact": "10115"})

    assert answer["Location"].startswith(path_of("account_login"))
