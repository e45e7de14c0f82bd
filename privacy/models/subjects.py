"""A person the shop knows something about, the key of their data, and the fingerprints they are found by."""

import secrets
import uuid
from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy import keys


def random_reference() -> str:
    return secrets.token_hex(16)


class DataSubjectQuerySet(models.QuerySet["DataSubject"]):
    @transaction.atomic(savepoint=False)
    def create(self, **values: Any) -> "DataSubject":  # type: ignore[override]
        """A data subject never exists without a key: both are made together."""
        subject = super().create(**values)
        SubjectKey.objects.create_for(subject)
        return subject

    def known_by(self, kind: str, value: str) -> Self:
        """Those who proved that this e-mail address or phone number is theirs."""
        return self.filter(
            identifiers__kind=kind,
            identifiers__blind_index__in=keys.blind_indexes(kind, value),
            identifiers__verified_at__isnull=False,
        )


class DataSubject(models.Model):
    """Everyone the shop knows something about. Every row about a person has a foreign key to one."""

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("Account")
        GUEST = "guest", _("Guest")
        RECIPIENT = "recipient", _("Recipient")
        TICKET_WRITER = "ticket_writer", _("Ticket writer")
        GUARDIAN = "guardian", _("Guardian")
        STAFF = "staff", _("Staff")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        RESTRICTED = "restricted", _("Restricted")
        ERASING = "erasing", _("Being erased")
        ERASED = "erased", _("Erased")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    status = models.CharField(max_length=16, choices=Status, default=Status.ACTIVE)
    jurisdiction = models.CharField(
        max_length=2, blank=True, help_text=_("ISO code of the country of residence")
    )
    # What audit entries call this person. Replaced at erasure, so that they lead to nobody.
    audit_ref = models.CharField(max_length=32, unique=True, default=random_reference, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DataSubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("data subject")
        verbose_name_plural = _("data subjects")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id.hex[:8]}"


class SubjectKeyQuerySet(models.QuerySet["SubjectKey"]):
    def create_for(self, subject: DataSubject) -> "SubjectKey":
        key_name, wrapped = keys.wrap(keys.new_key(), subject.pk)
        return self.create(subject=subject, key_name=key_name, wrapped=wrapped)


class WrappedKey(models.Model):
    """A random key, wrapped by the key ring and bound to its row, whose own key is a UUID."""

    wrapped = models.BinaryField()
    key_name = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def rewrap(self) -> None:
        """Wrap the same key by the current key of the ring; the data it opens is not touched."""
        self.key_name, self.wrapped = keys.wrap(keys.secret_of(self), self.pk)


class SubjectKey(WrappedKey):
    """The key of one person's data. Deleting the row destroys the data, in every backup too."""

    subject = models.OneToOneField(DataSubject, models.CASCADE, primary_key=True, related_name="key")

    objects = SubjectKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Key {self.pk}"


class SubjectIdentifierQuerySet(models.QuerySet["SubjectIdentifier"]):
    def matching(self, kind: str, value: str) -> Self:
        return self.filter(kind=kind, blind_index__in=keys.blind_indexes(kind, value))

    def guests_at_addresses_of(self, subject: DataSubject) -> Self:
        """Of those who ordered without an account and gave an e-mail address this person has proved."""
        proved = self.filter(subject=subject, kind="email", verified_at__isnull=False)
        known = (DataSubject.Status.ACTIVE, DataSubject.Status.RESTRICTED)
        guests = self.filter(subject__kind=DataSubject.Kind.GUEST, subject__status__in=known, kind="email")
        return guests.filter(blind_index__in=proved.values("blind_index")).exclude(subject=subject)

    def prove(self, subject: DataSubject, kind: str, value: str) -> None:
        """This person has shown that the address or the number is theirs; since when is kept."""
        known = {"subject": subject, "kind": kind, "blind_index": keys.blind_index(kind, value)}
        self.get_or_create(**known, defaults={"verified_at": timezone.now()})
        self.filter(**known, verified_at__isnull=True).update(verified_at=timezone.now())


class SubjectIdentifier(models.Model):
    """The fingerprint of an e-mail address or a phone number. Unverified, it proves nothing."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail address")
        PHONE = "phone", _("Phone number")

    subject = models.ForeignKey(DataSubject, models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=8, choices=Kind)
    blind_index = models.CharField(max_length=64)
    verified_at = models.DateTimeField(null=True, blank=True)

    objects = SubjectIdentifierQuerySet.as_manager()

    class Meta:
        verbose_name = _("fingerprint of an address")
        verbose_name_plural = _("fingerprints of addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "blind_index"], name="identifier_once_a_subject"
            )
        ]
        indexes = [models.Index(fields=["kind", "blind_index"], name="identifier_look_up")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
