"""Leave to read what is kept about a person, and what becomes of a colleague who abused it."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.fields import encrypt
from privacy.models.subjects import DataSubject
from privacy.purposes import Purpose
from shop.states import StateMachine


class AccessGrantQuerySet(models.QuerySet["AccessGrant"]):
    def running(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())

    def to_review(self) -> Self:
        return self.filter(kind=AccessGrant.Kind.BREAK_GLASS, reviewed_at__isnull=True)

    def overdue(self) -> Self:
        return self.to_review().filter(granted_at__lte=timezone.now() - AccessGrant.REVIEWED_WITHIN)


class AccessGrant(models.Model):
    """A colleague may read a row about a person for half an hour: by their work, or with a reason."""

    class Kind(models.TextChoices):
        AUTOMATIC = "automatic", _("By their work")
        BREAK_GLASS = "break_glass", _("With a reason")

    class Outcome(models.TextChoices):
        IN_ORDER = "in_order", _("In order")
        NOT_IN_ORDER = "not_in_order", _("Not in order")

    OPEN_FOR = timedelta(minutes=30)
    REVIEWED_WITHIN = timedelta(hours=72)

    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(
        DataSubject, verbose_name=_("colleague"), on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(_("role"), max_length=120, help_text=_("of the colleague, at that time"))
    kind = models.CharField(_("how"), max_length=12, choices=Kind)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    reference = models.CharField(_("row"), max_length=120, help_text=_("such as orders.order:5"))
    reason = encrypt(models.TextField(_("reason"), blank=True))
    granted_at = models.DateTimeField(_("opened"), default=timezone.now)
    expires_at = models.DateTimeField(_("closes"))
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at somebody's data")
        verbose_name_plural = _("looks at people's data")
        ordering = ["-granted_at", "-pk"]
        indexes = [models.Index(fields=["staff", "granted_at"], name="looks_of_a_colleague")]

    def __str__(self) -> str:
        return f"grant {self.pk}"


class StaffViolationQuerySet(models.QuerySet["StaffViolation"]):
    def open(self) -> Self:
        return self.exclude(status__in=StaffViolation.CLOSED)


class StaffViolation(StateMachine):
    """The case of a colleague who may have abused what they could read. No row is ever deleted."""

    class Kind(models.TextChoices):
        TOO_MANY = "too_many", _("Looked at too many people")
        NOT_IN_ORDER = "not_in_order", _("Looked without a good reason")
        UNREVIEWED = "unreviewed", _("Nobody reviewed the reason in time")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        INVESTIGATING = "investigating", _("Being looked into")
        UPHELD = "upheld", _("Upheld")
        DISMISSED = "dismissed", _("Nothing was wrong")

    class Sanction(models.TextChoices):
        WARNING = "warning", _("Warning")
        SUSPENSION = "suspension", _("Suspension")
        DISMISSAL = "dismissal", _("Dismissal")
        REPORT = "report", _("Report to the police")

    CLOSED: ClassVar = (Status.UPHELD, Status.DISMISSED)
    TRANSITIONS: ClassVar = {
        Status.OPEN: {Status.INVESTIGATING},
        Status.INVESTIGATING: {Status.UPHELD, Status.DISMISSED},
    }

    subject = models.ForeignKey(
        DataSubject, verbose_name=_("colleague"), on_delete=models.PROTECT, related_name="+"
    )
    grant = models.OneToOneField(AccessGrant, on_delete=models.PROTECT, null=True, related_name="violation")
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind)
    status = models.CharField(_("status"), max_length=14, choices=Status, default=Status.OPEN)
    sanction = models.CharField(_("sanction"), max_length=10, choices=Sanction, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = StaffViolationQuerySet.as_manager()

    class Meta:
        verbose_name = _("case against a colleague")
        verbose_name_plural = _("cases against colleagues")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="upheld") ^ models.Q(sanction=""),
                name="violation_upheld_has_a_sanction",
            )
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        """`privacy.violations`, which alone moves a case, writes it down."""
