"""The audit trail: numbered events, each signed together with the one before it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One thing that happened. Ids only; the database refuses to change or delete it."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    time = models.DateTimeField()
    actor_ref = models.CharField(max_length=32, blank=True)
    action = models.CharField(max_length=64, db_index=True)
    object_ref = models.CharField(max_length=128, blank=True, db_index=True)
    subject_ref = models.CharField(max_length=32, blank=True, db_index=True)
    data = models.JSONField(default=dict)
    key_name = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"

    @property
    def signed_content(self) -> dict[str, Any]:
        """Everything the signature covers, the previous signature included."""
        return {
            "seq": self.seq,
            "time": self.time.isoformat(),
            "actor": self.actor_ref,
            "action": self.action,
            "object": self.object_ref,
            "subject": self.subject_ref,
            "data": self.data,
            "key": self.key_name,
            "prev": self.prev,
        }


class AuditHead(models.Model):
    """The end of the chain: one row, locked while an event is added."""

    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"Head at {self.seq}"
