from datetime import timedelta
from typing import Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.subjects import DataSubject


class PurgeRunQuerySet(models.QuerySet["PurgeRun"]):
    def usual(self, rule: str) -> list[int]:
        """How many rows the rule ended on each of the last thirty days it ran, fewest first."""
        month = timezone.now() - timedelta(days=30)
        done = self.filter(rule=rule, status=PurgeRun.Status.DONE, started_at__gte=month)
        return sorted(done.values_list("erased", flat=True))


class PurgeRun(models.Model):
    """One rule's part of one night's purge."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running, or broken off")
        DONE = "done", _("Done")
        BRAKED = "braked", _("Too many: waits for somebody's word")

    rule = models.CharField(_("rule"), max_length=100, db_index=True)
    as_of = models.DateField(_("as of"))
    found = models.PositiveIntegerField(_("found"))
    erased = models.PositiveIntegerField(_("erased"), default=0)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.RUNNING)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = PurgeRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("purge")
        verbose_name_plural = _("purges")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.rule} {self.as_of}"


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def active(self) -> Self:
        return self.filter(released_at__isnull=True)


class LegalHold(models.Model):
    """Rows that may not go because a court or an authority asks for them: all of a person's, or one."""

    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="holds")
    content_type = models.ForeignKey(
        ContentType, verbose_name=_("table"), on_delete=models.CASCADE, null=True, blank=True
    )
    object_id = models.CharField(_("row"), max_length=36, blank=True, help_text=_("empty: everything held"))
    authority = models.CharField(_("authority"), max_length=120)
    case = models.CharField(_("case"), max_length=60, help_text=_("the authority's file number"))
    review_on = models.DateField(_("to be looked at again"), help_text=_("within six months"))
    set_at = models.DateTimeField(_("since"), auto_now_add=True)
    may_be_told = models.BooleanField(
        _("the person may be told"), default=True, help_text=_("unless a law or the authority forbids it")
    )
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["review_on"]

    def __str__(self) -> str:
        return f"hold {self.pk}"

    @property
    def is_review_due(self) -> bool:
        return self.released_at is None and self.review_on <= timezone.localdate()


class DoomedFile(models.Model):
    """A file whose row is gone: written down with the row's deletion, and kept until the file is gone too."""

    column = models.CharField(_("column"), max_length=100, help_text="support.attachment.file")
    name = models.CharField(_("name"), max_length=255, help_text="in the storage of the column")
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("file to be removed")
        verbose_name_plural = _("files to be removed")

    def __str__(self) -> str:
        return f"file {self.pk}"
