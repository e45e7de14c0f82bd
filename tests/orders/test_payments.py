"""Money, its hints and its truth. The gateway is the real sandbox over HTTP."""

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from orders import expiry, inbox, payments, tasks
from orders.gateways import PaymentState, PaymentStatus
from orders.links import status_token
from orders.models import Fulfilment, Order, Payment, Refund, WebhookEvent
from orders.sandbox.cards import Card
from tests.sandbox_server import wait_until

pytestmark = pytest.mark.django_db


@pytest.mark.promise("A-I.6")
def test_only_the_webhook_pays_an_order(shopper, variant, sandbox, deliver):
    order = shopper.buy(variant)
    answer = sandbox.pay(order.payments.get().page_url)
    order.refresh_from_db()
    before = order.status

    deliver(1)

    order.refresh_from_db()
    assert before == Order.Status.PLACED
    assert answer.status_code == 303
    assert order.status == Order.Status.PAID
    assert order.payments.get().reference.startswith("pi_")


def test_the_browsers_return_proves_nothing(shopper, variant, sandbox):
    order = shopper.buy(variant)
    back = sandbox.get(f"/v1/checkout/sessions/{order.payments.get().session_id}").json()["success_url"]

    page = shopper.get(back.removeprefix("http://localhost:8000"))

    order.refresh_from_db()
    assert order.status == Order.Status.PLACED
    assert "We are waiting for the payment" in page.text
    assert page["Refresh"].startswith("3; url=?look=2")


def test_the_waiting_page_looks_for_itself_where_the_webhook_is_lost(
    shopper, variant, sandbox, django_capture_on_commit_callbacks
):
    order = shopper.buy(variant)
    answer = sandbox.pay(order.payments.get().page_url)
    back = answer.headers["Location"].removeprefix("http://localhost:8000")

    with django_capture_on_commit_callbacks(execute=True):
        shopper.get(f"{back}?look=2")
    page = shopper.get(f"{back}?look=3")

    assert "your order is paid" in page.text


def test_a_webhook_delivered_twice_changes_nothing_the_second_time(paid_order, deliver):
    answers = deliver(1, again=True)

    paid_order.refresh_from_db()
    assert answers == [200]
    assert WebhookEvent.objects.count() == 1
    assert paid_order.status == Order.Status.PAID
    assert paid_order.events.filter(became="paid").count() == 1
    assert len(mail.outbox) == 1


def test_a_webhook_before_the_session_is_known_still_pays(shopper, variant, sandbox, deliver):
    order = shopper.buy(variant)
    payment = order.payments.get()
    Payment.objects.update(session_id="")
    sandbox.pay(payment.page_url)

    deliver(1)

    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_a_forged_webhook_is_refused_and_not_kept(client, listener, shopper, variant, sandbox):
    order = shopper.buy(variant)
    sandbox.pay(order.payments.get().page_url)
    wait_until(lambda: listener.heard)
    body, headers = listener.heard[0]

    forged = client.post(
        "/webhooks/stripe/",
        body.replace(b"completed", b"c0mpleted"),
        content_type="application/json",
        headers={"Stripe-Signature": headers["Stripe-Signature"]},
    )
    unsigned = client.post("/webhooks/stripe/", body, content_type="application/json")

    assert forged.status_code == unsigned.status_code == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_anything_else_at_the_webhooks_address_is_refused_politely(client, db, body):
    assert client.post("/webhooks/stripe/", body, content_type="application/json").status_code == 400


def test_the_webhook_takes_only_posts_of_a_decent_size(client, db):
    assert client.get("/webhooks/stripe/").status_code == 405
    assert client.trace("/webhooks/stripe/").status_code == 405
    huge = client.post("/webhooks/stripe/", b"x" * 300_000, content_type="application/json")
    assert huge.status_code == 413


def test_events_about_what_is_not_ours_are_kept_and_left_alone(db):
    event = WebhookEvent.objects.create(
        gateway="stripe",
        event_id="evt_x",
        type="checkout.session.completed",
        about="payment",
        object_id="cs_x",
    )

    inbox.process(event)

    event.refresh_from_db()
    assert event.processed_at


def test_the_sweep_takes_up_what_could_not_be_settled_at_once(shopper, variant, settings, sandbox):
    order = shopper.buy(variant)
    sandbox.pay(order.payments.get().page_url)
    WebhookEvent.objects.create(
        gateway="stripe",
        event_id="evt_x",
        type="checkout.session.completed",
        about="payment",
        object_id=order.payments.get().session_id,
    )
    settings.PAYMENT_SANDBOX_URL = "http://127.0.0.1:9"
    tasks.process_webhooks()
    failed = WebhookEvent.objects.get()
    settings.PAYMENT_SANDBOX_URL = sandbox.url
    tasks.process_webhooks()

    assert failed.failures == 1
    assert failed.processed_at is None
    assert not WebhookEvent.objects.waiting().exists()
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_a_lost_webhook_is_made_up_for_by_the_sweep(shopper, variant, sandbox):
    order = shopper.buy(variant)
    sandbox.pay(order.payments.get().page_url)

    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=6)):
        tasks.process_webhooks()

    order.refresh_from_db()
    assert order.status == Order.Status.PAID


@pytest.mark.parametrize(
    ("field", "problem"), [("amount", Payment.Problem.AMOUNT), ("currency", Payment.Problem.AMOUNT)]
)
def test_money_that_does_not_match_never_pays(shopper, variant, sandbox, deliver, field, problem):
    order = shopper.buy(variant)
    sandbox.pay(order.payments.get().page_url)
    Payment.objects.update(**{field: {"amount": 1, "currency": "USD"}[field]})

    deliver(1)

    order.refresh_from_db()
    assert order.status == Order.Status.PLACED
    assert order.payments.get().problem == problem


def test_an_answer_about_another_order_never_pays(shopper, variant, sandbox):
    order = shopper.buy(variant)
    payment = order.payments.get()

    payments.settle(payment, PaymentState(PaymentStatus.PAID, payment.money, "ANOTHER-1", "pi_x"))

    payment.refresh_from_db()
    assert payment.status == Payment.Status.STARTED
    assert payment.problem == Payment.Problem.ORDER


def test_unpaid_orders_expire_and_give_their_stock_back(shopper, variant, sandbox):
    order = shopper.buy(variant, 3)
    session = order.payments.get().session_id

    with time_machine.travel(timezone.now() + timezone.timedelta(hours=3)):
        expiry.expire_unpaid()

    order.refresh_from_db()
    variant.refresh_from_db()
    assert order.status == Order.Status.EXPIRED
    assert order.fulfilment.status == Fulfilment.Status.CANCELLED
    assert variant.stock == 10
    assert sandbox.get(f"/v1/checkout/sessions/{session}").json()["status"] == "expired"


def test_paid_in_the_last_moment_is_paid(shopper, variant, sandbox):
    order = shopper.buy(variant)
    sandbox.pay(order.payments.get().page_url)

    with time_machine.travel(timezone.now() + timezone.timedelta(hours=3)):
        expiry.expire_unpaid()

    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_without_the_gateway_nothing_expires(shopper, variant, sandbox, settings):
    order = shopper.buy(variant)
    settings.PAYMENT_SANDBOX_URL = "http://127.0.0.1:9"

    with time_machine.travel(timezone.now() + timezone.timedelta(hours=3)):
        expiry.expire_unpaid()

    order.refresh_from_db()
    assert order.status == Order.Status.PLACED


def test_paid_after_it_expired_is_paid_back(shopper, variant, sandbox, deliver):
    order = shopper.buy(variant)
    sandbox.pay(order.payments.get().page_url)
    order.advance(Order.Status.EXPIRED)

    deliver(1)
    tasks.send_refunds()

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert order.status == Order.Status.EXPIRED
    assert refund.status == Refund.Status.SENT
    assert refund.reference.startswith("re_")


def test_a_cancelled_order_is_paid_back_once(shopper, paid_order, variant, listener):
    page = shopper.post(f"/en-de/orders/status/{status_token(paid_order)}/cancel/")
    tasks.send_refunds()
    tasks.send_refunds()

    variant.refresh_from_db()
    assert "called off" in page.text
    assert Refund.objects.get().status == Refund.Status.SENT
    wait_until(lambda: len(listener.heard) > 1)
    assert sum(b"refund.created" in body for body, _headers in listener.heard) == 1
    assert variant.stock == 10


def test_a_refund_that_bounces_shows(shopper, variant, sandbox, deliver):
    order = shopper.buy(variant)
    sandbox.pay(order.payments.get().page_url, Card.REFUND_FAILS)
    deliver(1)
    shopper.post(f"/en-de/orders/status/{status_token(order)}/cancel/")
    tasks.send_refunds()

    deliver(2)  # created, then failed

    assert Refund.objects.get().status == Refund.Status.REFUSED


def test_a_payment_that_takes_days_keeps_the_goods(shopper, variant, sandbox, deliver):
    order = shopper.buy(variant)
    sandbox.pay(order.payments.get().page_url, late=True)
    deliver(1)
    order.refresh_from_db()
    first = order.payments.get().status

    deliver(1)

    order.refresh_from_db()
    assert first in (Payment.Status.PENDING, Payment.Status.CAPTURED)
    assert order.status == Order.Status.PAID


def test_a_payment_that_the_bank_refuses_days_later_can_be_tried_again(shopper, variant, sandbox, deliver):
    order = shopper.buy(variant)
    sandbox.pay(order.payments.get().page_url, Card.DECLINED, late=True)
    deliver(2)  # on its way, then refused

    answer = shopper.post(f"/en-de/orders/status/{status_token(order)}/pay/")

    order.refresh_from_db()
    assert [payment.status for payment in order.payments.all()] == ["failed", "started"]
    assert answer["Location"] == order.payments.get(attempt=2).page_url
    assert order.expires_at < timezone.now() + timezone.timedelta(hours=3)


def test_trying_again_goes_on_where_it_was_left(shopper, variant, sandbox):
    order = shopper.buy(variant)

    answer = shopper.post(f"/en-de/orders/status/{status_token(order)}/pay/")

    assert answer["Location"] == order.payments.get().page_url


def test_trying_again_after_the_page_closed_opens_another(shopper, variant, sandbox):
    order = shopper.buy(variant)
    Payment.objects.update(expires_at=timezone.now())

    answer = shopper.post(f"/en-de/orders/status/{status_token(order)}/pay/")

    assert order.payments.count() == 2
    assert answer["Location"] == order.payments.get(attempt=2).page_url


def test_paid_twice_is_paid_back_once(shopper, variant, sandbox, deliver):
    order = shopper.buy(variant)
    Payment.objects.update(expires_at=timezone.now())
    shopper.post(f"/en-de/orders/status/{status_token(order)}/pay/")
    for payment in order.payments.all():
        sandbox.pay(payment.page_url)

    deliver(2)

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Refund.objects.count() == 1
