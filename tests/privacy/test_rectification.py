"""What is wrong is put right in place, by the person or for them; the person is told what was and what is."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import Address, User
from orders import fulfilment
from orders.models import Order, OrderAddress
from privacy import requests, restriction
from privacy.models import AuditEvent, PrivacyRequest, Restriction, SubjectIdentifier
from support.models import Message, Ticket
from tests.accounts.people import mails_go_out, new_person, path_of
from tests.factories import FulfilmentFactory, MarketFactory, OrderAddressFactory, ProcessorFactory
from tests.privacy.askers import letter, prove, send

pytestmark = pytest.mark.django_db
Status = PrivacyRequest.Status
GUEST = "guest@mail.example"
NEW = {"name": "Gesa Neumann", "street": "Neue Gasse 9", "postcode": "10437", "city": "Berlin"}


@pytest.fixture(autouse=True)
def shop(settings, tmp_path, relays):
    settings.RIGHTS_JOURNAL = str(tmp_path / "rights.jsonl")
    settings.CELERY_TASK_ALWAYS_EAGER = True
    ProcessorFactory()
    return MarketFactory()


@pytest.fixture
def zoe():
    return new_person(phone="+4915123456789")


@pytest.fixture
def order():
    """A guest's, paid, and not packed yet."""
    address = OrderAddressFactory(
        order__email=GUEST, order__status=Order.Status.PAID, name="Gesa Gastmann", postcode="10999"
    )
    FulfilmentFactory(order=address.order)
    SubjectIdentifier.objects.prove(address.order.subject, "email", GUEST)
    return Order.objects.with_story().get()


def part(key, **values):
    """A form of the page: its fields go by its name."""
    return {"part": key} | {f"{key}-{name}": value for name, value in values.items()}


def asked_by(person):
    return requests.receive(
        person.subject, PrivacyRequest.Kind.RECTIFICATION, source=PrivacyRequest.Source.CONTACT
    )


# --- By the person ------------------------------------------------------------------------------------------


@pytest.mark.promise("A-IV.3", "B-6.1")
def test_a_guest_corrects_where_the_parcel_goes_and_is_told(client, order):
    page = prove(client, "rectification", GUEST, order.number)

    shown = client.get(page)
    send(client, page, **part(f"{order.number}-address", **NEW))

    assert "Gesa Gastmann" in shown.text
    address = OrderAddress.objects.select_related("subject__key").get()
    assert (address.name, address.street) == (NEW["name"], NEW["street"])
    told = letter("was corrected")
    assert told.to == [GUEST]
    assert "G••• G••• → G••• N•••" in told.body
    assert "Neue Gasse" not in told.body
    assert PrivacyRequest.objects.get().status == Status.COMPLETED
    event = AuditEvent.objects.get(action="subject.corrected")
    assert "street" in event.data["fields"]


def test_a_guest_who_moved_mailbox_is_found_by_the_new_one_alone(client, order):
    page = prove(client, "rectification", GUEST, order.number)

    send(client, page, **part(f"{order.number}-contact", email="new@mail.example", phone=""))

    assert SubjectIdentifier.objects.matching("email", "new@mail.example").get().verified_at is None
    assert not SubjectIdentifier.objects.matching("email", GUEST).exists()
    assert Order.objects.with_keys().get().email == "new@mail.example"
    told = {letter.to[0] for letter in mail.outbox if "was corrected" in letter.subject}
    assert told == {GUEST, "new@mail.example"}


def test_what_is_typed_is_checked_and_nothing_is_written(client, order):
    page = prove(client, "rectification", GUEST, order.number)

    answer = send(client, page, **part(f"{order.number}-address", **NEW | {"postcode": "no"}))

    assert "does not look like a postcode" in answer.text
    assert OrderAddress.objects.select_related("subject__key").get().name == "Gesa Gastmann"
    assert PrivacyRequest.objects.get().status == Status.VERIFIED


def test_what_is_packed_meanwhile_stays_as_it_is(client, order):
    page = prove(client, "rectification", GUEST, order.number)
    fulfilment.pack(order)

    answer = send(client, page, **part(f"{order.number}-address", **NEW))

    assert "nothing you could change in place" in answer.text
    assert OrderAddress.objects.select_related("subject__key").get().name == "Gesa Gastmann"


@pytest.mark.promise("A-IV.4")
def test_anything_else_is_said_in_words_and_answered_by_a_person(client, order):
    page = prove(client, "rectification", GUEST, order.number)

    send(client, page, words="The invoice calls me by my old name.")

    ticket = Ticket.objects.get()
    request = PrivacyRequest.objects.get()
    assert (ticket.category, ticket.privacy_request) == ("privacy", request)
    assert request.status == Status.VERIFIED
    assert "old name" in Message.objects.select_related("subject__key").get().body
    assert ticket.reference in mail.outbox[-1].subject + mail.outbox[-1].body


def test_more_words_go_into_the_same_conversation_which_the_desk_finds(client, order, staff):
    page = prove(client, "rectification", GUEST, order.number)

    for words in ("My name is wrong.", "And my city."):
        send(client, page, words=words)
    staff("privacy")
    shown = client.get(reverse("admin:privacy_privacyrequest_change", args=[PrivacyRequest.objects.get().pk]))

    ticket = Ticket.objects.get()
    assert ticket.messages.count() == 2
    assert reverse("admin:support_ticket_change", args=[ticket.pk]) in shown.text


def test_an_account_that_cannot_sign_in_corrects_name_and_address(client, zoe, order):
    SubjectIdentifier.objects.prove(zoe.subject, "email", zoe.email)
    mine = OrderAddressFactory(order__subject=zoe.subject, postcode="20095").order
    address = Address(subject=zoe.subject, country="DE")
    address.name, address.street, address.postcode, address.city = "Zoë", "Alt 1", "10115", "Berlin"
    address.save()
    User.objects.update(is_active=False)
    page = prove(client, "rectification", zoe.email, mine.number)

    send(client, page, **part("contact", name="Zoë Meadow", phone="+4915123456789"))
    send(client, page, **part(f"address-{address.pk}", **NEW))

    assert User.objects.get().name == "Zoë Meadow"
    assert Address.objects.select_related("subject__key").get().street == NEW["street"]


# --- What was in dispute ------------------------------------------------------------------------------------


@pytest.mark.promise("A-IV.9")
def test_what_was_in_dispute_is_used_again_after_a_word(client, order):
    restriction.restrict(
        order.subject, why=Restriction.Why.DISPUTED, scope=Restriction.Scope.DATA, data=OrderAddress
    )
    page = prove(client, "rectification", GUEST, order.number)

    answer = send(client, page, **part(f"{order.number}-address", **NEW))

    limit = Restriction.objects.get()
    assert limit.is_active
    assert limit.lifts_at
    assert letter("used again soon").to == [GUEST]
    assert "You may use it again" in answer.text
    send(client, f"{page}lift/{limit.pk}/")
    fulfilment.pack(Order.objects.with_story().get())


@pytest.mark.parametrize("kind", [User, Address])
def test_correcting_it_in_the_account_ends_the_dispute_too(client, zoe, kind):
    address = Address(subject=zoe.subject, country="DE")
    address.name, address.street, address.postcode, address.city = "Zoë", "Alt 1", "10115", "Berlin"
    address.save()
    restriction.restrict(zoe.subject, why=Restriction.Why.DISPUTED, scope=Restriction.Scope.DATA, data=kind)
    client.force_login(zoe)

    if kind is User:
        typed = {"contact": "", "name": "Zoë Meadow", "phone": "0151 23456789"}
        send(client, path_of("accounts:profile"), **typed)
    else:
        send(client, path_of("accounts:edit_address", address.pk), **NEW)

    assert Restriction.objects.get().lifts_at


# --- By staff -----------------------------------------------------------------------------------------------


@pytest.mark.promise("A-IV.4")
def test_a_colleague_corrects_it_for_them_and_they_are_told(client, zoe, staff):
    request = asked_by(zoe)
    requests.verify(request)
    staff("privacy")
    url = reverse("admin:privacy_privacyrequest_correct", args=[request.pk])

    shown = client.get(url)
    send(client, url, **part("contact", name="Zoë Meadow", phone="+4915123456789"))

    assert "Zoë Field" in shown.text
    assert User.objects.get(pk=zoe.pk).name == "Zoë Meadow"
    assert "Z••• F••• → Z••• M•••" in letter("was corrected").body
    assert AuditEvent.objects.filter(action="request.revealed").exists()
    request.refresh_from_db()
    assert request.status == Status.VERIFIED  # until the colleague says that all is right


@pytest.mark.parametrize("role", ["support", "fulfilment", "marketing"])
def test_nobody_else_corrects_and_nobody_before_we_know_who_asks(client, zoe, staff, role):
    request = asked_by(zoe)
    url = reverse("admin:privacy_privacyrequest_correct", args=[request.pk])
    staff("privacy")
    too_early = client.get(url)
    requests.verify(request)
    staff(role)

    answer = client.get(url)

    assert too_early.status_code == 404
    assert answer.status_code == 403


def test_a_colleague_files_for_whoever_called_and_the_code_proves_it(client, order, staff):
    staff("privacy")
    add = reverse("admin:privacy_privacyrequest_add")

    answer = send(client, add, email=GUEST, kind="restriction")
    unknown = send(client, add, email="nobody@mail.example", kind="restriction")

    request = PrivacyRequest.objects.get()
    assert (request.source, request.status) == ("staff", Status.RECEIVED)
    assert request.reference in answer.text
    assert "Nobody is known" in unknown.text
    client.logout()
    with mails_go_out():
        client.get(path_of("privacy:rights_prove"))
    page = prove(client, "restriction", GUEST, order.number)
    assert client.get(page).status_code == 200
    request.refresh_from_db()
    assert request.status == Status.VERIFIED


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("access", Status.COMPLETED),
        ("erasure", Status.SCHEDULED),
        ("restriction", Status.COMPLETED),
        ("objection", Status.VERIFIED),
        ("withdrawal", Status.COMPLETED),
        ("complaint", Status.VERIFIED),
    ],
)
def test_once_staff_are_sure_it_begins_as_if_the_person_had_pressed(client, zoe, staff, kind, status):
    request = requests.receive(zoe.subject, PrivacyRequest.Kind(kind), source=PrivacyRequest.Source.CONTACT)
    staff("privacy")

    send(client, reverse("admin:privacy_privacyrequest_change", args=[request.pk]), deed="verify", why="")

    request.refresh_from_db()
    assert request.status == status
    zoe.subject.refresh_from_db()
    assert (zoe.subject.status == "restricted") is (kind == "restriction")


def test_what_stands_in_the_way_of_a_deletion_is_said_to_the_colleague(client, zoe, staff):
    request = requests.receive(zoe.subject, PrivacyRequest.Kind.ERASURE, source="contact")
    User.objects.filter(pk=zoe.pk).update(is_staff=True)
    staff("privacy")
    url = reverse("admin:privacy_privacyrequest_change", args=[request.pk])

    answer = send(client, url, deed="verify", why="")

    assert "You work here" in answer.text
    request.refresh_from_db()
    assert request.status == Status.RECEIVED
