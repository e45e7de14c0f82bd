"""The admin's share of privacy itself; `masked_admin` is the base for everybody else's."""

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import differences, holds, mentions, policies
from .access_admin import AccessGrantAdmin, StaffViolationAdmin
from .forms import FacilityForm, PolicyForm
from .masked_admin import MaskedAdmin, ReadOnlyAdmin
from .minor_admin import MinorCaseAdmin
from .models import (
    AuditEvent,
    DataSubject,
    Disclosure,
    Facility,
    LegalHold,
    Mention,
    PolicyText,
    PolicyVersion,
    Processor,
    PurgeRun,
)
from .partner_admin import ErasureNoticeAdmin
from .registry import declaration
from .request_admin import PrivacyRequestAdmin, RestrictionAdmin

__all__ = [
    "AccessGrantAdmin",
    "ErasureNoticeAdmin",
    "MaskedAdmin",
    "MinorCaseAdmin",
    "PrivacyRequestAdmin",
    "ReadOnlyAdmin",
    "RestrictionAdmin",
    "StaffViolationAdmin",
]


@admin.register(DataSubject)
class DataSubjectAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "status", "jurisdiction", "created_at")
    list_filter = ("kind", "status")


@admin.register(Processor)
class ProcessorAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "country", "screened_on", "agreement_expires_on", "is_cleared")
    list_filter = ("kind", "is_active")

    @admin.display(boolean=True, description=_("cleared"))
    def is_cleared(self, processor: Processor) -> bool:
        return processor.is_cleared


@admin.register(Facility)
class FacilityAdmin(MaskedAdmin):
    form = FacilityForm
    list_display = ("name", "country", "operator", "certificate", "valid_until", "is_in_order", "checked_on")
    list_select_related = ("operator",)

    @admin.display(boolean=True, description=_("valid"))
    def is_in_order(self, facility: Facility) -> bool:
        return facility.is_in_order


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "processor", "purpose", "reference", "result")
    list_filter = ("processor", "purpose", "result")
    list_select_related = ("processor",)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("seq", "time", "action", "object_ref", "actor_ref")
    list_filter = ("action",)
    ordering = ("-seq",)
    search_fields = ("object_ref", "subject_ref")


@admin.register(PurgeRun)
class PurgeRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "what", "as_of", "found", "erased", "status")
    list_filter = ("status",)

    @admin.display(description=_("rule"), ordering="rule")
    def what(self, run: PurgeRun) -> str:
        data = declaration(apps.get_model(run.rule))
        return capfirst(str(data.title)) if data else run.rule


@admin.register(LegalHold)
class LegalHoldAdmin(MaskedAdmin):
    """Set and released, never changed or deleted: it is the proof of why something was kept."""

    list_display = ("id", "authority", "case", "set_at", "review_on", "is_in_time", "released_at")
    list_filter = (("released_at", admin.EmptyFieldListFilter),)
    fields = (
        "subject",
        "content_type",
        "object_id",
        "authority",
        "case",
        "may_be_told",
        "review_on",
        "released_at",
    )
    raw_id_fields = ("subject",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What may change afterwards: when it is looked at again, and its end."""
        return ("released_at",) if obj is None else self.fields[:6]

    @admin.display(boolean=True, description=_("looked at in time"))
    def is_in_time(self, hold: LegalHold) -> bool:
        return not hold.is_review_due

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        deed = holds.change if change else holds.begin
        deed(obj, actor=request.user)


@admin.register(Mention)
class MentionAdmin(ReadOnlyAdmin):
    """Texts of other people in which somebody may be named who was erased."""

    list_display = ("found_at", "request", "content_type", "object_id", "column", "decided_at")
    list_filter = (("decided_at", admin.EmptyFieldListFilter),)
    list_select_related = ("request", "content_type")
    actions = ("redact", "dismiss")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.change_mention")

    @admin.action(description=_("Take the whole text out"), permissions=["decide"])
    def redact(self, request: HttpRequest, queryset: Any) -> None:
        for mention in queryset.open():
            mentions.redact(mention, actor=request.user)

    @admin.action(description=_("It speaks of somebody else"), permissions=["decide"])
    def dismiss(self, request: HttpRequest, queryset: Any) -> None:
        for mention in queryset.open():
            mentions.dismiss(mention, actor=request.user)


class PolicyTextInline(admin.StackedInline):
    model = PolicyText
    fields = ("language", "text", "summary")
    extra = 1

    def _is_draft(self, version: Any) -> bool:
        return version is None or version.published_at is None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_draft(obj) and super().has_delete_permission(request, obj)


@admin.register(PolicyVersion)
class PolicyVersionAdmin(admin.ModelAdmin):
    """A draft is written, compared with what holds, and published; after that it can only be read."""

    list_display = ("__str__", "is_material", "published_at", "effective_at")
    list_filter = ("kind",)
    form = PolicyForm
    fields = ("kind", "number", "is_material", "affects", "effective_at", "published_at", "what_changes")
    readonly_fields = ("published_at", "what_changes")
    inlines = (PolicyTextInline,)
    actions = ("publish",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or obj.published_at is None) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and obj.published_at is None and super().has_delete_permission(request, obj)

    @admin.display(description=_("What changes"))
    def what_changes(self, version: PolicyVersion) -> str:
        """In each language, against the version before."""
        before = version.previous if version.pk else None
        shown = []
        for text in version.texts.all() if version.pk else ():
            old = before.text_in(text.language) if before else None
            paragraphs = differences.between(old.text if old else "", text.text)
            shown.append(render_to_string("privacy/_changes.html", {"paragraphs": paragraphs}))
        return mark_safe("<hr>".join(shown))  # noqa: S308

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: Any) -> None:
        for version in queryset:
            try:
                policies.publish(version, actor=request.user)
            except policies.NotPublishable as problem:
                self.message_user(request, f"{version}: {problem}", messages.ERROR)
