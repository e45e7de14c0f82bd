"""A model with one encrypted column of each kind, in a register of its own: no part of the shop."""

from typing import Any

from django.apps.registry import Apps
from django.db import models

from privacy.fields import encrypt
from privacy.files import EncryptedFileField
from privacy.models import DataSubject


def private_apps() -> Apps:
    """A register of models that knows the shop's people and nothing else."""
    apps = Apps()
    apps.register_model("privacy", DataSubject)
    return apps


letter_apps = private_apps()


class Letter(models.Model):
    # No constraint in the database: flushing the shop's tables must not stumble over this one.
    subject = models.ForeignKey(DataSubject, models.CASCADE, db_constraint=False, related_name="+")
    email = encrypt(models.EmailField("e-mail"))
    name = encrypt(models.CharField(max_length=20, blank=True))
    note = encrypt(models.TextField(blank=True))
    born_on = encrypt(models.DateField(null=True, blank=True))
    extra: Any = encrypt(models.JSONField(default=dict, blank=True))
    mood = encrypt(models.CharField(max_length=5, choices=[("glad", "Glad"), ("cross", "Cross")], blank=True))
    pages = models.IntegerField(default=1)
    scan = EncryptedFileField(upload_to="letters/", blank=True)

    class Meta:
        app_label = "privacy"
        apps = letter_apps
        constraints = [models.CheckConstraint(condition=models.Q(pages__gte=1), name="letter_has_a_page")]

    def __str__(self) -> str:
        return f"Letter {self.pk}"
