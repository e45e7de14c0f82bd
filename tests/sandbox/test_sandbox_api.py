"""The sandbox answers Stripe's own SDK as Stripe does."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import stripe

from orders.sandbox.cards import Card
from tests.sandbox_server import RunningSandbox, wait_until


def params(**changes: Any) -> Any:
    price = {"currency": "eur", "unit_amount": 4800, "product_data": {"name": "Order K7Q-4XN2"}}
    return {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": price | changes.pop("price", {})}],
        "client_reference_id": "attempt-1",
        "success_url": "http://localhost:8000/done/",
        "cancel_url": "http://localhost:8000/cart/",
        **changes,
    }


def paid_intent(client: stripe.StripeClient, sandbox: RunningSandbox, card: Card = Card.PAYS) -> str:
    session = client.v1.checkout.sessions.create(params())
    sandbox.pay(session.url or "", card)
    return str(client.v1.checkout.sessions.retrieve(session.id).payment_intent)


def test_the_same_key_gives_the_same_session(client):
    first = client.v1.checkout.sessions.create(params(), {"idempotency_key": "order-1"})

    again = client.v1.checkout.sessions.create(params(), {"idempotency_key": "order-1"})
    other = client.v1.checkout.sessions.create(params(), {"idempotency_key": "order-2"})

    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert other.id != first.id


def test_ten_at_once_with_one_key_are_one(client):
    with ThreadPoolExecutor(10) as pool:
        sessions = pool.map(
            lambda _: client.v1.checkout.sessions.create(params(), {"idempotency_key": "order-1"}), range(10)
        )

    assert len({session.id for session in sessions}) == 1


def test_refunds_at_once_do_not_exceed_the_payment(client, sandbox):
    intent = paid_intent(client, sandbox)

    def refund(_):
        try:
            return client.v1.refunds.create({"payment_intent": intent, "amount": 2000}).amount
        except stripe.InvalidRequestError:
            return 0

    with ThreadPoolExecutor(8) as pool:
        refunded = sum(pool.map(refund, range(8)))

    assert refunded == 4000


def test_a_key_used_for_something_else_is_refused(client):
    client.v1.checkout.sessions.create(params(), {"idempotency_key": "order-1"})

    with pytest.raises(stripe.IdempotencyError):
        client.v1.checkout.sessions.create(params(price={"unit_amount": 1}), {"idempotency_key": "order-1"})


def test_a_wrong_key_is_shown_the_door(sandbox):
    stranger = stripe.StripeClient("sk_test_wrong", base_addresses={"api": sandbox.url})

    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.events.list()

    assert requests.get(f"{sandbox.url}/sandbox/sessions", timeout=10).status_code == 401


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"mode": "subscription"}, "mode"),
        ({"customer_email": "alice@example.org"}, "customer_email"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"client_reference_id": "Alice Müller"}, "client_reference_id"),
        ({"expires_at": int(time.time()) + 60}, "expires_at"),
        ({"expires_at": int(time.time()) + 3 * 24 * 3600}, "expires_at"),
        ({"price": {"unit_amount": "4.80"}}, "unit_amount"),
        ({"price": {"currency": "xyz"}}, "currency"),
        ({"line_items": []}, "line_items"),
    ],
)
def test_what_stripe_would_not_take_is_refused(client, changes, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(params(**changes))

    assert refused.value.param == param


@pytest.mark.parametrize(
    ("currency", "amount"), [("kwd", 1234), ("isk", 150), ("eur", 0), ("eur", 100_000_000)]
)
def test_amounts_that_cannot_be_charged_are_refused(client, currency, amount):
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(params(price={"currency": currency, "unit_amount": amount}))


def test_a_session_can_be_closed_once(client):
    session = client.v1.checkout.sessions.create(params())

    closed = client.v1.checkout.sessions.expire(session.id)

    assert (closed.status, closed.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match="open"):
        client.v1.checkout.sessions.expire(session.id)


def test_what_does_not_exist_is_said_to_be_missing(client, sandbox):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.checkout.sessions.retrieve("cs_test_nothing")

    assert missing.value.code == "resource_missing"
    assert missing.value.http_status == 404
    assert sandbox.get("/v1/customers").status_code == 404


def test_a_payment_is_refunded_in_parts_and_never_beyond(client, sandbox):
    intent = paid_intent(client, sandbox)

    first = client.v1.refunds.create({"payment_intent": intent, "amount": 1800})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent, "amount": 3001})
    rest = client.v1.refunds.create({"payment_intent": intent})

    assert (first.status, first.amount, rest.amount) == ("succeeded", 1800, 3000)
    assert refused.value.code == "charge_already_refunded"
    with pytest.raises(stripe.InvalidRequestError, match="greater"):
        client.v1.refunds.create({"payment_intent": intent})


def test_the_same_refund_asked_twice_moves_money_once(client, sandbox):
    refund: Any = {"payment_intent": paid_intent(client, sandbox), "amount": 3000}

    first = client.v1.refunds.create(refund, {"idempotency_key": "refund-1"})
    again = client.v1.refunds.create(refund, {"idempotency_key": "refund-1"})

    assert again.id == first.id


def test_a_declined_payment_cannot_be_refunded(client, sandbox):
    intent = paid_intent(client, sandbox, Card.DECLINED)

    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        client.v1.refunds.create({"payment_intent": intent})


def test_a_slow_refund_arrives(client, sandbox):
    refund = client.v1.refunds.create({"payment_intent": paid_intent(client, sandbox, Card.REFUND_LATE)})

    assert refund.status == "pending"
    wait_until(lambda: client.v1.refunds.retrieve(refund.id).status == "succeeded")


def test_a_bounced_refund_can_be_tried_again(client, sandbox):
    intent = paid_intent(client, sandbox, Card.REFUND_FAILS)
    refund = client.v1.refunds.create({"payment_intent": intent, "amount": 4800})

    wait_until(lambda: client.v1.refunds.retrieve(refund.id).status == "failed")

    assert client.v1.refunds.create({"payment_intent": intent, "amount": 4800}).id != refund.id


def test_events_are_kept_newest_first(client, sandbox):
    client.v1.refunds.create({"payment_intent": paid_intent(client, sandbox), "amount": 100})

    events = client.v1.events.list({"limit": 10})

    assert [event.type for event in events.data] == ["refund.created", "checkout.session.completed"]
    assert client.v1.events.retrieve(events.data[0].id).type == "refund.created"
    assert len(client.v1.events.list({"limit": 1}).data) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PATCH"])
def test_other_methods_are_refused(sandbox, client, method):
    session = client.v1.checkout.sessions.create(params())

    page = requests.request(method, session.url, timeout=10)
    call = requests.request(method, f"{sandbox.url}/v1/refunds", timeout=10)

    assert page.status_code == 405
    assert call.status_code == 401


def test_nonsense_is_refused_politely(sandbox):
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    url = f"{sandbox.url}/v1/checkout/sessions"

    nonsense = requests.post(url, data=b"\xff=%ff&mode=\xfe", headers=headers, timeout=10)
    clash = requests.post(url, data="mode=payment&mode[x]=1", headers=headers, timeout=10)
    flood = requests.post(url, data=b"x" * 100_000, headers=headers, timeout=10)

    assert [answer.status_code for answer in (nonsense, clash, flood)] == [400, 400, 400]
