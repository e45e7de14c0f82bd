from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models.orders import Order
from shop.states import StateMachine


class Suspicion(models.TextChoices):
    """What looked unusual about an order, as the sentence its buyer reads."""

    VELOCITY = "velocity", _("Several orders with the same e-mail address came within minutes.")
    AMOUNT = "amount", _("The total is far above what is usual here.")
    PHONE = "phone", _("The phone number belongs to another country than the address.")
    OBJECTION = "objection", _("You object to automatic checks, so a person looks at it instead.")


class OrderReviewQuerySet(models.QuerySet["OrderReview"]):
    def open(self) -> Self:
        return self.filter(status=OrderReview.Status.OPEN)


class OrderReview(StateMachine):
    """A person looks at this order before it is packed. Why is written down, and told to the buyer."""

    class Status(models.TextChoices):
        OPEN = "open", _("To be looked at")
        RELEASED = "released", _("Nothing is wrong with it")
        STOPPED = "stopped", _("Called off")

    TRANSITIONS: ClassVar = {Status.OPEN: {Status.RELEASED, Status.STOPPED}}

    order = models.OneToOneField(
        Order, verbose_name=_("order"), on_delete=models.CASCADE, related_name="review"
    )
    suspicions = models.CharField(_("what was unusual"), max_length=120, help_text="codes, comma")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField(_("since"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = OrderReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("order to look at")
        verbose_name_plural = _("orders to look at")
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return f"review of order {self.order_id}"

    @property
    def sentences(self) -> list[Any]:
        return [Suspicion(code).label for code in self.suspicions.split(",")]

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        """`orders.fraud` writes the event in the audit trail."""
