"""The Stripe adapter against the payment sandbox, with nothing between them replaced."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from moneyed import Money

from orders.gateways import (
    GatewayRefused,
    GatewayUnavailable,
    InvalidSignature,
    NoticeAbout,
    PaymentStatus,
    RefundStatus,
    UnknownGateway,
    get_gateway,
)
from orders.gateways.stripe import from_stripe, to_stripe
from orders.sandbox.cards import Card
from orders.sandbox.webhooks import sign
from tests.sandbox_server import SECRET, free_port, listening_shop, running_sandbox, wait_until


@pytest.fixture
def shop():
    with listening_shop() as listener:
        yield listener


@pytest.fixture
def sandbox(tmp_path, shop, settings):
    with running_sandbox(tmp_path, webhook=shop.url) as sandbox:
        settings.PAYMENT_SANDBOX_URL = sandbox.url
        settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET = sandbox.key, sandbox.secret
        yield sandbox


@pytest.fixture
def gateway():
    return get_gateway("stripe")


def attempt(**changes: Any) -> Any:
    return {
        "reference": "attempt-1",
        "amount": Money("48.00", "EUR"),
        "description": "Order K7Q-4XN2",
        "return_url": "http://localhost:8000/en-de/orders/K7Q-4XN2/",
        "cancel_url": "http://localhost:8000/en-de/orders/K7Q-4XN2/pay/",
        "language": "de",
        "idempotency_key": "order-1-1",
        "expires_at": datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1),
        **changes,
    }


def test_a_payment_from_start_to_paid(gateway, sandbox):
    session = gateway.start(**attempt())
    before = gateway.fetch(session.id)

    sandbox.pay(session.url)

    after = gateway.fetch(session.id)
    assert (before.status, before.payment_reference) == (PaymentStatus.OPEN, "")
    assert (after.status, after.amount, after.reference) == (
        PaymentStatus.PAID,
        Money("48.00", "EUR"),
        "attempt-1",
    )
    assert after.payment_reference


def test_starting_twice_is_starting_once(gateway, sandbox):
    arguments = attempt()

    assert gateway.start(**arguments) == gateway.start(**arguments)


def test_the_same_key_for_another_amount_is_refused(gateway, sandbox):
    gateway.start(**attempt())

    with pytest.raises(GatewayRefused):
        gateway.start(**attempt(amount=Money("1.00", "EUR")))


def test_a_declined_card_leaves_the_payment_open(gateway, sandbox):
    session = gateway.start(**attempt())

    sandbox.pay(session.url, Card.DECLINED)

    assert gateway.fetch(session.id).status == PaymentStatus.OPEN


@pytest.mark.parametrize(
    ("card", "outcome"), [(Card.PAYS, PaymentStatus.PAID), (Card.DECLINED, PaymentStatus.FAILED)]
)
def test_a_late_payment_is_pending_until_the_bank_decides(gateway, sandbox, card, outcome):
    session = gateway.start(**attempt())

    sandbox.pay(session.url, card, late=True)

    assert gateway.fetch(session.id).status == PaymentStatus.PENDING
    wait_until(lambda: gateway.fetch(session.id).status == outcome)


def test_an_expired_session_stays_expired(gateway, sandbox):
    session = gateway.start(**attempt())

    assert gateway.expire(session.id).status == PaymentStatus.EXPIRED
    assert gateway.expire(session.id).status == PaymentStatus.EXPIRED


def test_closing_a_session_paid_a_moment_ago_tells_it_is_paid(gateway, sandbox):
    session = gateway.start(**attempt())
    sandbox.pay(session.url)

    assert gateway.expire(session.id).status == PaymentStatus.PAID


def test_an_unknown_session_is_refused(gateway, sandbox):
    with pytest.raises(GatewayRefused) as refused:
        gateway.fetch("cs_test_nothing")

    assert refused.value.code == "resource_missing"


def test_refunds_in_parts_and_not_beyond(gateway, sandbox):
    session = gateway.start(**attempt())
    sandbox.pay(session.url)
    paid = gateway.fetch(session.id).payment_reference

    def refund(amount: str, number: int) -> Any:
        return gateway.refund(
            payment_reference=paid,
            amount=Money(amount, "EUR"),
            reference=f"refund-{number}",
            idempotency_key=f"refund-{number}",
        )

    first, again = refund("18.00", 1), refund("18.00", 1)
    with pytest.raises(GatewayRefused) as refused:
        refund("30.01", 2)

    assert first == again
    assert (first.status, first.amount, first.reference) == (
        RefundStatus.SUCCEEDED,
        Money("18.00", "EUR"),
        "refund-1",
    )
    assert refused.value.code == "charge_already_refunded"
    assert gateway.fetch_refund(first.id) == first


def test_a_refund_may_take_a_while(gateway, sandbox):
    session = gateway.start(**attempt())
    sandbox.pay(session.url, Card.REFUND_LATE)
    paid = gateway.fetch(session.id).payment_reference

    refund = gateway.refund(
        payment_reference=paid, amount=Money("48.00", "EUR"), reference="refund-1", idempotency_key="refund-1"
    )

    assert refund.status == RefundStatus.PENDING
    wait_until(lambda: gateway.fetch_refund(refund.id).status == RefundStatus.SUCCEEDED)


@pytest.mark.parametrize(
    ("amount", "on_the_wire"),
    [
        (Money("12.50", "EUR"), 1250),
        (Money("1200", "JPY"), 1200),
        (Money("12.340", "KWD"), 12340),
        (Money("500", "ISK"), 50000),
        (Money("1000", "UGX"), 100000),
    ],
)
def test_amounts_arrive_as_they_left(gateway, sandbox, amount, on_the_wire):
    session = gateway.start(**attempt(amount=amount))

    assert to_stripe(amount) == on_the_wire
    assert from_stripe(on_the_wire, amount.currency.code.lower()) == amount
    assert gateway.fetch(session.id).amount == amount


@pytest.mark.parametrize("amount", [Money("12.345", "KWD"), Money("12.345", "EUR"), Money("0.5", "JPY")])
def test_an_amount_that_would_have_to_be_rounded_is_refused(amount):
    with pytest.raises(GatewayRefused, match="exactly"):
        to_stripe(amount)


def test_a_gateway_that_is_away_is_unavailable(gateway, settings):
    settings.PAYMENT_SANDBOX_URL = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(GatewayUnavailable):
        gateway.start(**attempt())


def test_a_wrong_key_is_for_the_shop_to_mend(gateway, sandbox, settings):
    settings.STRIPE_API_KEY = "sk_test_mistyped"

    with pytest.raises(GatewayUnavailable):
        gateway.fetch("cs_test_nothing")


@pytest.mark.promise("A-I.6", "A-III.3")
def test_the_gateway_is_told_the_least_that_works(gateway, shop, settings):
    settings.PAYMENT_SANDBOX_URL = shop.url.removesuffix("/webhooks/stripe/")
    shop.status = 500

    with pytest.raises(GatewayUnavailable):
        gateway.start(**attempt())

    bodies = [set(parse_qs(body.decode())) for body, _ in shop.heard]
    headers = {name.lower(): value for name, value in shop.heard[-1][1].items()}
    assert bodies[0] == {
        "mode",
        "client_reference_id",
        "line_items[0][quantity]",
        "line_items[0][price_data][currency]",
        "line_items[0][price_data][unit_amount]",
        "line_items[0][price_data][product_data][name]",
        "success_url",
        "cancel_url",
        "expires_at",
        "locale",
    }
    assert len(bodies) == 2  # a failure on the way is tried once more, with the same key
    assert headers["idempotency-key"] == "order-1-1"
    assert "x-stripe-client-telemetry" not in headers
    assert "platform" not in headers["x-stripe-client-user-agent"]


def test_a_webhook_is_told_in_the_shops_words(gateway, sandbox, shop):
    session = gateway.start(**attempt())
    sandbox.pay(session.url)
    wait_until(lambda: shop.heard)
    paid = gateway.fetch(session.id).payment_reference
    refund = gateway.refund(
        payment_reference=paid, amount=Money("1.00", "EUR"), reference="refund-1", idempotency_key="refund-1"
    )
    wait_until(lambda: len(shop.heard) == 2)

    payment_notice, refund_notice = (gateway.verify_webhook(body, headers) for body, headers in shop.heard)

    assert payment_notice.event_id.startswith("evt_")
    assert payment_notice.type == "checkout.session.completed"
    assert (payment_notice.about, payment_notice.object_id) == (NoticeAbout.PAYMENT, session.id)
    assert payment_notice.reference == "attempt-1"
    assert (refund_notice.about, refund_notice.object_id) == (NoticeAbout.REFUND, refund.id)
    assert refund_notice.reference == "refund-1"


def test_an_event_of_no_interest_is_accepted_as_such(gateway, settings):
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    body = (
        b'{"id": "evt_1", "object": "event", "type": "price.created", "data": {"object": {"id": "price_1"}}}'
    )

    notice = gateway.verify_webhook(body, {"Stripe-Signature": sign(body, SECRET)})

    assert (notice.about, notice.object_id, notice.reference) == (NoticeAbout.OTHER, "price_1", "")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "nonsense"},
        {"Stripe-Signature": "t=now,v1=abc"},
        {"Stripe-Signature": sign(b"{}", "whsec_of_somebody_else")},
        {"Stripe-Signature": sign(b"another body", SECRET)},
        {"Stripe-Signature": "t=1,v1=" + sign(b"{}", SECRET).partition("v1=")[2]},
    ],
)
@pytest.mark.parametrize("body", [b"{}", b"\xff\xfe", b"[]", b""])
def test_a_forged_webhook_is_refused(gateway, settings, headers, body):
    settings.STRIPE_WEBHOOK_SECRET = SECRET

    with pytest.raises(InvalidSignature):
        gateway.verify_webhook(body, headers)


def test_an_old_webhook_is_refused(gateway, settings, time_machine):
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    time_machine.move_to("2026-06-15T12:00:00Z")
    headers = {"Stripe-Signature": sign(b"{}", SECRET)}

    time_machine.move_to("2026-06-15T12:06:00Z")

    with pytest.raises(InvalidSignature):
        gateway.verify_webhook(b"{}", headers)


def test_only_known_gateways_are_handed_out():
    with pytest.raises(UnknownGateway):
        get_gateway("piggy_bank")
