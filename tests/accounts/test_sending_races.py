"""Twenty workers, one message. SQLite lets them in one by one and would hide a second mail."""

import pytest
from django.core import mail
from django.db import transaction

from accounts.models import Notification
from accounts.notifications import notify
from accounts.sending import send, send_due
from tests.factories import OrderAddressFactory, OrderFactory, OrderLineFactory, ProcessorFactory
from tests.orders.test_races import AT_ONCE, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def order(monkeypatch):
    monkeypatch.setattr("accounts.sending.announce", lambda pk: None)
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    order = OrderFactory()
    OrderLineFactory(order=order)
    OrderAddressFactory(order=order)
    return order


def test_twenty_workers_send_one_mail(order):
    [waiting] = notify(order.subject, "order_confirmed", about=order)

    together(lambda number: send(waiting.pk), AT_ONCE)

    assert len(mail.outbox) == 1
    assert Notification.objects.get().status == Notification.Status.SENT


def test_two_sweeps_at_once_send_each_mail_once(order):
    for number in range(30):
        notify(order.subject, "order_confirmed", about=order, key=str(number))

    together(lambda number: send_due(), AT_ONCE)
    send_due()

    assert len(mail.outbox) == 30


def test_adverts_sent_at_once_do_not_count_past_each_other(order, agree, advert, monkeypatch, settings):
    settings.MARKETING_PER_WEEK = 1
    monkeypatch.setattr("accounts.eligibility.quiet_hours.next_allowed", lambda country, moment: moment)
    agree(order.subject)
    adverts = [notify(order.subject, advert, about=order, key=str(number)) for number in range(AT_ONCE)]

    together(lambda number: send(adverts[number][0].pk), AT_ONCE)

    assert len(mail.outbox) == 1


def test_without_the_lock_the_same_workers_send_twice(order):
    """The control: it shows that the race above is a race."""
    [waiting] = notify(order.subject, "order_confirmed", about=order)

    def send_unlocked(number: int) -> None:
        with transaction.atomic():
            row = Notification.objects.get(pk=waiting.pk)
            if row.status == Notification.Status.WAITING:
                mail.send_mail("x", "x", None, [order.email])
                row.status = Notification.Status.SENT
                row.save()

    together(send_unlocked, AT_ONCE)

    assert len(mail.outbox) > 1
