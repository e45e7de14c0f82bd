"""What relays report back: bounces, complaints and answers to text messages."""

import json
import time

import pytest
import time_machine
from django.core import mail

from accounts import sending
from accounts.models import Channel, ChannelPreference, Notification, Suppression, Topic
from accounts.notifications import notify
from privacy import gate
from privacy.purposes import Purpose
from shop.signatures import sign
from tests.factories import FulfilmentFactory, OrderAddressFactory, OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db
ZOE, PHONE = "zoe.muller@example.org", "+491701234567"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-06-10T10:00Z", tick=False):
        yield


@pytest.fixture
def order(relays):
    order = OrderFactory(email=ZOE, phone=PHONE)
    OrderLineFactory(order=order)
    OrderAddressFactory(order=order)
    FulfilmentFactory(order=order)
    return order


@pytest.fixture
def report(client, settings):
    """Posts as a relay does."""

    def post(path: str, content, *, secret: str = "", moment: str = "") -> int:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        is_mail = path == "mail-events"
        key = secret or (settings.MAIL_WEBHOOK_SECRET if is_mail else settings.SMS_WEBHOOK_SECRET)
        moment = moment or str(int(time.time()))
        header = "X-Mail-Signature" if is_mail else "X-Sms-Signature"
        headers = {header: f"t={moment},v1={sign(key, moment, raw)}"}
        answer = client.post(f"/webhooks/{path}/", raw, content_type="application/json", headers=headers)
        return int(answer.status_code)

    return post


def test_a_bounce_ends_all_mail_to_an_address(order, report):
    [told] = notify(order.subject, "order_confirmed", about=order)
    sending.send(told.pk)
    message_id = mail.outbox[0].extra_headers["Message-ID"]
    event = {"type": "bounce", "email": ZOE.upper(), "message_id": message_id, "diagnostic": f"550 {ZOE}"}

    answers = [report("mail-events", [event]) for _time in range(2)]

    told.refresh_from_db()
    [later] = notify(order.subject, "order_confirmed", about=order, key="again")
    sending.send(later.pk)
    later.refresh_from_db()
    assert answers == [200, 200]
    assert (told.status, told.reason) == ("sent", "bounce")
    assert (later.status, later.reason) == ("skipped", "suppressed")
    assert Suppression.objects.get().why == Suppression.Why.BOUNCE


@pytest.mark.promise("A-II.7")
def test_a_complaint_withdraws_what_was_agreed_to(order, advert, agree, report):
    agree(order.subject)
    [told] = notify(order.subject, advert, about=order)

    report("mail-events", [{"type": "complaint", "email": ZOE, "message_id": f"<{told.uuid}@x>"}])

    told.refresh_from_db()
    assert not gate.permits(order.subject, Purpose.MARKETING, Channel.EMAIL)
    assert not ChannelPreference.objects.get().is_wanted
    assert told.status == Notification.Status.SKIPPED


@pytest.mark.promise("A-II.7")
@pytest.mark.parametrize("word", ["STOP", " stop.", "Stopp!", "ARRET", "Arrêt", "END", "Unsubscribe"])
def test_stop_ends_texts_to_a_number_and_start_brings_them_back(order, report, settings, tmp_path, word):
    settings.SMS_DIR = tmp_path
    first = ship(order, "1")

    assert report("sms", {"from": PHONE, "text": word}) == 200
    second = ship(order, "2")
    assert report("sms", {"from": PHONE, "text": "start"}) == 200
    third = ship(order, "3")

    assert [first, second, third] == [("sent", ""), ("skipped", "unsubscribed"), ("sent", "")]
    assert ChannelPreference.objects.get(topic=Topic.ORDERS, channel=Channel.SMS).is_wanted
    assert not Suppression.objects.exists()


def ship(order, key: str) -> tuple[str, str]:
    told = notify(order.subject, "order_shipped", about=order, key=key)
    text = next(one for one in told if one.channel == Channel.SMS)
    sending.send(text.pk)
    text.refresh_from_db()
    return text.status, text.reason


def test_a_number_nobody_is_known_by_is_left_alone_too(order, report):
    report("sms", {"from": PHONE, "text": "STOP"})

    assert Suppression.objects.get().channel == Channel.SMS


def test_other_answers_change_nothing(order, report):
    assert report("sms", {"from": PHONE, "text": "When does it arrive?"}) == 200
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    "events",
    [
        [{"type": "open", "email": ZOE}],
        [{"type": "bounce"}],
        [{"type": "bounce", "email": "nobody"}],
        [{"type": "bounce", "email": ["x"]}],
        ["bounce"],
        [None],
        [],
    ],
)
def test_what_is_not_understood_is_ignored(order, report, events):
    assert report("mail-events", events) == 200
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"{}", b'"x"', b"x" * 300_000])
def test_what_is_no_report_is_refused(report, raw):
    assert report("mail-events", raw) == 400
    assert report("sms", raw) == 400


@pytest.mark.parametrize(
    ("path", "content"),
    [("mail-events", [{"type": "bounce", "email": ZOE}]), ("sms", {"from": PHONE, "text": "STOP"})],
)
def test_only_who_knows_the_secret_is_believed(client, report, settings, path, content):
    stranger = report(path, content, secret="guessed")
    stale = report(path, content, moment=str(int(time.time()) - 3600))
    unsigned = client.post(f"/webhooks/{path}/", content, content_type="application/json").status_code
    looked = client.get(f"/webhooks/{path}/").status_code
    settings.MAIL_WEBHOOK_SECRET = settings.SMS_WEBHOOK_SECRET = ""

    assert (stranger, stale, unsigned, looked) == (400, 400, 400, 405)
    assert report(path, content, secret="x") == 404
    assert not Suppression.objects.exists()
