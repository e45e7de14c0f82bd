"""What the shop has told everybody: privacy policy, cookie policy and terms, version by version."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NOTICE = timedelta(days=30)  # between the publication of a material change and its effect


class PublishedForGood(Exception):
    """What was published is the proof of what people were told; it is never changed or deleted."""


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def begun(self, at: datetime) -> Self:
        """In effect at a moment or before; nothing has to be done for a version to take effect."""
        return self.published().filter(published_at__lte=at, effective_at__lte=at)

    def effective(self, kind: str, at: datetime | None = None) -> "PolicyVersion | None":
        return self.begun(at or timezone.now()).filter(kind=kind).order_by("-effective_at", "-number").first()

    def asking_anew(self, purpose: Any, since: Any, at: datetime | None = None) -> Self:
        """Those that ended what was agreed to before them for a purpose (both may be an `OuterRef`)."""
        at = at or timezone.now()
        named = self.begun(at).annotate(affected=Cast("affects", models.TextField()))
        return named.filter(is_material=True, affected__contains=purpose, effective_at__gt=since)

    def upcoming(self, at: datetime | None = None) -> Self:
        at = at or timezone.now()
        return self.published().filter(published_at__lte=at, effective_at__gt=at)


class PolicyVersion(models.Model):
    """One version of one policy. A draft until it is published; the database refuses every change after."""

    class Kind(models.TextChoices):
        PRIVACY = "privacy", _("Privacy policy")
        COOKIES = "cookies", _("Cookie policy")
        TERMS = "terms", _("Terms")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    number = models.PositiveIntegerField(_("number"))
    is_material = models.BooleanField(
        _("material"),
        default=False,
        help_text=_(
            "it changes what people may expect: takes effect 30 days after publication at the earliest"
        ),
    )
    effective_at = models.DateTimeField(
        _("takes effect"), null=True, blank=True, help_text=_("empty: as soon as it may")
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    register_hash = models.CharField(max_length=64, blank=True, editable=False)
    affects = models.JSONField(
        _("purposes it changes"),
        default=list,
        blank=True,
        help_text=_("of those that rest on consent: who agreed before is asked again"),
    )
    announced_at = models.DateTimeField(_("everybody told"), null=True, editable=False)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="policy_numbered_once"),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(effective_at__gte=F("published_at")),
                name="policy_not_backdated",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None)
                | Q(is_material=False)
                | Q(effective_at__gte=F("published_at") + NOTICE),
                name="policy_material_change_announced",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        if self.published_at:
            raise PublishedForGood
        return super().delete(*args, **kwargs)

    @property
    def is_effective(self) -> bool:
        """Has begun to apply; a later version may have taken its place since."""
        return bool(self.published_at and self.effective_at and self.effective_at <= timezone.now())

    @property
    def previous(self) -> "PolicyVersion | None":
        earlier = PolicyVersion.objects.published().filter(kind=self.kind, number__lt=self.number)
        return earlier.order_by("-number").first()

    def text_in(self, language: str) -> "PolicyText | None":
        """In a language, or in the shop's first where it is not translated."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(language) or texts.get(settings.LANGUAGE_CODE)


class PolicyText(models.Model):
    """The words of a version in one language: plain HTML, cleaned when it is shown."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=8)
    text = models.TextField(
        _("text"),
        help_text=_("HTML; addresses of the shop without language and country; data-purpose names a purpose"),
    )
    summary = models.TextField(_("what has changed"), max_length=1000)
    text_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="policy_text_once_a_language")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.language}"
