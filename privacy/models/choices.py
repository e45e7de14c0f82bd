"""What a person chose. Nothing is changed here: a new choice is a new row."""

from datetime import datetime
from hashlib import sha256
from typing import Any, NoReturn, Self

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.policies import PolicyVersion
from privacy.models.subjects import DataSubject
from privacy.purposes import Purpose

MONTHS_ACCEPTED, MONTHS_REFUSED = 12, 6  # then the answer lapses, and may be asked for again


class NeverChanged(RuntimeError):
    """What somebody decided is not rewritten; a new decision is a new row."""


def lapse(*, is_given: bool, since: datetime) -> datetime:
    end: datetime = since + relativedelta(months=MONTHS_ACCEPTED if is_given else MONTHS_REFUSED)
    return end


class ConsentRecordQuerySet(models.QuerySet["ConsentRecord"]):
    def latest_of(self, subject: DataSubject, purpose: Purpose, channel: str = "") -> "ConsentRecord | None":
        return self.filter(subject=subject, purpose=purpose, channel=channel).order_by("-pk").first()

    def given(self) -> Self:
        return self.filter(decision=ConsentRecord.Decision.GIVEN)

    def update(self, **kwargs: Any) -> NoReturn:
        raise NeverChanged


class ConsentRecordManager(models.Manager.from_queryset(ConsentRecordQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> ConsentRecordQuerySet:
        """With the one thing a row cannot know: whether a change of the policy asks for the consent anew."""
        anew = PolicyVersion.objects.asking_anew(OuterRef("purpose"), OuterRef("decided_at"))
        return super().get_queryset().annotate(is_asked_anew=Exists(anew))  # type: ignore[no-any-return]


class ConsentRecord(models.Model):
    """One decision about one purpose, with the words it was asked in. Append-only.

    A visitor without an account leaves no subject but a random number made for this one answer, kept as a
    fingerprint; it is in no cookie, so it leads back to no browser.
    """

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

    subject = models.ForeignKey(
        DataSubject, on_delete=models.CASCADE, related_name="consents", null=True, blank=True
    )
    browser = models.CharField(_("browser"), max_length=64, blank=True)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=8, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    wording = models.TextField(_("wording"), max_length=1000, blank=True)
    wording_hash = models.CharField(_("fingerprint of the wording"), max_length=64, blank=True)
    version = models.CharField(_("version of the questions"), max_length=12, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    knew_signal = models.BooleanField(_("told of the browser's signal"), default=False)
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)
    expires_at = models.DateTimeField(_("lapses"))

    objects = ConsentRecordManager()
    is_asked_anew = False  # of a row just made

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["subject", "purpose", "channel", "-id"], name="consent_latest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subject__isnull=False) | ~models.Q(browser=""), name="consent_of_somebody"
            )
        ]

    def __str__(self) -> str:
        return f"choice {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise NeverChanged
        self.wording_hash = sha256(self.wording.encode()).hexdigest() if self.wording else ""
        self.expires_at = lapse(is_given=self.decision == self.Decision.GIVEN, since=self.decided_at)
        super().save(*args, **kwargs)

    @property
    def has_lapsed(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_stale(self) -> bool:
        """Agreed to a policy that has changed since in what it is about: off until it is given again."""
        return self.decision == self.Decision.GIVEN and self.is_asked_anew

    @property
    def is_given(self) -> bool:
        """Agreed, not so long ago that it counts no more, and to what is still so."""
        return self.decision == self.Decision.GIVEN and not self.has_lapsed and not self.is_stale
