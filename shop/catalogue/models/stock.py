from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.catalogue.models.products import Variant


class StockMovement(models.Model):
    """One change of a variant's stock, written by `stock.py` in the same transaction as the change."""

    class Reason(models.TextChoices):
        HELD = "held", _("Held for an order")
        RELEASED = "released", _("Order called off")
        COUNTED = "counted", _("Counted by hand")
        IMPORTED = "imported", _("Imported")

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="movements")
    quantity = models.IntegerField(_("change"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    reference = models.CharField(_("order"), max_length=32, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.quantity:+d}"
