from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from shop.catalogue.models import Market
from shop.money import from_minor


def days_between(least: int, most: int) -> str:
    if least == most:
        return ngettext("%(days)d day", "%(days)d days", most) % {"days": most}
    return gettext("%(least)d to %(most)d days") % {"least": least, "most": most}


class DeliveryMethod(models.Model):
    """A way to send goods to a market: its price, with or without tax as the market's are, and its days."""

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="delivery_methods")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    carrier = models.CharField(_("carrier"), max_length=40, default="manual")
    amount = models.BigIntegerField(_("price in minor units"))
    free_from = models.BigIntegerField(_("free from, in minor units"), null=True, blank=True)
    days_min = models.PositiveSmallIntegerField(_("days at least"))
    days_max = models.PositiveSmallIntegerField(_("days at most"))
    max_grams = models.PositiveIntegerField(_("heaviest parcel in g"), null=True, blank=True)
    needs_phone = models.BooleanField(_("the carrier needs a phone number"), default=False)
    is_active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("delivery method")
        verbose_name_plural = _("delivery methods")
        ordering = ["market", "position", "amount"]
        constraints = [
            models.UniqueConstraint(fields=["market", "code"], name="delivery_method_unique_code"),
            models.CheckConstraint(
                condition=models.Q(days_max__gte=models.F("days_min")), name="delivery_method_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market_id}: {self.name}"

    @property
    def days(self) -> str:
        return days_between(self.days_min, self.days_max)

    def takes(self, grams: int) -> bool:
        return self.max_grams is None or grams <= self.max_grams

    @property
    def money(self) -> Money:
        return from_minor(self.amount, self.market.currency)
