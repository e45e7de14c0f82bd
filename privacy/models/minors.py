"""The suspicion that an account belongs to a child, and the grown-up who speaks for the child."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.fields import encrypt
from privacy.models.requests import PrivacyRequest
from privacy.models.subjects import DataSubject
from shop.states import StateMachine


class MinorCaseQuerySet(models.QuerySet["MinorCase"]):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def unanswered(self, *, since: timedelta) -> Self:
        """A guardian was asked so long ago and has not said what they wish."""
        waiting = (MinorCase.Status.CONFIRMED, MinorCase.Status.GUARDIAN_PENDING)
        asked = self.open().filter(status__in=waiting, guardian_asked_at__lte=timezone.now() - since)
        return asked.exclude(guardian__wish__in=(Guardian.Wish.ERASE, Guardian.Wish.KEEP))


class MinorCase(StateMachine):
    """Looks after one suspicion from its first sign to its end. No birth date is in it."""

    class Status(models.TextChoices):
        SUSPECTED = "suspected", _("Suspected")
        VERIFYING = "verifying", _("Being looked at")
        RESTRICTED = "restricted", _("Restricted")
        CLEARED = "cleared", _("Grown up")
        CONFIRMED = "confirmed", _("A child")
        GUARDIAN_PENDING = "guardian_pending", _("Waits for the guardian")
        GUARDIAN_CONSENTED = "consented", _("The guardian agrees")
        ERASED = "erased", _("Erased")

    class Signal(models.TextChoices):
        BIRTH_DATE = "birth_date", _("A birth date in the profile")
        GUARDIAN = "guardian", _("A guardian wrote to us")
        TICKET = "ticket", _("Words in a question")
        REPORT = "report", _("Somebody's report")
        STAFF = "staff", _("Noticed by staff")

    class Bracket(models.TextChoices):
        """As the law of where the person lives divides people: `privacy.ages`."""

        CHILD = "child", _("Too young to agree alone")
        YOUTH = "youth", _("Not grown up yet")
        ADULT = "adult", _("Grown up")

    TRANSITIONS: ClassVar = {
        Status.SUSPECTED: {Status.VERIFYING, Status.RESTRICTED, Status.CLEARED, Status.ERASED},
        Status.VERIFYING: {Status.RESTRICTED, Status.CLEARED, Status.ERASED},
        Status.RESTRICTED: {Status.CLEARED, Status.CONFIRMED, Status.ERASED},
        Status.CONFIRMED: {Status.CLEARED, Status.GUARDIAN_PENDING, Status.ERASED},
        Status.GUARDIAN_PENDING: {Status.CLEARED, Status.GUARDIAN_CONSENTED, Status.ERASED},
        Status.GUARDIAN_CONSENTED: {Status.GUARDIAN_PENDING, Status.CLEARED, Status.ERASED},
    }

    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="minor_cases")
    request = models.ForeignKey(
        PrivacyRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="minor_cases"
    )
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.SUSPECTED)
    signal = models.CharField(_("first sign"), max_length=10, choices=Signal)
    bracket = models.CharField(_("age group"), max_length=8, choices=Bracket, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    look_by = models.DateTimeField(_("to be looked at by"))
    guardian_asked_at = models.DateTimeField(_("guardian asked"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = MinorCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case of a minor")
        verbose_name_plural = _("cases of minors")
        ordering = ["look_by", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(closed_at__isnull=True), name="minor_case_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        """`privacy.minors.advance`, which alone moves a case, writes it down."""


class Guardian(models.Model):
    """Who speaks for a child. Sealed with a key of their own, and gone when the case is closed."""

    class Wish(models.TextChoices):
        ERASE = "erase", _("Delete everything")
        KEEP = "keep", _("Let the child go on, as far as the law allows")
        COPY = "copy", _("See the data first")

    case = models.OneToOneField(MinorCase, on_delete=models.CASCADE, related_name="guardian")
    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="guardianships")
    name = encrypt(models.CharField(_("name"), max_length=120, blank=True))
    email = encrypt(models.EmailField(_("e-mail")))
    language = models.CharField(_("language"), max_length=8, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    wish = models.CharField(_("wish"), max_length=8, choices=Wish, blank=True)
    verified_at = models.DateTimeField(_("proved"), null=True, blank=True)
    stated_at = models.DateTimeField(
        _("stated"), null=True, blank=True, help_text=_("that they are responsible for the child")
    )
    created_at = models.DateTimeField(_("named"), default=timezone.now)

    class Meta:
        verbose_name = _("guardian")
        verbose_name_plural = _("guardians")

    def __str__(self) -> str:
        return f"guardian {self.pk}"
