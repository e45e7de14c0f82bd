"""What was tried to show that the house is safe: a backup, a restore, a drill, a look at the chain."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SafetyCheckQuerySet(models.QuerySet["SafetyCheck"]):
    def last(self, kind: "SafetyCheck.Kind | None" = None) -> "SafetyCheck | None":  # type: ignore[override]
        found = self.filter(kind=kind) if kind else self
        return found.order_by("-at", "-pk").first()

    def passed(self) -> Self:
        return self.filter(has_passed=True)


class SafetyCheck(models.Model):
    """One of them, with its result. The page about transparency shows the last of each kind."""

    class Kind(models.TextChoices):
        BACKUP = "backup", _("Backup")
        RESTORE = "restore", _("Restore")
        DRILL = "drill", _("Drill of a restore")
        AUDIT = "audit", _("Look at the chain of events")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, db_index=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    has_passed = models.BooleanField(_("passed"))
    seconds = models.PositiveIntegerField(_("seconds"), default=0)
    report = models.JSONField(_("report"), default=dict, blank=True, help_text=_("counts, never content"))

    objects = SafetyCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("safety check")
        verbose_name_plural = _("safety checks")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
