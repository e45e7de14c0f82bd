"""Stripe's hosted Checkout, or the payment sandbox, which speaks the same language.

Stripe's SDK takes most of a second to import and not every process moves money: it is imported on first use.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from moneyed import Money

from orders.gateways import (
    GatewayRefused,
    GatewayUnavailable,
    InvalidSignature,
    NoticeAbout,
    PaymentSession,
    PaymentState,
    PaymentStatus,
    RefundState,
    RefundStatus,
    WebhookNotice,
)

if TYPE_CHECKING:
    import stripe

# https://docs.stripe.com/currencies: Stripe's own scale, which is not ISO 4217's for every currency
# (ISK and UGX have no decimals but are sent with two).
NO_DECIMALS = frozenset({
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
})  # fmt: skip
THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
WHOLE_UNITS_ONLY = frozenset({"ISK", "UGX"})

PAGE_LANGUAGES = frozenset({
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fil", "fr", "hr", "hu", "id", "it", "ja", "ko",
    "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh",
})  # fmt: skip

# Together they stay below the 30 seconds after which gunicorn ends a request.
TIMEOUT_SECONDS = (3.0, 9.0)  # to connect, to answer
RETRIES = 1

REFUND_STATUSES = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}


def to_stripe(money: Money) -> int:
    """The amount on Stripe's scale. What it could not charge exactly is refused, never rounded."""
    currency = money.currency.code
    units = money.amount.scaleb(_decimals(currency))
    smallest = 10 if currency in THREE_DECIMALS else 100 if currency in WHOLE_UNITS_ONLY else 1
    if units % smallest:
        raise GatewayRefused(f"Stripe cannot charge {money.amount} {currency} exactly", code="invalid_amount")
    return int(units)


def from_stripe(units: int, currency: str) -> Money:
    code = currency.upper()
    return Money(Money(units, code).amount.scaleb(-_decimals(code)), code)


def _decimals(currency: str) -> int:
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


class StripeGateway:
    code = "stripe"

    def start(
        self,
        *,
        reference: str,
        amount: Money,
        description: str,
        return_url: str,
        cancel_url: str,
        language: str,
        idempotency_key: str,
        expires_at: datetime,
    ) -> PaymentSession:
        """Stripe accepts an `expires_at` between 30 minutes and 24 hours away."""
        currency = amount.currency.code.lower()
        price: stripe.params.checkout.SessionCreateParamsLineItemPriceData = {
            "currency": currency,
            "unit_amount": to_stripe(amount),
            "product_data": {"name": description},
        }
        params: stripe.params.checkout.SessionCreateParams = {
            "mode": "payment",
            "client_reference_id": reference,
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": return_url,
            "cancel_url": cancel_url,
            "expires_at": int(expires_at.timestamp()),
            "locale": _page_language(language),
        }
        with _stripe_errors():
            session = _client().v1.checkout.sessions.create(params, {"idempotency_key": idempotency_key})
        return PaymentSession(id=session.id, url=session.url or "")

    def fetch(self, session_id: str) -> PaymentState:
        with _stripe_errors():
            session = _client().v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]})
        return _payment_state(session)

    def expire(self, session_id: str) -> PaymentState:
        # Refused when it is no longer open: paid, or expired already. Its state tells which.
        with suppress(GatewayRefused), _stripe_errors():
            _client().v1.checkout.sessions.expire(session_id)
        return self.fetch(session_id)

    def refund(
        self, *, payment_reference: str, amount: Money, reference: str, idempotency_key: str
    ) -> RefundState:
        params: stripe.params.RefundCreateParams = {
            "payment_intent": payment_reference,
            "amount": to_stripe(amount),
            "metadata": {"reference": reference},
        }
        with _stripe_errors():
            refund = _client().v1.refunds.create(params, {"idempotency_key": idempotency_key})
        return _refund_state(refund)

    def fetch_refund(self, refund_id: str) -> RefundState:
        with _stripe_errors():
            return _refund_state(_client().v1.refunds.retrieve(refund_id))

    def verify_webhook(self, raw_body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        import stripe  # noqa: PLC0415  # slow to import, see above

        signature = {name.lower(): value for name, value in headers.items()}.get("stripe-signature", "")
        try:
            event = _client().construct_event(raw_body, signature, settings.STRIPE_WEBHOOK_SECRET)
            return _notice(event)
        except (stripe.SignatureVerificationError, ValueError, KeyError) as error:
            raise InvalidSignature(str(error)) from error


def _client() -> "stripe.StripeClient":
    return _client_for(settings.STRIPE_API_KEY, settings.PAYMENT_SANDBOX_URL)


@cache
def _client_for(api_key: str, sandbox_url: str) -> "stripe.StripeClient":
    import stripe  # noqa: PLC0415  # slow to import, see above

    stripe.enable_telemetry = False  # otherwise it reports this machine's platform and timings
    return stripe.StripeClient(
        api_key,
        base_addresses={"api": sandbox_url} if sandbox_url else {},
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        max_network_retries=RETRIES,
    )


@contextmanager
def _stripe_errors() -> Iterator[None]:
    import stripe  # noqa: PLC0415  # slow to import, see above

    try:
        yield
    except stripe.StripeError as error:
        # A wrong key is ours to mend and then to try again, not a verdict on the payment.
        ours = stripe.APIConnectionError, stripe.APIError, stripe.AuthenticationError, stripe.RateLimitError
        if isinstance(error, ours) or error.http_status == 409:
            raise GatewayUnavailable(f"{type(error).__name__}: {error.user_message}") from error
        raise GatewayRefused(error.user_message or type(error).__name__, code=error.code or "") from error


def _page_language(language: str) -> str:
    base = language.lower().split("-")[0]
    return base if base in PAGE_LANGUAGES else "auto"


def _payment_state(session: "stripe.checkout.Session") -> PaymentState:
    intent = session.payment_intent
    return PaymentState(
        status=_payment_status(session),
        amount=from_stripe(session.amount_total or 0, session.currency or ""),
        reference=session.client_reference_id or "",
        payment_reference=(intent if isinstance(intent, str) else intent.id) if intent else "",
    )


def _payment_status(session: "stripe.checkout.Session") -> PaymentStatus:
    """A complete session is not yet a paid one: bank debits and transfers take days and may bounce."""
    if session.status in ("open", "expired"):
        return PaymentStatus(session.status)
    if session.payment_status != "unpaid":
        return PaymentStatus.PAID
    intent = session.payment_intent
    bounced = (
        not isinstance(intent, str) and intent and intent.status in ("requires_payment_method", "canceled")
    )
    return PaymentStatus.FAILED if bounced else PaymentStatus.PENDING


def _refund_state(refund: "stripe.Refund") -> RefundState:
    return RefundState(
        id=refund.id,
        status=REFUND_STATUSES[refund.status or "pending"],
        amount=from_stripe(refund.amount, refund.currency),
        reference=(refund.to_dict()["metadata"] or {}).get("reference", ""),
    )


def _notice(event: "stripe.Event") -> WebhookNotice:
    about = NoticeAbout.OTHER
    if event.type.startswith("checkout.session."):
        about = NoticeAbout.PAYMENT
    elif event.type.startswith("refund."):
        about = NoticeAbout.REFUND
    thing = event.data.to_dict()["object"]
    reference = thing.get("client_reference_id") or (thing.get("metadata") or {}).get("reference")
    return WebhookNotice(
        event_id=event.id,
        type=event.type,
        about=about,
        object_id=thing.get("id") or "",
        reference=reference or "",
    )
