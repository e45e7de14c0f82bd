import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.subjects import DataSubject

REFERENCE_LENGTH = 12
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that reads like something else


def new_reference() -> str:
    return "".join(secrets.choice(ALPHABET) for _position in range(REFERENCE_LENGTH))


class PrivacyRequest(models.Model):
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
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Taken back")

    class Source(models.TextChoices):
        ACCOUNT = "account", _("The account")
        CONTACT = "contact", _("Contact form")
        STAFF = "staff", _("Filed by staff")

    reference = models.CharField(_("reference"), max_length=16, unique=True, default=new_reference)
    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(_("right"), max_length=16, choices=Kind)
    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.RECEIVED)
    source = models.CharField(_("came by"), max_length=8, choices=Source)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    due_on = models.DateField(_("to be answered by"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"request {self.reference}"
