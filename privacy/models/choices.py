"""What a person chose. Nothing is changed here: a new choice is a new row."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.models.subjects import DataSubject
from privacy.purposes import Purpose


class ConsentRecordQuerySet(models.QuerySet["ConsentRecord"]):
    def latest_of(self, subject: DataSubject, purpose: Purpose, channel: str = "") -> "ConsentRecord | None":
        return self.filter(subject=subject, purpose=purpose, channel=channel).order_by("-pk").first()

    def given(self) -> Self:
        return self.filter(decision=ConsentRecord.Decision.GIVEN)


class ConsentRecord(models.Model):
    """One decision about one purpose, with the words it was asked in. Append-only."""

    class Decision(models.TextChoices):
        GIVEN = "given", _("Given")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Source(models.TextChoices):
        PAGE = "page", _("A page of the shop")
        ACCOUNT = "account", _("The account")
        MAIL = "mail", _("A link in a mail")
        SMS = "sms", _("A text message")
        BANNER = "banner", _("The banner")
        SIGNAL = "signal", _("A signal of the browser")

    subject = models.ForeignKey(DataSubject, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=8, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    wording = models.TextField(_("wording"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    decided_at = models.DateTimeField(_("decided"), auto_now_add=True)

    objects = ConsentRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["subject", "purpose", "channel", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"choice {self.pk}"
