"""From the row that waits to the message that goes out once, or does not. The relays are real servers."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTP

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts import sending
from accounts.events import Event, Recipient
from accounts.models import Channel, ChannelPreference, Notification, Suppression, Topic
from accounts.notifications import notify
from accounts.sending import BACK_OFF, send, send_due
from orders.models import Order
from privacy import consent, retention
from privacy.keys import blind_index
from privacy.models import DataSubject, Disclosure, Processor, SubjectKey
from privacy.purposes import Purpose
from tests.factories import FulfilmentFactory, OrderAddressFactory, OrderFactory, OrderLineFactory
from tests.mail_server import MailServer
from tests.privacy.test_canaries import dump
from tests.sms_server import SmsServer

pytestmark = pytest.mark.django_db
ZOE = "zoe.muller@example.org"
NOON = datetime(2026, 6, 10, 10, 0, tzinfo=UTC)  # in Berlin


@pytest.fixture(autouse=True)
def noon():
    """By day, so that text messages may go out."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def order(relays):
    order = OrderFactory(email=ZOE, phone="+491701234567", placed_at=NOON)
    OrderLineFactory(order=order)
    OrderAddressFactory(order=order)
    FulfilmentFactory(order=order, tracking_number="KL1")
    return order


@pytest.fixture
def smtp(settings) -> MailServer:
    return MailServer(settings)


@pytest.fixture
def sms(settings) -> SmsServer:
    return SmsServer(settings)


def queue(order: Order, code: str = "order_confirmed", *, channel: str = "email", **more) -> Notification:
    told = notify(order.subject, code, about=order, **more)
    return next(one for one in told if one.channel == channel)


def outcome(notification: Notification) -> tuple[str, str]:
    notification.refresh_from_db()
    return notification.status, notification.reason


# --- The relay ----------------------------------------------------------------------------------------------


def test_a_mail_goes_out_as_text_and_html_with_nothing_to_track(order, smtp):
    waiting = queue(order)

    with smtp.up():
        send(waiting.pk)

    [letter] = smtp.mails
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert outcome(waiting) == ("sent", "")
    assert letter["To"] == ZOE
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in letter
    assert order.number in text.get_content()
    for remote in ("<img", "<script", "<link", "url("):
        assert remote not in html.get_content()


def test_what_a_dead_server_does_not_take_is_delivered_once_it_lives(order, smtp, noon):
    waiting = queue(order)

    for wait in BACK_OFF[:3]:
        send_due()
        assert outcome(waiting) == ("waiting", "relay")
        assert waiting.due_at == timezone.now() + wait
        noon.shift(wait)
    with smtp.up():
        send_due()
        send_due()

    assert outcome(waiting) == ("sent", "")
    assert len(smtp.mails) == 1
    assert waiting.attempts == 3


def test_a_server_that_stays_dead_is_given_up_in_the_end(order, smtp, noon):
    waiting = queue(order)

    for wait in [*BACK_OFF, timedelta()]:
        send_due()
        noon.shift(wait)

    assert outcome(waiting) == ("failed", "relay")


@pytest.mark.parametrize(
    "reply", ["451 come back later", "554 5.7.1 Relay access denied", "550 5.7.1 we do not know you"]
)
def test_a_server_that_refuses_us_says_nothing_about_the_address(order, smtp, reply):
    smtp.mailbox.replies[ZOE] = reply
    waiting = queue(order)

    with smtp.up():
        send(waiting.pk)

    assert outcome(waiting) == ("waiting", "relay")
    assert not Suppression.objects.exists()


def test_an_address_that_does_not_exist_is_not_written_to_again(order, smtp, caplog):
    smtp.mailbox.replies[ZOE] = "550 no such user"
    first, other = queue(order), queue(order, "order_cancelled")

    with smtp.up():
        send(first.pk)
        send(other.pk)

    assert outcome(first) == ("failed", "refused")
    assert outcome(other) == ("skipped", "suppressed")
    assert smtp.mailbox.asked == [ZOE]
    assert Suppression.objects.get().why == Suppression.Why.BOUNCE
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # the server's own
    assert ZOE not in str(ours)


def test_one_who_cannot_be_reached_holds_up_nobody(order, smtp):
    smtp.mailbox.replies["nobody@example.org"] = "550 no such user"
    lost = OrderFactory(email="nobody@example.org")
    queue(lost, "order_cancelled")
    waiting = queue(order)

    with smtp.up():
        send_due()

    assert outcome(waiting) == ("sent", "")


def test_a_text_message_goes_out_over_http(order, sms):
    waiting = queue(order, "order_shipped", channel="sms")

    with sms.up():
        send(waiting.pk)
        send(waiting.pk)

    [text] = sms.texts
    assert outcome(waiting) == ("sent", "")
    assert text["to"] == "+491701234567"
    assert order.number in text["message"]
    assert "KL1" in text["message"]


def test_a_relay_that_refuses_a_text_gets_it_again(order, sms, noon, caplog):
    waiting = queue(order, "order_shipped", channel="sms")
    sms.status = 503

    with sms.up():
        send(waiting.pk)
        failed = outcome(waiting)
        sms.status = 200
        noon.shift(BACK_OFF[0])
        send_due()

    assert failed == ("waiting", "relay")
    assert outcome(waiting) == ("sent", "")
    assert len(sms.texts) == 1
    assert "1701234567" not in caplog.text


def test_the_demo_writes_texts_to_files(order, settings, tmp_path):
    settings.SMS_DIR = tmp_path / "sms"
    waiting = queue(order, "order_shipped", channel="sms")

    send(waiting.pk)

    [file] = settings.SMS_DIR.iterdir()
    assert order.number in file.read_text()


def test_without_a_relay_for_texts_none_is_sent(order, settings):
    settings.SMS_DIR = None
    waiting = queue(order, "order_shipped", channel="sms")

    send(waiting.pk)

    assert outcome(waiting) == ("skipped", "channel")


def test_a_relay_without_an_agreement_is_told_nothing_and_nothing_is_lost(order, noon):
    Processor.objects.filter(code="mail").update(is_active=False)
    waiting = queue(order)

    send(waiting.pk)
    held = outcome(waiting)
    Processor.objects.filter(code="mail").update(is_active=True)
    noon.shift(sending.PARTNER_RETRY)
    send_due()

    assert held == ("waiting", "partner")
    assert outcome(waiting) == ("sent", "")
    assert waiting.attempts == 0
    assert len(mail.outbox) == 1


def test_the_ledger_says_what_the_relay_was_told(order):
    send(queue(order).pk)

    disclosure = Disclosure.objects.get()
    assert disclosure.field_names == ["address", "words"]
    assert disclosure.result == Disclosure.Result.ACCEPTED
    assert disclosure.subject == order.subject


# --- Once, and never lost -----------------------------------------------------------------------------------


class DyingBackend(EmailBackend):
    """A worker that is killed as soon as the mail is out."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise KeyboardInterrupt


def test_a_worker_that_dies_leaves_the_row_to_the_sweep(order, settings):
    waiting = queue(order)
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.DyingBackend"

    with pytest.raises(KeyboardInterrupt):
        send(waiting.pk)
    died = outcome(waiting)
    settings.EMAIL_BACKEND = backend
    send_due()

    once, again = mail.outbox
    assert died == ("waiting", "")
    assert outcome(waiting) == ("sent", "")
    assert once.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


def test_a_task_that_never_ran_is_made_good_by_the_sweep(order, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as tasks:
        waiting = queue(order)

    send_due()

    assert tasks
    assert outcome(waiting) == ("sent", "")


def test_a_broken_template_is_loud_and_holds_up_nobody(order, declared, caplog):
    declared(
        Event(
            "without_words",
            label="x",
            topic=Topic.ORDERS,
            channels=(Channel.EMAIL,),
            recipient=lambda order: Recipient("en", "DE", email=order.email),
        )
    )
    broken, waiting = queue(order, "without_words"), queue(order)

    send_due()

    assert outcome(broken) == ("waiting", "error")
    assert broken.attempts == 1
    assert outcome(waiting) == ("sent", "")
    assert "TemplateDoesNotExist" in caplog.text


def test_the_same_news_is_told_once(order):
    queue(order)

    assert notify(order.subject, "order_confirmed", about=order) == []


def test_the_words_are_kept_nowhere_and_the_queue_holds_ids(order, monkeypatch):
    queued = []
    monkeypatch.setattr(sending, "announce", queued.append)
    waiting = queue(order, data={"email": "new.address@example.org"})

    send(waiting.pk)

    [letter] = mail.outbox
    assert letter.to == ["new.address@example.org"]
    assert outcome(waiting) == ("sent", "")
    assert waiting.data is None
    assert queued == [waiting.pk]
    stolen = dump()
    for words in (b"Thank you for your order", b"new.address@example.org", letter.subject.encode()):
        assert words not in stolen


# --- Decided when it is sent --------------------------------------------------------------------------------


def test_an_erased_person_is_not_written_to(order):
    waiting = queue(order)
    DataSubject.objects.update(status=DataSubject.Status.ERASED)
    SubjectKey.objects.all().delete()

    send(waiting.pk)

    assert outcome(waiting) == ("skipped", "erased")
    assert not mail.outbox


def test_while_somebody_is_erased_news_of_their_order_stops(order):
    waiting = queue(order)
    DataSubject.objects.update(status=DataSubject.Status.ERASING)

    send(waiting.pk)

    assert outcome(waiting) == ("skipped", "erasing")


def test_what_it_was_about_is_gone(order):
    waiting = queue(order)
    Notification.objects.filter(pk=waiting.pk).update(object_id="0")

    send(waiting.pk)

    assert outcome(waiting) == ("skipped", "gone")


def test_a_preference_changed_in_between_counts(order):
    refused, contract = queue(order, "order_cancelled"), queue(order)
    ChannelPreference.objects.create(
        subject=order.subject, topic=Topic.ORDERS, channel=Channel.EMAIL, is_wanted=False
    )

    send_due()

    assert outcome(refused) == ("skipped", "unsubscribed")
    assert outcome(contract) == ("sent", "")  # the law wants it told


@pytest.mark.promise("B-2.6")
def test_advertising_goes_to_nobody_who_did_not_ask(order, advert):
    waiting = queue(order, advert)

    send(waiting.pk)

    assert outcome(waiting)[0] == "skipped"
    assert not mail.outbox


def test_a_consent_withdrawn_in_between_counts(order, agree, advert):
    agree(order.subject)
    waiting = queue(order, advert)
    consent.withdraw(order.subject, Purpose.MARKETING, source="page", channel=Channel.EMAIL)

    send(waiting.pk)

    assert outcome(waiting) == ("skipped", "no_consent")


def test_a_restricted_person_gets_no_advertising_but_hears_of_the_order(order, agree, advert):
    agree(order.subject)
    advert, service = queue(order, advert), queue(order, "order_cancelled")
    DataSubject.objects.update(status=DataSubject.Status.RESTRICTED)

    send_due()

    assert outcome(advert) == ("skipped", "restricted")
    assert outcome(service) == ("sent", "")


@pytest.mark.promise("B-2.6")
def test_of_eight_adverts_in_a_week_no_more_than_the_cap_arrive(order, agree, advert, settings, noon):
    agree(order.subject)
    waiting = [queue(order, advert, key=str(number)) for number in range(8)]

    send_due()
    noon.shift(timedelta(days=8))
    next_week = queue(order, advert, key="next week")
    send_due()

    outcomes = [outcome(one) for one in waiting]
    assert outcomes.count(("sent", "")) == settings.MARKETING_PER_WEEK
    assert outcomes.count(("skipped", "cap")) == 8 - settings.MARKETING_PER_WEEK
    assert outcome(next_week) == ("sent", "")


def test_an_advert_can_be_unsubscribed_with_one_click(order, agree, advert):
    agree(order.subject)

    send(queue(order, advert).pk)

    [letter] = mail.outbox
    link = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.startswith("http://localhost:8000/en-de/")
    assert link in letter.body


@pytest.mark.parametrize(
    ("country", "hour", "waits_until"),
    [("DE", 20, 6), ("DE", 5, 6), ("JP", 13, 23), ("DE", 12, None), ("US", 19, None), ("US", 15, 18)],
)
@pytest.mark.promise("B-2.6")
def test_text_messages_wake_nobody(order, sms, noon, country, hour, waits_until):
    """The hours are UTC; in June Berlin is two ahead, Tokyo nine, and Honolulu ten behind."""
    order.market.country = country
    order.market.save()
    noon.move_to(datetime(2026, 6, 10, hour, 30, tzinfo=UTC))
    waiting = queue(order, "order_shipped", channel="sms")

    with sms.up():
        send(waiting.pk)

    waiting.refresh_from_db()
    if waits_until is None:
        assert waiting.status == Notification.Status.SENT
    else:
        assert (waiting.status, waiting.reason) == ("waiting", "night")
        assert waiting.due_at.hour == waits_until
        assert not sms.texts


def test_a_code_that_comes_late_is_not_sent(order, declared, noon):
    declared(
        Event(
            "quick_code",
            label="x",
            topic=Topic.ACCOUNT,
            channels=(Channel.EMAIL,),
            recipient=lambda order: Recipient("en", "DE", email=order.email),
            useful_for=timedelta(minutes=15),
        )
    )
    waiting = queue(order, "quick_code")
    noon.shift(timedelta(minutes=16))

    send(waiting.pk)

    assert outcome(waiting) == ("skipped", "late")


def test_somebody_who_complained_still_gets_what_the_law_wants_told(order):
    Suppression.objects.create(
        channel="email", address_index=blind_index("email", ZOE.upper()), why=Suppression.Why.COMPLAINT
    )
    news, contract = queue(order, "order_cancelled"), queue(order)

    send_due()

    assert outcome(news) == ("skipped", "suppressed")
    assert outcome(contract) == ("sent", "")


def test_what_was_told_a_year_ago_is_forgotten(order, noon):
    queue(order)
    noon.shift(timedelta(days=367))
    recent = queue(order, "order_cancelled")

    retention.purge(as_of=timezone.localdate())

    assert list(Notification.objects.all()) == [recent]


def test_the_server_speaks_smtp(smtp):
    with smtp.up(), SMTP("127.0.0.1", smtp.port) as client:
        assert client.noop()[0] == 250


def test_what_a_worker_tells_at_once_needs_no_task_of_its_own(
    order, monkeypatch, django_capture_on_commit_callbacks
):
    queued = []
    monkeypatch.setattr(sending.send_notification, "delay", lambda *args: queued.append(args))

    with django_capture_on_commit_callbacks(execute=True):
        with sending.at_once():
            [told] = notify(order.subject, "order_confirmed", about=order)
        assert mail.outbox == []  # nothing leaves before it is certain
        [later] = notify(order.subject, "order_confirmed", about=order, key="again")

    assert [letter.to for letter in mail.outbox] == [[order.email]]
    assert outcome(told) == ("sent", "")
    assert queued == [(later.pk,)]
