"""Money in and back. Gateways are asked outside transactions; what they say is judged under a row lock.

Whatever happens twice, late or in another order ends the same: `settle` looks at what the gateway says now,
never at what an event said then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.notifications import notify
from orders import links
from orders.gateways import (
    Gateway,
    GatewayRefused,
    GatewayUnavailable,
    PaymentState,
    PaymentStatus,
    RefundState,
    RefundStatus,
    get_gateway,
)
from orders.models import Order, Payment, Refund
from orders.models.orders import UNPAID_FOR
from privacy import processors
from privacy.models import Processor
from privacy.purposes import Purpose

PROCESSOR = "payment"
processors.register(
    PROCESSOR,
    Processor.Kind.PAYMENT,
    allowed={
        "reference": _("Order number"),
        "amount": _("Amount"),
        "currency": _("Currency"),
        "language": _("Language"),
    },
)

# Gateways want a page to stay open for half an hour at least and a day at most.
SHORTEST_SESSION = timedelta(minutes=35)
LONGEST_SESSION = timedelta(hours=23)
ABOUT_TO_CLOSE = timedelta(minutes=1)
# Debits and transfers: after this long the gateway is asked every minute; until it decides, goods stay held.
BANKS_TAKE = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(minutes=5)


class NotPayable(ValueError):
    """The order is paid, called off or expired, or a payment of it is on its way."""


CANNOT_PAY_NOW = (GatewayUnavailable, GatewayRefused, processors.ProcessorNotCleared)


@dataclass(frozen=True)
class Page:
    """Where the browser goes to pay."""

    url: str


def start(order: Order, payment: Payment | None = None) -> Page:
    """Open the gateway's page for an order, or find the one that is open: repeating it opens no second.

    `payment` is the try to make, where it is known.
    """
    payment = payment or _open_try(order)
    if not payment.page_url:
        _ask_for_page(payment, get_gateway(payment.gateway))
    return Page(payment.page_url)


@transaction.atomic
def _open_try(order: Order) -> Payment:
    """The row comes before the call: it holds everything the idempotent call says."""
    locked = Order.objects.select_for_update().get(pk=order.pk)
    last = locked.payments.order_by("attempt").last()
    if locked.status != Order.Status.PLACED or (last and last.status == Payment.Status.PENDING):
        raise NotPayable(f"order {order.pk} is {locked.status}")
    closes_at = timezone.now() + ABOUT_TO_CLOSE
    if last and last.status == Payment.Status.STARTED and last.expires_at > closes_at:
        return last
    order.expires_at = locked.expires_at
    return new_try(order, attempt=last.attempt + 1 if last else 1)


def new_try(order: Order, *, attempt: int = 1) -> Payment:
    """In a transaction that holds the order's lock, or places the order."""
    now = timezone.now()
    expires_at = min(max(order.expires_at, now + SHORTEST_SESSION), now + LONGEST_SESSION)
    if order.expires_at != expires_at:
        _keep_until(order, expires_at)
    return Payment.objects.create(
        order=order,
        gateway=get_gateway().code,
        attempt=attempt,
        amount=order.total_gross,
        currency=order.currency,
        expires_at=expires_at,
    )


def _ask_for_page(payment: Payment, gateway: Gateway) -> None:
    order = payment.order
    disclosure = processors.disclose(
        PROCESSOR,
        order.subject,
        purpose=Purpose.PAYMENT,
        reference=order.number,
        fields={
            "reference": payment.token,
            "amount": payment.amount,
            "currency": payment.currency,
            "language": order.language,
        },
    )
    try:
        session = gateway.start(
            reference=payment.token,
            amount=payment.money,
            description=_describe(order),
            return_url=links.page_of(order, "orders:returned"),
            cancel_url=links.page_of(order),
            language=order.language,
            idempotency_key=payment.token,
            expires_at=payment.expires_at,
        )
    except GatewayRefused:
        disclosure.finish(accepted=False)
        payment.advance(Payment.Status.FAILED)  # the next try gets a key of its own
        raise
    disclosure.finish(accepted=True)
    payment.session_id, payment.page_url = session.id, session.url
    payment.save(update_fields=["session_id", "page_url"])


def _describe(order: Order) -> str:
    with translation.override(order.language):
        return gettext("Order %(number)s") % {"number": order.number}


def check(payment: Payment, *, session_id: str = "") -> None:
    """Ask the gateway how a payment stands, and act on it. What is captured stays so: nobody is asked."""
    session_id = session_id or payment.session_id
    if session_id and payment.status != Payment.Status.CAPTURED:
        settle(payment, get_gateway(payment.gateway).fetch(session_id))


@transaction.atomic
def settle(payment: Payment, state: PaymentState) -> None:
    """Decide what the gateway's answer means for the order, under the order's lock."""
    rows = Payment.objects.select_related("order__subject__key", "order__market")
    # The order first, as everywhere: who holds it decides about its payments.
    payment = rows.select_for_update(of=("order", "self")).get(pk=payment.pk)
    order = payment.order
    if problem := _problem(payment, state):
        Payment.objects.filter(pk=payment.pk).update(problem=problem)
    elif state.status == PaymentStatus.PAID:
        _capture(payment, order, state.payment_reference)
    elif state.status == PaymentStatus.PENDING:
        _wait_for_bank(payment, order)
    elif state.status == PaymentStatus.FAILED and payment.can_advance(Payment.Status.FAILED):
        payment.advance(Payment.Status.FAILED)
        _keep_until(order, timezone.now() + UNPAID_FOR)
    elif state.status == PaymentStatus.EXPIRED and payment.can_advance(Payment.Status.VOID):
        payment.advance(Payment.Status.VOID)


def _problem(payment: Payment, state: PaymentState) -> str:
    """Money that does not match the order never pays for it; a person has to look."""
    if state.reference != payment.token:
        return Payment.Problem.ORDER
    return "" if state.amount == payment.money else Payment.Problem.AMOUNT


def _capture(payment: Payment, order: Order, reference: str) -> None:
    if payment.status == Payment.Status.CAPTURED:
        return
    payment.advance(Payment.Status.CAPTURED, reference=reference, captured_at=timezone.now())
    if order.can_advance(Order.Status.PAID):
        order.advance(Order.Status.PAID, confirmed_at=payment.captured_at)
        notify(order.subject, "order_confirmed", about=order)
    else:  # cancelled, expired, or paid already by another try: the goods are not held any more
        _owe(payment)


def _wait_for_bank(payment: Payment, order: Order) -> None:
    if payment.can_advance(Payment.Status.PENDING):
        payment.advance(Payment.Status.PENDING)
        _keep_until(order, timezone.now() + BANKS_TAKE)


def _keep_until(order: Order, moment: datetime) -> None:
    order.expires_at = moment
    order.save(update_fields=["expires_at"])


def close(order: Order) -> bool:
    """Close what is open at the gateway before an order ends. False where money came or is on its way."""
    for payment in order.payments.undecided():
        if payment.session_id:
            settle(payment, get_gateway(payment.gateway).expire(payment.session_id))
        elif payment.can_advance(Payment.Status.VOID):
            payment.advance(Payment.Status.VOID)
    order.refresh_from_db(fields=["status"])
    return order.status == Order.Status.PLACED and not order.payments.undecided().exists()


def request_refund(order: Order) -> None:
    """Everything paid for the order is owed back: a row now, a task calls the gateway."""
    for payment in order.payments.filter(status=Payment.Status.CAPTURED, refunds__isnull=True):
        _owe(payment)


def _owe(payment: Payment) -> Refund:
    refund = Refund.objects.create(payment=payment, amount=payment.amount)
    refund.record_transition("", refund.status, None)
    return refund


def send_refund(refund: Refund) -> None:
    """The key makes the gateway pay back once, however often a task repeats the call."""
    gateway = get_gateway(refund.payment.gateway)
    try:
        state = gateway.refund(
            payment_reference=refund.payment.reference,
            amount=refund.money,
            reference=refund.token,
            idempotency_key=refund.token,
        )
    except GatewayRefused:
        refund.advance(Refund.Status.REFUSED)
    else:
        settle_refund(refund, state)


@transaction.atomic
def settle_refund(refund: Refund, state: RefundState) -> None:
    """On its way counts as sent; what bounces later is refused, and shows in the admin."""
    refund = Refund.objects.select_for_update().select_related("payment__order").get(pk=refund.pk)
    refund.reference = state.id
    refund.save(update_fields=["reference"])
    became = Refund.Status.REFUSED if state.status == RefundStatus.FAILED else Refund.Status.SENT
    if refund.can_advance(became):
        refund.advance(became)
        if became == Refund.Status.SENT:
            notify(refund.payment.order.subject, "order_refunded", about=refund)


def to_ask_about() -> list[Payment]:
    """Undecided for a while: the webhook may be lost."""
    before = timezone.now() - ASK_AGAIN_AFTER
    return list(Payment.objects.undecided().filter(started_at__lt=before).exclude(session_id=""))
