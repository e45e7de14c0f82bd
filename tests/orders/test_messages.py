"""What a buyer is told, from the confirmation to the money back, by mail, text message and in the account."""

import re

import pytest
import time_machine
from django.core import mail
from django.template.loader import render_to_string
from django.utils import translation

from accounts import events, sending
from accounts.models import Channel, Notification, User
from accounts.notifications import notify
from orders import cancellation, expiry, fulfilment, links, payments
from orders.gateways import RefundState, RefundStatus
from orders.models import Order, Refund
from tests.factories import (
    FulfilmentFactory,
    MarketFactory,
    OrderAddressFactory,
    OrderFactory,
    OrderLineFactory,
    PaymentFactory,
    ProcessorFactory,
    RefundFactory,
)
from tests.sms_server import SmsServer

pytestmark = pytest.mark.django_db
ZOE = "zoe.muller@example.org"
CODES = [event.code for event in events.all_events() if event.code.startswith("order_")]


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-06-10T10:00Z", tick=False):
        yield


def make_order(**values):
    order = OrderFactory(**values)
    OrderLineFactory(order=order)
    OrderAddressFactory(order=order)
    FulfilmentFactory(order=order)
    return order


@pytest.fixture
def paid(relays):
    """A guest's."""
    ProcessorFactory()
    return make_order(status=Order.Status.PAID, phone="+491701234567")


@pytest.fixture
def alices(relays):
    """Of somebody with an account."""
    ProcessorFactory()
    alice = User.objects.create_user("alice@mail.example", "a long password")
    return make_order(subject=alice.subject, status=Order.Status.PAID, phone="+491701234567")


def told(order: Order) -> list[tuple[str, str, str]]:
    sending.send_due()
    rows = Notification.objects.filter(subject=order.subject).order_by("pk")
    return list(rows.values_list("event", "channel", "status"))


@pytest.mark.promise("A-II.4")
def test_a_placed_and_paid_order_is_confirmed_by_mail(paid_order):
    [message] = mail.outbox

    assert message.to == [ZOE]
    assert paid_order.number in message.subject
    assert paid_order.confirmed_at is not None
    assert told(paid_order) == [("order_confirmed", "email", "sent")]


@pytest.mark.promise("A-II.4", "A-II.5", "A-II.6", "B-2.5")
def test_a_parcel_on_its_way_is_told_by_mail_text_message_and_in_the_account(alices, settings):
    relay = SmsServer(settings)
    fulfilment.pack(alices)

    with relay.up():
        fulfilment.ship(alices, tracking_number="KL123")
        said = told(alices)

    [message], [text] = mail.outbox, relay.texts
    assert said == [
        ("order_shipped", "email", "sent"),
        ("order_shipped", "sms", "sent"),
        ("order_shipped", "inbox", "sent"),
    ]
    assert message.to == [ZOE]
    assert text["to"] == "+491701234567"
    for words in (message.body, text["message"]):
        assert alices.number in words
        assert "KL123" in words


def test_a_guest_without_a_phone_is_told_by_mail_alone(relays):
    ProcessorFactory()
    order = make_order(status=Order.Status.PAID)
    fulfilment.pack(order)

    fulfilment.ship(order)

    assert told(order) == [("order_shipped", "email", "sent")]
    assert links.page_of(order) in mail.outbox[0].body


def test_that_it_arrived_stands_in_the_account_only(alices):
    alices.advance(Order.Status.FULFILLED)
    alices.fulfilment.advance("packed")
    alices.fulfilment.advance("shipped")

    fulfilment.deliver(alices)

    assert told(alices) == [("order_delivered", "inbox", "sent")]
    assert not mail.outbox


@pytest.mark.promise("B-2.5")
def test_an_order_called_off_and_its_money_sent_back_are_told(paid):
    PaymentFactory(order=paid, status="captured", reference="pi_1")

    cancellation.cancel(paid)
    refund = Refund.objects.get()
    state = RefundState("re_1", RefundStatus.SUCCEEDED, refund.money, refund.token)
    payments.settle_refund(refund, state)
    payments.settle_refund(refund, state)
    said = told(paid)

    called_off, paid_back = mail.outbox
    assert [code for code, _channel, _status in said] == ["order_cancelled", "order_refunded"]
    assert "on its way back to you" in called_off.body
    assert "€30.00" in paid_back.body


def test_an_unpaid_order_that_ends_says_that_nothing_was_charged(relays):
    order = make_order()

    expiry.expire(order)

    assert told(order) == [("order_expired", "email", "sent")]
    assert "Nothing was charged" in mail.outbox[0].body


def test_an_order_that_cannot_be_cancelled_tells_nobody(paid):
    fulfilment.pack(paid)
    fulfilment.ship(paid)
    Notification.objects.all().delete()

    with pytest.raises(ValueError, match="order"):
        cancellation.cancel(paid)

    assert not Notification.objects.exists()


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.promise("B-2.6")
def test_every_message_about_an_order_renders_and_advertises_nothing(relays, code, language):
    order = make_order(language=language, number="ABCDEFGHJ")
    about = RefundFactory(payment__order=order) if code == "order_refunded" else order
    event = events.find(code)
    context = event.context_for(about, order.subject, {}) | {"shop_name": "Kiln & Leaf"}

    with translation.override(language):
        words = [
            text
            for channel in event.channels
            for text in sending.WAYS[channel].words_of(event, context).values()
        ]

    own = [links.page_of(order)]
    for text in words:
        assert text.strip()
        assert "&amp;amp;" not in text
        for link in re.findall(r"https?://[^\s\"<>]+", text):
            assert link in own, link
    if Channel.EMAIL in event.channels:
        assert order.number in words[0]


def test_the_law_wants_the_contract_told_whatever_somebody_refused():
    assert not events.find("order_confirmed").can_be_refused


def test_a_text_message_fits_into_one(relays):
    order = make_order()
    order.fulfilment.tracking_number = "KL123456789DE"
    order.fulfilment.save()
    context = events.find("order_shipped").context_for(order, order.subject, {})

    text = render_to_string("sms/order_shipped.txt", context | {"shop_name": "Kiln & Leaf"}).strip()

    assert len(text) <= 160


def test_sending_a_confirmation_takes_few_queries(relays, django_assert_max_num_queries):
    MarketFactory()
    order = make_order(status=Order.Status.PAID)
    order = Order.objects.with_keys().get(pk=order.pk)
    notify(order.subject, "order_confirmed", about=order)
    waiting = Notification.objects.get()

    with django_assert_max_num_queries(14):
        sending.send(waiting.pk)
