"""Other parties who receive personal data, and the ledger of what each of them received."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.purposes import Purpose

from .subjects import DataSubject

# A screening is repeated every year.
SCREENING = timedelta(days=366)


class Processor(models.Model):
    """A partner. What it may be told is declared in code (`privacy.processors.register`)."""

    class Kind(models.TextChoices):
        LOGISTICS = "logistics", _("Delivery")
        CUSTOMS = "customs", _("Customs")
        PAYMENT = "payment", _("Payment")
        MESSAGES = "messages", _("Delivery of messages")
        HOSTING = "hosting", _("Hosting")

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, choices=Kind)
    purpose = models.CharField(max_length=16, choices=Purpose)
    country = models.CharField(max_length=2, help_text=_("ISO code of the country it is based in"))
    region = models.CharField(max_length=50, help_text=_("Where the data is kept, for example EU"))
    screened_on = models.DateField(null=True, blank=True)
    agreement_version = models.CharField(max_length=50, blank=True)
    agreement_signed_on = models.DateField(null=True, blank=True)
    agreement_expires_on = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    privacy_email = models.EmailField(
        _("address for privacy questions"), blank=True, help_text=_("where it is told to delete something")
    )
    # Whom letters to the partner are addressed to; what they say is about nobody the shop still knows.
    desk = models.OneToOneField(DataSubject, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_cleared(self) -> bool:
        """It may be given data today."""
        today = timezone.localdate()
        has_agreed = self.agreement_signed_on is not None and self.agreement_signed_on <= today
        has_ended = self.agreement_expires_on is not None and self.agreement_expires_on < today
        screened = self.screened_on is not None and self.screened_on >= today - SCREENING
        return self.is_active and has_agreed and not has_ended and screened


class Disclosure(models.Model):
    """Which fields about whom went to whom, and why. Names of fields, never their content."""

    class Result(models.TextChoices):
        STARTED = "started", _("Being sent")
        ACCEPTED = "accepted", _("Accepted")
        FAILED = "failed", _("Failed")

    processor = models.ForeignKey(Processor, models.PROTECT, related_name="disclosures")
    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="disclosures")
    purpose = models.CharField(max_length=16, choices=Purpose)
    reference = models.CharField(max_length=64, help_text=_("What it was for, for example an order's number"))
    field_names = models.JSONField()
    region = models.CharField(max_length=50)
    # Proves later which payload was sent without keeping it.
    payload_hmac = models.CharField(max_length=64)
    result = models.CharField(max_length=16, choices=Result, default=Result.STARTED)
    created_at = models.DateTimeField(auto_now_add=True)

    payload: dict[str, Any]

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Disclosure {self.pk}"

    def finish(self, *, accepted: bool) -> None:
        self.result = self.Result.ACCEPTED if accepted else self.Result.FAILED
        self.save(update_fields=["result"])


class ErasureNoticeQuerySet(models.QuerySet["ErasureNotice"]):
    def unanswered(self) -> Self:
        return self.filter(status__in=(ErasureNotice.Status.OPEN, ErasureNotice.Status.SENT))


class ErasureNotice(models.Model):
    """A partner that received somebody's data is told to delete it (Art. 19 GDPR), and what it answered."""

    class Status(models.TextChoices):
        OPEN = "open", _("To be told")
        SENT = "sent", _("Told, waits for an answer")
        DONE = "done", _("Deleted")
        KEPT = "kept", _("Keeps it, and says why")
        SILENT = "silent", _("No answer after three reminders")

    class Reason(models.TextChoices):
        """Told to the person; never the partner's words, which could say more than they should."""

        LAW = "law", _("A law obliges the partner to keep it.")
        DISPUTE = "dispute", _("A dispute about the delivery or the payment is open.")

    processor = models.ForeignKey(Processor, models.PROTECT, related_name="erasure_notices")
    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="erasure_notices")
    request = models.ForeignKey(
        "privacy.PrivacyRequest", models.SET_NULL, null=True, blank=True, related_name="erasure_notices"
    )
    references = models.JSONField(_("what it was for"), help_text=_("the numbers the partner knows it by"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason, blank=True)
    kept_until = models.DateField(_("kept until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("told"), null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = ErasureNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure notice")
        verbose_name_plural = _("erasure notices")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["processor", "subject"], name="one_erasure_notice_a_partner")
        ]

    def __str__(self) -> str:
        return f"erasure notice {self.pk}"
