from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class MarketQuerySet(models.QuerySet["Market"]):
    def open(self) -> Self:
        return self.filter(is_active=True)


class Market(models.Model):
    """A country the shop sells to: its currency, how prices are shown, and its languages, best first."""

    country = models.CharField(
        _("country"), max_length=2, unique=True, validators=[RegexValidator(r"^[A-Z]{2}$")]
    )
    currency = models.CharField(_("currency"), max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$")])
    prices_include_tax = models.BooleanField(_("prices include tax"), default=True)
    languages = models.CharField(
        _("languages"), max_length=60, default=settings.LANGUAGE_CODE, help_text=_("Codes in order: de en")
    )
    is_active = models.BooleanField(_("open"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = MarketQuerySet.as_manager()

    class Meta:
        verbose_name = _("market")
        verbose_name_plural = _("markets")
        ordering = ["position", "country"]

    def __str__(self) -> str:
        return f"{self.country} ({self.currency})"

    @property
    def language_codes(self) -> list[str]:
        return self.languages.split()
