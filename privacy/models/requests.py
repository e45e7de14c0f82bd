import secrets
from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.fields import encrypt
from privacy.files import EncryptedFileField
from privacy.models.subjects import DataSubject
from shop.states import StateMachine

REFERENCE_LENGTH = 12
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that reads like something else


def new_reference() -> str:
    return "".join(secrets.choice(ALPHABET) for _position in range(REFERENCE_LENGTH))


class PrivacyRequestQuerySet(models.QuerySet["PrivacyRequest"]):
    def open(self) -> Self:
        return self.exclude(status__in=PrivacyRequest.SETTLED)

    def due(self) -> Self:
        """What is to be begun or gone on with, was begun by a worker that died, or failed a day ago."""
        now = timezone.now()
        abandoned = models.Q(status__in=PrivacyRequest.AT_WORK, start_at__lte=now - PrivacyRequest.LEASE)
        failed = models.Q(status=PrivacyRequest.Status.FAILED, start_at__lte=now - timedelta(days=1))
        waits = models.Q(status__in=PrivacyRequest.WAITING, start_at__lte=now)
        return self.filter(waits | abandoned | failed)


class PrivacyRequest(StateMachine):
    """Somebody uses a right of theirs. It has a reference to ask by and a day by which it is answered."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("See my data")
        PORTABILITY = "portability", _("Take my data with me")
        RECTIFICATION = "rectification", _("Correct my data")
        ERASURE = "erasure", _("Delete my data")
        RESTRICTION = "restriction", _("Stop using my data for a while")
        OBJECTION = "objection", _("Object to a use of my data")
        WITHDRAWAL = "withdrawal", _("Withdraw a consent")
        COMPLAINT = "complaint", _("Complain about the use of my data")
        GUARDIAN = "guardian", _("Protect or delete a child's data")
        EXPLANATION = "explanation", _("Explain a decision")

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        IDENTITY_PENDING = "identity_pending", _("Waits for proof of who asks")
        VERIFIED = "verified", _("We know who asks")
        SCHEDULED = "scheduled", _("Scheduled")
        RUNNING = "running", _("Under way")
        BLOCKED_PARTIAL = "blocked_partial", _("Most is gone; a little waits")
        VERIFYING = "verifying", _("Being checked")
        COMPLETED = "completed", _("Completed")
        COMPLETED_WITH_RETENTION = "kept_by_law", _("Completed; some is kept by law")
        WITHDRAWN = "withdrawn", _("Taken back")
        REFUSED = "refused", _("Refused")
        IDENTITY_FAILED = "identity_failed", _("Nobody proved who asks")
        DUPLICATE = "duplicate", _("Asked before")
        FAILED = "failed", _("Something went wrong; we look into it")

    class Source(models.TextChoices):
        ACCOUNT = "account", _("The account")
        CONTACT = "contact", _("Contact form")
        STAFF = "staff", _("Filed by staff")
        HUB = "hub", _("The page about rights")
        IDLE = "idle", _("Nobody used the account for long")

    class Reason(models.TextChoices):
        """Told to the person; never words of staff, which could say more than they should."""

        COMPLEX = "complex", _("It takes longer because there is a lot to look at.")
        MANY = "many", _("It takes longer because many people asked at the same time.")
        NOT_IDENTIFIED = "not_identified", _("We cannot be sure that it is you who asks.")
        EXCESSIVE = "excessive", _("The same was asked and answered a short while ago.")
        LEGAL_DUTY = "legal_duty", _("A law obliges us to keep what you ask about.")
        OTHERS = "others", _("It would show or harm the data of somebody else.")
        OVERRIDING = (
            "overriding",
            _("Protecting the shop and its customers weighs more than the reasons given."),
        )
        RIGHT = "right", _("We looked at it again, and it is right as it stands.")

    SETTLED = (
        Status.COMPLETED,
        Status.COMPLETED_WITH_RETENTION,
        Status.WITHDRAWN,
        Status.REFUSED,
        Status.IDENTITY_FAILED,
        Status.DUPLICATE,
    )
    WAITING = (Status.SCHEDULED, Status.BLOCKED_PARTIAL)
    AT_WORK = (Status.RUNNING, Status.VERIFYING)
    LEASE = timedelta(minutes=10)  # after that a worker counts as dead and another takes over
    TRANSITIONS = {
        Status.RECEIVED: {
            Status.IDENTITY_PENDING,
            Status.VERIFIED,
            Status.COMPLETED,
            Status.WITHDRAWN,
            Status.REFUSED,
            Status.DUPLICATE,
        },
        Status.IDENTITY_PENDING: {
            Status.VERIFIED,
            Status.IDENTITY_FAILED,
            Status.WITHDRAWN,
            Status.REFUSED,
            Status.DUPLICATE,
        },
        Status.VERIFIED: {
            Status.SCHEDULED,
            Status.COMPLETED,
            Status.WITHDRAWN,
            Status.REFUSED,
            Status.DUPLICATE,
        },
        Status.SCHEDULED: {Status.RUNNING, Status.WITHDRAWN, Status.REFUSED, Status.DUPLICATE},
        Status.RUNNING: {
            Status.VERIFYING,
            Status.BLOCKED_PARTIAL,
            Status.SCHEDULED,
            Status.COMPLETED,
            Status.DUPLICATE,
            Status.FAILED,
        },
        Status.BLOCKED_PARTIAL: {Status.RUNNING},
        Status.VERIFYING: {Status.COMPLETED, Status.COMPLETED_WITH_RETENTION, Status.FAILED},
        Status.FAILED: {Status.VERIFYING, Status.COMPLETED, Status.COMPLETED_WITH_RETENTION},
    }

    reference = models.CharField(_("reference"), max_length=16, unique=True, default=new_reference)
    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(_("right"), max_length=16, choices=Kind)
    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.RECEIVED)
    source = models.CharField(_("came by"), max_length=8, choices=Source)
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates"
    )
    # Another record of the same person, deleted along with it and told with it.
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    reason = models.CharField(_("reason"), max_length=16, choices=Reason, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    due_on = models.DateField(_("to be answered by"))
    legal_limit_on = models.DateField(_("the law's last day"), null=True, blank=True)
    extended_at = models.DateTimeField(_("extended"), null=True, blank=True)
    start_at = models.DateTimeField(_("to be begun"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    # What went and what stayed: kinds of rows, counts, laws and dates. Shown after everything else is gone.
    outcome = models.JSONField(_("outcome"), default=list, blank=True)

    objects = PrivacyRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"request {self.reference}"

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        """`privacy.requests.advance`, which alone moves a request, writes it down."""

    @property
    def is_open(self) -> bool:
        return self.status not in self.SETTLED

    @property
    def is_unproved(self) -> bool:
        return self.status in (self.Status.RECEIVED, self.Status.IDENTITY_PENDING)

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()

    @property
    def is_cancellable(self) -> bool:
        return self.can_advance(self.Status.WITHDRAWN) and not self._is_a_guardians_wish()

    def _is_a_guardians_wish(self) -> bool:
        """A child does not take back what was decided for it."""
        cases = self.subject.minor_cases.filter(closed_at__isnull=True, guardian__wish="erase")
        return self.kind == self.Kind.ERASURE and cases.exists()


class Farewell(models.Model):
    """What an erasure needs after it: where to tell the outcome, and the marks that must not be found again.

    Sealed with the key of a `subject` made for this alone, which ends with the row.
    """

    request = models.OneToOneField(PrivacyRequest, on_delete=models.CASCADE, related_name="farewell")
    subject = models.ForeignKey(DataSubject, on_delete=models.CASCADE, related_name="farewells")
    email = encrypt(models.EmailField(_("e-mail"), blank=True))
    marks: Any = encrypt(models.JSONField(default=list, blank=True))
    language = models.CharField(_("language"), max_length=8, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("address for an outcome")
        verbose_name_plural = _("addresses for outcomes")

    def __str__(self) -> str:
        return f"farewell {self.pk}"


class MentionQuerySet(models.QuerySet["Mention"]):
    def open(self) -> Self:
        return self.filter(decided_at__isnull=True)


class Mention(models.Model):
    """A text of somebody else that may speak of a person who was erased. Somebody has to read it."""

    request = models.ForeignKey(PrivacyRequest, on_delete=models.CASCADE, related_name="mentions")
    content_type = models.ForeignKey(ContentType, verbose_name=_("table"), on_delete=models.CASCADE)
    object_id = models.CharField(_("row"), max_length=36)
    column = models.CharField(_("column"), max_length=60)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        verbose_name = _("mention to be looked at")
        verbose_name_plural = _("mentions to be looked at")
        ordering = ["found_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "content_type", "object_id", "column"], name="mention_once_a_request"
            )
        ]

    def __str__(self) -> str:
        return f"mention {self.pk}"


class DataCopy(models.Model):
    """The file somebody asked for: everything the shop holds about them, sealed with their own key."""

    MOST_DOWNLOADS = 5
    KEPT_FOR = timedelta(days=7)

    request = models.OneToOneField(PrivacyRequest, on_delete=models.CASCADE, related_name="copy")
    subject = models.ForeignKey(DataSubject, on_delete=models.CASCADE, related_name="copies")
    file = EncryptedFileField(_("file"), upload_to="copies/")
    downloads = models.PositiveSmallIntegerField(_("downloads"), default=0)
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("copy of somebody's data")
        verbose_name_plural = _("copies of people's data")

    def __str__(self) -> str:
        return f"copy {self.pk}"

    @property
    def until(self) -> datetime:
        return self.created_at + self.KEPT_FOR

    @property
    def is_there(self) -> bool:
        return bool(self.file) and self.downloads < self.MOST_DOWNLOADS and timezone.now() < self.until
