from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.orders import Event, Order
from shop.states import StateMachine


class Fulfilment(StateMachine):
    """Sending an order's goods."""

    class Status(models.TextChoices):
        PENDING = "pending", _("To be packed")
        PACKED = "packed", _("Packed")
        SHIPPED = "shipped", _("On its way")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Called off")

    TRANSITIONS: ClassVar = {
        Status.PENDING: {Status.PACKED, Status.CANCELLED},
        Status.PACKED: {Status.SHIPPED, Status.CANCELLED},
        Status.SHIPPED: {Status.DELIVERED},
    }

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="fulfilment")
    status = models.CharField(
        _("parcel"), max_length=10, choices=Status, default=Status.PENDING, db_index=True
    )
    carrier = models.CharField(_("carrier"), max_length=40)
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("fulfilment")
        verbose_name_plural = _("fulfilments")

    def __str__(self) -> str:
        return f"fulfilment {self.pk}"

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        Event.objects.create(
            order=self.order, machine=Event.Machine.FULFILMENT, was=from_status, became=to_status, actor=actor
        )
