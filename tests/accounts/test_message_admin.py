"""The back office: what was told, what it looks like, and what is tried again."""

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Notification, Suppression, User
from accounts.notifications import notify
from privacy.keys import blind_index
from privacy.models import AuditEvent
from tests.factories import FulfilmentFactory, OrderAddressFactory, OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db
PREVIEW = "/admin/accounts/notification/preview/"


@pytest.fixture
def owner(client) -> User:
    owner = User.objects.create_superuser("owner@mail.example", "a long password", country="DE")
    client.force_login(owner)
    return owner


@pytest.fixture
def order(relays):
    order = OrderFactory(number="ABCDEFGHJ")
    OrderLineFactory(order=order)
    OrderAddressFactory(order=order)
    FulfilmentFactory(order=order, tracking_number="KL1")
    return order


def test_the_list_shows_whether_and_when_but_no_address(client, owner, order):
    [told] = notify(order.subject, "order_confirmed", about=order)

    listed = client.get("/admin/accounts/notification/?status__exact=waiting")
    page = client.get(f"/admin/accounts/notification/{told.pk}/change/")

    assert "order_confirmed" in listed.text
    for answer in (listed, page):
        assert answer.status_code == 200
        assert "zoe" not in answer.text.lower()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "is confirmed"), ("de", "Ihre Bestellung"), ("fr", "Votre commande")]
)
def test_a_template_is_seen_with_a_real_order_in_each_language(client, owner, order, language, words):
    page = client.get(f"{PREVIEW}order_confirmed/?language={language}&reference={order.number}")
    html = client.get(f"{PREVIEW}order_confirmed/mail/?language={language}&reference={order.number}")

    assert words in page.text
    assert "Moon jar" in page.text
    assert f'lang="{language}"' in html.text
    assert "sandbox" in html["Content-Security-Policy"]
    assert "script-src 'none'" in html["Content-Security-Policy"]
    assert AuditEvent.objects.filter(action="message.previewed").count() == 2


def test_without_a_number_the_one_told_last_is_shown(client, owner, order):
    nothing_yet = client.get(f"{PREVIEW}order_shipped/")
    notify(order.subject, "order_shipped", about=order)

    page = client.get(f"{PREVIEW}order_shipped/")

    assert "no row to show" in nothing_yet.text
    assert "KL1" in page.text


def test_every_event_has_a_page(client, owner):
    page = client.get(PREVIEW)
    codes = [event.code for event in page.context["events"]]

    answers = {code: client.get(f"{PREVIEW}{code}/").status_code for code in codes}

    assert "order_confirmed" in codes
    assert set(answers.values()) == {200}


@pytest.mark.parametrize(
    ("code", "words"), [("account_login_code", "ABC-DEF"), ("account_changed", "password of your account")]
)
def test_what_is_not_kept_is_shown_by_a_sample(client, owner, order, code, words):
    alice = User.objects.create_user("alice@mail.example", "a long password", language="en", country="DE")
    notify(alice.subject, code, about=alice, data={"code": "123456", "change": "password_set"})

    page = client.get(f"{PREVIEW}{code}/")

    assert words in page.text
    assert "123456" not in page.text


def test_a_test_goes_to_oneself_and_to_nobody_else(client, owner, order):
    client.post(f"{PREVIEW}order_confirmed/?language=de&reference={order.number}")

    [message] = mail.outbox
    assert message.to == [owner.email]
    assert order.number in message.subject
    assert not Notification.objects.exists()


def test_what_was_given_up_is_tried_again(client, owner, order):
    [told] = notify(order.subject, "order_confirmed", about=order)
    Notification.objects.filter(pk=told.pk).update(status="failed", attempts=8, reason="relay")

    client.post("/admin/accounts/notification/", {"action": "send_again", "_selected_action": [str(told.pk)]})

    told.refresh_from_db()
    assert (told.status, told.attempts) == ("waiting", 0)
    assert told.due_at <= timezone.now()


def test_a_suppressed_address_is_found_by_the_whole_of_it(client, owner):
    phone = Suppression.objects.create(
        channel="sms", address_index=blind_index("phone", "+491701234567"), why="stop"
    )
    mailbox = Suppression.objects.create(
        channel="email", address_index=blind_index("email", "zoe@example.org"), why="bounce"
    )

    def found(words: str) -> list[int]:
        page = client.get("/admin/accounts/suppression/", {"q": words})
        return [row.pk for row in page.context["cl"].queryset]

    assert found("+49 170 1234567") == [phone.pk]
    assert found("Zoe@example.org") == [mailbox.pk]
    for nothing in ("zoe", "+49", "@", "17", "x@y"):
        assert found(nothing) == []


@pytest.mark.parametrize("path", ["", "order_confirmed/", "order_confirmed/mail/"])
def test_previews_are_not_for_everybody_at_work(client, order, path):
    colleague = User.objects.create_user("clerk@mail.example", "a long password", is_staff=True)
    client.force_login(colleague)

    assert client.get(f"{PREVIEW}{path}?reference={order.number}").status_code == 403
