from datetime import date

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import Notification, Profile, User
from privacy.models import AuditEvent, DataSubject
from tests.accounts.people import code_in, last_mail, mails_go_out, new_person, register
from tests.factories import (
    FulfilmentFactory,
    MarketFactory,
    OrderAddressFactory,
    OrderFactory,
    ProcessorFactory,
)

pytestmark = pytest.mark.django_db

OLD, NEW = "+4915123456789", "+4915198765432"


@pytest.fixture(autouse=True)
def market(db):
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    return MarketFactory()


@pytest.fixture
def zoe(client):
    zoe = new_person(phone=OLD, phone_verified_at=timezone.now())
    client.force_login(zoe)
    return zoe


def change_contact(client, path_of, **typed):
    typed = {"name": "Zoë Field", "phone": OLD, "contact": "1"} | typed
    with mails_go_out():
        return client.post(path_of("accounts:profile"), typed)


def test_a_new_number_must_be_verified_again(client, path_of, zoe):
    change_contact(client, path_of, phone="0151 98765432")

    zoe = User.objects.get(pk=zoe.pk)
    assert zoe.phone == NEW
    assert zoe.phone_verified_at is None


def test_a_new_name_leaves_the_number_verified(client, path_of, zoe):
    change_contact(client, path_of, name="Zoë Meadow")

    zoe = User.objects.get(pk=zoe.pk)
    assert zoe.name == "Zoë Meadow"
    assert zoe.phone_verified_at is not None


def test_the_person_is_told_of_a_change_with_masked_values(client, path_of, zoe):
    change_contact(client, path_of, name="Quentin Hill", phone="0151 98765432")

    [letter] = mail.outbox
    assert letter.to == [zoe.email]
    assert "Z••• F••• → Q••• H•••" in letter.body
    assert "•••89 → •••32" in letter.body
    assert "Quentin" not in letter.body
    assert set(Notification.objects.values_list("channel", flat=True)) == {"email", "inbox"}


def test_the_inbox_tells_of_a_change_without_keeping_what_it_was(client, path_of, zoe):
    change_contact(client, path_of, phone="0151 98765432")
    told = Notification.objects.get(channel="inbox")

    page = client.get(path_of("accounts:inbox_message", told.uuid))

    assert "Your name or your mobile phone number was changed." in page.text
    assert path_of("accounts:profile") in page.context["words"]
    assert "•••" not in page.context["words"]


def test_the_log_names_fields_and_never_values(client, path_of, zoe):
    change_contact(client, path_of, phone="0151 98765432")

    event = AuditEvent.objects.get(action="account.contact_changed")
    assert event.data == {"fields": "phone"}
    assert event.subject_ref == zoe.subject.audit_ref


def test_saving_without_a_change_says_nothing_to_nobody(client, path_of, zoe):
    change_contact(client, path_of)

    assert mail.outbox == []
    assert not AuditEvent.objects.filter(action="account.contact_changed").exists()


@pytest.mark.parametrize(
    "typed", [{"name": ""}, {"phone": "abc"}, {"phone": "12"}, {"name": "4111 1111 1111 1111"}]
)
def test_nonsense_is_refused(client, path_of, zoe, typed):
    page = change_contact(client, path_of, **typed)

    assert page.status_code == 200
    assert page.context["contact"].errors


@pytest.mark.promise("A-I.2")
def test_the_profile_is_empty_until_somebody_fills_it_in_and_each_field_can_be_taken_back(
    client, path_of, zoe
):
    before = client.get(path_of("accounts:profile"))
    assert before.context["about"].initial == {"gender": "", "birth_date": None}

    client.post(path_of("accounts:profile"), {"gender": "female", "birth_date": "1990-02-28", "about": "1"})
    told = Profile.objects.select_related("subject__key").get()
    assert (told.gender, told.birth_date) == ("female", date(1990, 2, 28))
    client.post(path_of("accounts:take_back", "gender"))
    client.post(path_of("accounts:take_back", "birth_date"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT gender, birth_date FROM accounts_profile")
        gender, birth_date = cursor.fetchone()
    assert bytes(gender) == b""
    assert birth_date is None
    assert "female" not in client.get(path_of("privacy:mine")).text


def test_what_is_voluntary_is_encrypted(client, path_of, zoe):
    client.post(path_of("accounts:profile"), {"gender": "female", "birth_date": "", "about": "1"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT gender FROM accounts_profile")
        [stored] = cursor.fetchone()
    assert b"female" not in bytes(stored)


def test_only_what_is_voluntary_is_taken_back_this_way(client, path_of, zoe):
    answer = client.post(path_of("accounts:take_back", "password"))

    assert answer.status_code == 404


def test_a_day_that_is_still_to_come_is_nobodys_birthday(client, path_of, zoe):
    later = timezone.localdate().replace(year=timezone.localdate().year + 1, day=1)

    page = client.post(
        path_of("accounts:profile"), {"gender": "", "birth_date": later.isoformat(), "about": "1"}
    )

    assert page.context["about"].errors


@pytest.mark.promise("A-IV.3")
def test_orders_not_yet_packed_are_offered_the_new_number(client, path_of, zoe, market):
    order = OrderFactory(subject=zoe.subject, market=market, status="paid", phone=OLD)
    OrderAddressFactory(order=order)
    FulfilmentFactory(order=order)

    offer = change_contact(client, path_of, phone="0151 98765432")
    page = client.get(offer["Location"])
    client.post(offer["Location"], {"order": order.number})

    assert OLD not in offer["Location"]
    assert order.number in page.text
    order = type(order).objects.with_keys().get(pk=order.pk)
    assert order.phone == NEW


def test_an_address_that_was_proved_finds_its_person(client, path_of):
    page = register(client, "new@mail.example")
    before = DataSubject.objects.known_by("email", "new@mail.example").exists()

    with mails_go_out():
        client.post(page.request["PATH_INFO"], {"code": code_in(last_mail())})

    user = User.objects.get(email="new@mail.example")
    assert not before
    assert DataSubject.objects.known_by("email", "New@Mail.example").get() == user.subject
