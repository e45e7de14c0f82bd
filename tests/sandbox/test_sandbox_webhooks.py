"""Events reach the shop, signed, until it has taken them."""

from typing import Any

import stripe

from orders.sandbox.cards import Card
from tests.sandbox.test_sandbox_api import params
from tests.sandbox_server import (
    KEY,
    SECRET,
    Listener,
    RunningSandbox,
    free_port,
    listening_shop,
    running_sandbox,
    wait_until,
)


def events(shop: Listener) -> list[Any]:
    """What the shop was told, each verified by Stripe's SDK."""
    return [
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)
        for body, headers in shop.heard
    ]


def test_a_payment_is_told_and_verifies(client, sandbox, shop):
    session = client.v1.checkout.sessions.create(params())

    sandbox.pay(session.url)

    wait_until(lambda: shop.heard)
    (event,) = events(shop)
    assert event.type == "checkout.session.completed"
    assert event.data.object.client_reference_id == "attempt-1"
    assert event.data.object.payment_status == "paid"


def test_late_payments_tell_twice(client, sandbox, shop):
    session = client.v1.checkout.sessions.create(params())

    sandbox.pay(session.url, late=True)

    wait_until(lambda: len(shop.heard) == 2)
    told = {event.type: event.data.object.payment_status for event in events(shop)}
    assert told == {
        "checkout.session.completed": "unpaid",
        "checkout.session.async_payment_succeeded": "paid",
    }


def test_refunds_and_expiries_are_told(client, sandbox, shop):
    open_session = client.v1.checkout.sessions.create(params())
    session = client.v1.checkout.sessions.create(params())
    sandbox.pay(session.url, Card.REFUND_LATE)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent

    client.v1.checkout.sessions.expire(open_session.id)
    client.v1.refunds.create({"payment_intent": intent, "amount": 100})

    wait_until(lambda: len(shop.heard) == 4)
    assert {event.type for event in events(shop)} == {
        "checkout.session.completed",
        "checkout.session.expired",
        "refund.created",
        "refund.updated",
    }


def test_a_shop_that_fails_is_told_again(client, sandbox, shop):
    shop.status = 500
    sandbox.pay(client.v1.checkout.sessions.create(params()).url)
    wait_until(lambda: shop.heard)

    shop.status = 200

    wait_until(lambda: len(shop.heard) == 2)
    first, second = events(shop)
    assert first.id == second.id
    wait_until(lambda: not deliveries(sandbox))


def test_a_shop_that_was_away_is_told_when_it_is_back_even_after_a_restart(tmp_path):
    port = free_port()
    address = f"http://127.0.0.1:{port}/webhooks/stripe/"
    with running_sandbox(tmp_path, webhook=address) as sandbox:
        client = stripe.StripeClient(KEY, base_addresses={"api": sandbox.url})
        session = client.v1.checkout.sessions.create(params())
        sandbox.pay(session.url or "")
        wait_until(lambda: deliveries(sandbox)[0]["attempts"])

    with listening_shop(port) as shop, running_sandbox(tmp_path, webhook=address) as sandbox:
        wait_until(lambda: shop.heard)

        (event,) = events(shop)
        assert event.data.object.id == session.id
        wait_until(lambda: not deliveries(sandbox))


def test_an_event_can_be_sent_again(client, sandbox, shop):
    sandbox.pay(client.v1.checkout.sessions.create(params()).url)
    wait_until(lambda: shop.heard)
    (event,) = events(shop)

    sandbox.post(f"/sandbox/events/{event.id}/resend")

    wait_until(lambda: len(shop.heard) == 2)
    assert [event.id, event.id] == [told.id for told in events(shop)]


def deliveries(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    return [job for job in sandbox.get("/sandbox/jobs").json()["data"] if job["deed"] == "deliver"]


def test_a_session_expires_by_itself(tmp_path, shop, time_machine):
    time_machine.move_to("2026-06-15T12:00:00Z")
    with running_sandbox(tmp_path, webhook=shop.url) as sandbox:
        client = stripe.StripeClient(KEY, base_addresses={"api": sandbox.url})
        expires_at = 1781524800 + 3600
        session = client.v1.checkout.sessions.create(params(expires_at=expires_at))
        assert session.status == "open"

        time_machine.move_to("2026-06-15T13:00:01Z")

        wait_until(lambda: client.v1.checkout.sessions.retrieve(session.id).status == "expired")
        wait_until(lambda: shop.heard)
        assert events(shop)[0].type == "checkout.session.expired"
