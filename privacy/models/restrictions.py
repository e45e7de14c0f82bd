"""What may not be used for a while: everything about a person, one purpose, or data that is in dispute."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.requests import PrivacyRequest
from privacy.models.subjects import DataSubject
from privacy.purposes import Purpose


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    def active(self) -> Self:
        return self.filter(lifted_at__isnull=True)

    def of(self, subject: DataSubject) -> Self:
        return self.active().filter(subject=subject)

    def asked_in(self, request: PrivacyRequest) -> Self:
        """What came with somebody's wish for themselves; not what protects a child they named."""
        return self.of(request.subject).filter(request=request)

    def total(self) -> Self:
        return self.filter(scope=Restriction.Scope.EVERYTHING)

    def children(self) -> Self:
        return self.active().total().filter(why=Restriction.Why.MINOR)

    def lifting_due(self) -> Self:
        return self.active().filter(lifts_at__lte=timezone.now())


class Restriction(models.Model):
    """A limit somebody set to the use of their data (Art. 18 and 21 GDPR), or that protects a child."""

    class Scope(models.TextChoices):
        EVERYTHING = "everything", _("Everything")
        OPTIONAL = "optional", _("Whatever is not needed for an order")
        PURPOSE = "purpose", _("One purpose")
        DATA = "data", _("Data in dispute")

    class Why(models.TextChoices):
        DISPUTED = "disputed", _("The person says that it is wrong")
        UNLAWFUL = "unlawful", _("We may not use it, and the person wants it kept")
        CLAIM = "claim", _("The person needs it for a claim")
        OBJECTION = "objection", _("The person objects to the use")
        MINOR = "minor", _("It may be about a child")
        ERASURE = "erasure", _("It is about to be deleted")

    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="restrictions")
    request = models.ForeignKey(
        PrivacyRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="restrictions"
    )
    scope = models.CharField(_("what"), max_length=10, choices=Scope)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose, blank=True)
    data = models.CharField(
        _("data"), max_length=60, blank=True, help_text=_("the kind of rows, such as orders.orderaddress")
    )
    why = models.CharField(_("why"), max_length=10, choices=Why)
    since = models.DateTimeField(_("since"), default=timezone.now)
    lifts_at = models.DateTimeField(
        _("ends"), null=True, blank=True, help_text=_("the person has been told of it before")
    )
    lifted_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="purpose") ^ Q(purpose=""), name="restriction_names_its_purpose"
            ),
            models.CheckConstraint(condition=Q(scope="data") ^ Q(data=""), name="restriction_names_its_data"),
        ]
        indexes = [
            models.Index(fields=["subject"], condition=Q(lifted_at__isnull=True), name="restriction_in_force")
        ]

    def __str__(self) -> str:
        return f"restriction {self.pk}"

    @property
    def is_active(self) -> bool:
        return self.lifted_at is None

    @property
    def is_own(self) -> bool:
        """Set at the wish of the person, who may lift it; what protects a child they may not."""
        return self.why not in (self.Why.MINOR, self.Why.ERASURE)

    @property
    def because(self) -> Any:
        """In words for the person; `get_why_display` is for staff."""
        return BECAUSE[self.Why(self.why)]

    @property
    def what(self) -> Any:
        """In words for the person."""
        if self.scope == self.Scope.PURPOSE:
            return Purpose(self.purpose).label
        if self.scope == self.Scope.DATA:
            return apps.get_model(self.data)._meta.verbose_name
        return self.get_scope_display()


BECAUSE = {
    Restriction.Why.DISPUTED: _("You say that it is wrong."),
    Restriction.Why.UNLAWFUL: _("You say that we should not use it."),
    Restriction.Why.CLAIM: _("You need it for a claim."),
    Restriction.Why.OBJECTION: _("You object to it."),
    Restriction.Why.MINOR: _("It may be about a child, whom we protect."),
    Restriction.Why.ERASURE: _("It is about to be deleted."),
}
