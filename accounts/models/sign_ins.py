from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.fields import encrypt
from privacy.models import DataSubject


class KnownDevice(models.Model):
    """A browser somebody has signed in with, known by a random cookie: nothing is read from the device."""

    subject = models.ForeignKey(DataSubject, on_delete=models.CASCADE, related_name="devices")
    token_hash = models.CharField(max_length=64, unique=True)
    label = encrypt(models.CharField(_("device"), max_length=80, blank=True, default=""))
    first_seen_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        ordering = ["-last_seen_at"]

    def __str__(self) -> str:
        return f"device {self.pk}"


class SignInQuerySet(models.QuerySet["SignIn"]):
    def since(self, age: timedelta) -> Self:
        return self.filter(at__gte=timezone.now() - age)


class SignIn(models.Model):
    """One try to sign in. The network is a keyed fingerprint of its range, the place is a country."""

    class Outcome(models.TextChoices):
        SUCCEEDED = "succeeded", _("Signed in")
        FAILED = "failed", _("Refused")
        CHALLENGED = "challenged", _("Asked for a code")

    subject = models.ForeignKey(
        DataSubject, on_delete=models.CASCADE, null=True, blank=True, related_name="sign_ins"
    )
    device = models.ForeignKey(
        KnownDevice, on_delete=models.SET_NULL, null=True, blank=True, related_name="sign_ins"
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    reasons = models.CharField(_("what was unusual"), max_length=120, blank=True, help_text="codes, comma")
    country = models.CharField(_("country"), max_length=2, blank=True)
    network_ref = models.CharField(max_length=64, blank=True, db_index=True)
    session_key = models.CharField(max_length=40, blank=True, db_index=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    disowned_at = models.DateTimeField(_("reported as not theirs"), null=True, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"sign-in {self.pk}"
