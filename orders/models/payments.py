from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from orders.models.orders import Event, Order
from shop.money import from_minor
from shop.states import StateMachine


class PaymentQuerySet(models.QuerySet["Payment"]):
    def undecided(self) -> Self:
        return self.filter(status__in=(Payment.Status.STARTED, Payment.Status.PENDING))


class Payment(StateMachine):
    """One try to pay an order: the gateway, its opaque reference and the result. No card ever comes here."""

    class Status(models.TextChoices):
        STARTED = "started", _("Started")
        PENDING = "pending", _("On its way")
        CAPTURED = "captured", _("Paid")
        FAILED = "failed", _("Failed")
        VOID = "void", _("Called off")

    TRANSITIONS: ClassVar = {
        Status.STARTED: {Status.PENDING, Status.CAPTURED, Status.FAILED, Status.VOID},
        # Done by the shopper, not yet by their bank: debits and transfers take days and may bounce.
        Status.PENDING: {Status.CAPTURED, Status.FAILED, Status.VOID},
        # A shopper may pay on the gateway's page after we gave the try up; the money is then sent back.
        Status.FAILED: {Status.CAPTURED},
        Status.VOID: {Status.CAPTURED},
    }

    class Problem(models.TextChoices):
        AMOUNT = "amount", _("The gateway took another amount")
        ORDER = "order", _("The gateway names another order")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(_("gateway"), max_length=20)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.STARTED)
    attempt = models.PositiveSmallIntegerField(default=1)
    session_id = models.CharField(
        max_length=255, blank=True, db_index=True, help_text="the gateway's name for this try"
    )
    page_url = models.URLField(
        max_length=2000, blank=True, help_text="the gateway's page where the shopper pays"
    )
    reference = models.CharField(
        _("gateway's reference"), max_length=255, blank=True, help_text="what a refund names"
    )
    amount = models.BigIntegerField(_("amount in minor units"))
    currency = models.CharField(max_length=3)
    problem = models.CharField(
        _("to be looked at"), max_length=10, choices=Problem, blank=True, db_index=True
    )
    started_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(help_text="when the gateway's page closes; part of the idempotent call")
    captured_at = models.DateTimeField(null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "attempt"], name="payment_unique_attempt"),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"

    @property
    def money(self) -> Money:
        return from_minor(self.amount, self.currency)

    @property
    def token(self) -> str:
        """What the gateway calls it: random through the order's number, the same at every repetition."""
        return f"{self.order.number}-{self.attempt}"

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        Event.objects.create(
            order=self.order, machine=Event.Machine.PAYMENT, was=from_status, became=to_status, actor=actor
        )


class RefundQuerySet(models.QuerySet["Refund"]):
    def due(self) -> Self:
        return self.filter(status=Refund.Status.REQUESTED)


class Refund(StateMachine):
    """Money to send back: a row first, the gateway is called by a task that may be repeated."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        SENT = "sent", _("Sent back")
        REFUSED = "refused", _("Refused by the gateway")

    # What was sent can still bounce: the card is closed, the bank refuses.
    TRANSITIONS: ClassVar = {Status.REQUESTED: {Status.SENT, Status.REFUSED}, Status.SENT: {Status.REFUSED}}

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED, db_index=True)
    amount = models.BigIntegerField(_("amount in minor units"))
    reference = models.CharField(max_length=255, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"refund {self.pk}"

    @property
    def money(self) -> Money:
        return from_minor(self.amount, self.payment.currency)

    @property
    def token(self) -> str:
        return f"{self.payment.token}-refund-{self.pk}"

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        Event.objects.create(
            order=self.payment.order,
            machine=Event.Machine.REFUND,
            was=from_status,
            became=to_status,
            actor=actor,
        )


class WebhookEventQuerySet(models.QuerySet["WebhookEvent"]):
    def waiting(self) -> Self:
        return self.filter(processed_at__isnull=True)


class WebhookEvent(models.Model):
    """The inbox: a gateway's hint that something changed. Only its ids are kept; the truth is fetched."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=255)
    type = models.CharField(max_length=80)
    about = models.CharField(max_length=10, help_text="payment, refund or other")
    object_id = models.CharField(max_length=255)
    reference = models.CharField(max_length=255, blank=True, help_text="our name for it, if the event tells")
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = WebhookEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="webhook_event_unique")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"
