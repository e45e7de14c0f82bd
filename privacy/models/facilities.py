"""The places where the shop's data lies, and the certificates that say what they are worth."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .processors import Processor

# A new certificate takes weeks: whoever runs the shop is told so many days before the old one ends.
ENDS_SOON = timedelta(days=30)


class Facility(models.Model):
    class Store(models.TextChoices):
        DATABASE = "database", _("Database")
        FILES = "files", _("Pictures and files")
        BACKUPS = "backups", _("Backups")
        KEYS = "keys", _("Copy of people's keys")
        MAIL = "mail", _("Mail")

    name = models.CharField(_("name"), max_length=100)
    stores = models.JSONField(_("what lies there"), default=list)
    country = models.CharField(
        _("country"), max_length=2, help_text=_("ISO code of the country it stands in")
    )
    region = models.CharField(_("region"), max_length=50, help_text=_("for example EU"))
    operator = models.ForeignKey(
        Processor,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("operated by"),
        related_name="facilities",
        help_text=_("empty where it is the shop's own"),
    )
    certificate = models.CharField(
        _("certificate"), max_length=100, blank=True, help_text=_("for example ISO/IEC 27001")
    )
    certificate_number = models.CharField(_("number of the certificate"), max_length=100, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    checked_on = models.DateField(_("looked up on"), default=timezone.localdate)

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(certificate="", valid_until=None)
                | Q(
                    certificate__gt="",
                    valid_from__isnull=False,
                    valid_until__isnull=False,
                    valid_until__gte=F("valid_from"),
                ),
                name="a_certificate_has_its_days",
                violation_error_message=_("A certificate has a first and a last day."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_certified(self) -> bool:
        if self.valid_from is None or self.valid_until is None:
            return False
        return self.valid_from <= timezone.localdate() <= self.valid_until

    @property
    def is_in_order(self) -> bool:
        """Certified, and for a while yet."""
        if self.valid_until is None:
            return False
        return self.is_certified and self.valid_until > timezone.localdate() + ENDS_SOON
