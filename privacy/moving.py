"""Hand a row about a person over to another record of the same person."""

from django.db import models

from privacy.fields import EncryptedField
from privacy.models import DataSubject


def move(row: models.Model, subject: DataSubject) -> None:
    """Opened with the old key, sealed with the new one: a ciphertext itself cannot change its owner."""
    for field in row._meta.concrete_fields:
        if isinstance(field, EncryptedField):
            getattr(row, field.name)
    row.subject = subject  # type: ignore[attr-defined]
    row.save()
