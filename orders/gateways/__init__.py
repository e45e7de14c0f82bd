"""What the shop asks of whoever takes the money, in its own words.

A gateway shows its own page for the card, so no card number reaches the shop. It is told the least that
works: an amount, a reference that means nothing to others, where to send the browser back, and a language.

This package knows no model. A gateway's answer is a fact about *its* side; what follows for an order is
decided in `orders.payments`, under a row lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, cast

from django.utils.module_loading import import_string
from moneyed import Money


class GatewayUnavailable(Exception):
    """No answer, or one that says "later". Repeat the same call with the same idempotency key."""


class GatewayRefused(Exception):
    """It understood and said no; the same call would be refused again. `code` is the gateway's word."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class InvalidSignature(Exception):
    """A webhook that this gateway did not send, or sent too long ago."""


class UnknownGateway(LookupError):
    """No adapter goes by this code."""


class PaymentStatus(StrEnum):
    OPEN = "open"  # nothing decided: the shopper may still pay
    PENDING = "pending"  # the shopper has done their part, the money is on its way
    PAID = "paid"
    FAILED = "failed"  # final for this session; a new one may be started
    EXPIRED = "expired"  # can no longer be paid


class RefundStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class NoticeAbout(StrEnum):
    PAYMENT = "payment"  # `object_id` is a session: ask `fetch`
    REFUND = "refund"  # `object_id` is a refund: ask `fetch_refund`
    OTHER = "other"  # nothing the shop acts upon


@dataclass(frozen=True)
class PaymentSession:
    """One attempt to pay. `url` is the gateway's page, where the browser goes next."""

    id: str
    url: str


@dataclass(frozen=True)
class PaymentState:
    """A session as the gateway sees it now. `payment_reference` names the money, once there is any."""

    status: PaymentStatus
    amount: Money
    reference: str
    payment_reference: str


@dataclass(frozen=True)
class RefundState:
    id: str
    status: RefundStatus
    amount: Money
    reference: str


@dataclass(frozen=True)
class WebhookNotice:
    """A hint that something happened. `reference` is what `start` or `refund` was given, if the event tells.

    The gateway's payload itself is not passed on: it can hold what the shopper typed on the gateway's page.
    """

    event_id: str
    type: str
    about: NoticeAbout
    object_id: str
    reference: str


class Gateway(Protocol):
    """Every method but `verify_webhook`, which asks nobody, may raise the first two exceptions above."""

    code: str

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
        """Open a session. The same key with the same arguments gives the same session again, so all of them,
        `expires_at` too, belong in the payment's row before the first call."""
        ...

    def fetch(self, session_id: str) -> PaymentState: ...

    def expire(self, session_id: str) -> PaymentState:
        """Close a session. The answer is the state it is in now: the shopper may have paid a moment ago."""
        ...

    def refund(
        self, *, payment_reference: str, amount: Money, reference: str, idempotency_key: str
    ) -> RefundState: ...

    def fetch_refund(self, refund_id: str) -> RefundState: ...

    def verify_webhook(self, raw_body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        """Check who sent it, on the raw body. Raises `InvalidSignature`."""
        ...


GATEWAYS = {"stripe": "orders.gateways.stripe.StripeGateway"}


def get_gateway(code: str = "stripe") -> Gateway:
    if code not in GATEWAYS:
        raise UnknownGateway(code)
    return cast(Gateway, import_string(GATEWAYS[code])())
