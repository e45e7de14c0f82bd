"""The admin's share: lists show masks, and the log of changes names columns, never their content."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import audit, differences, policies, requests
from .fields import EncryptedField
from .models import (
    AuditEvent,
    DataSubject,
    Disclosure,
    LegalHold,
    PolicyText,
    PolicyVersion,
    PrivacyRequest,
    Processor,
    PurgeRun,
)
from .registry import Personal, declared_field, show
from .request_forms import DeedForm


class MaskedAdmin(admin.ModelAdmin):
    """The base for every model with personal data. What is declared personal is masked in lists."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [masked(self.model, name) for name in super().get_list_display(request)]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Headed by what it lists; Django's "Select … to view" reads badly with names of several words."""
        heading = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, heading | (extra_context or {}))

    def get_list_select_related(self, request: HttpRequest) -> Any:
        """Decrypting a list must not cost a query for each row."""
        related = super().get_list_select_related(request)
        fields = self.model._meta.fields
        if related is True or not any(isinstance(field, EncryptedField) for field in fields):
            return related
        if related is False:  # Django would follow the relations it shows
            related = [
                field.name for field in fields if field.is_relation and field.name in self.list_display
            ]
        return (*related, "subject__key")

    def formfield_for_dbfield(self, db_field: models.Field, request: Any, **kwargs: Any) -> Any:
        """An encrypted field gets the widget of the field it wraps."""
        inner = db_field.inner if isinstance(db_field, EncryptedField) else db_field
        return super().formfield_for_dbfield(inner, request, **kwargs)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        changes: list[dict[str, Any]] = super().construct_change_message(request, form, formsets, add)
        for change in changes:
            for details in change.values():
                if "object" in details:
                    details["object"] = "•••"
        return changes


def masked(model: type[models.Model], name: Any) -> Any:
    """A column of a list; a function that masks it, if it is personal and not shown as it is."""
    declared = declared_field(model, name) if isinstance(name, str) else None
    if not isinstance(declared, Personal) or declared.mask is show:
        return name
    mask = declared.mask

    @admin.display(description=str(declared.label))
    def column(row: models.Model) -> str:
        return mask(getattr(row, name))

    column.__name__ = name
    return column


class ReadOnlyAdmin(MaskedAdmin):
    """To look at. Such rows are written by use-cases alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
    list_display = ("started_at", "rule", "as_of", "found", "erased", "status")
    list_filter = ("status", "rule")


@admin.register(LegalHold)
class LegalHoldAdmin(MaskedAdmin):
    """Set and released, never changed or deleted: it is the proof of why something was kept."""

    list_display = ("id", "authority", "case", "set_at", "review_on", "released_at")
    list_filter = ("released_at",)
    fields = ("subject", "content_type", "object_id", "authority", "case", "review_on", "released_at")
    raw_id_fields = ("subject",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What may change afterwards: when it is looked at again, and its end."""
        return ("released_at",) if obj is None else self.fields[:5]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        deed = "released" if obj.released_at else "reviewed" if change else "set"
        audit.record(f"hold.{deed}", actor=request.user, subject=obj.subject, obj=obj)


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
    fields = ("kind", "number", "is_material", "effective_at", "published_at", "what_changes")
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


@admin.register(PrivacyRequest)
class PrivacyRequestAdmin(MaskedAdmin):
    """The work list: what is due first stands first, what is settled last."""

    form = DeedForm
    list_display = ("reference", "kind", "status", "answer_by", "legal_limit_on", "source")
    list_filter = ("status", "kind", "source")
    search_fields = ("reference",)
    readonly_fields = (
        "reference",
        "subject",
        "kind",
        "status",
        "source",
        "received_at",
        "due_on",
        "legal_limit_on",
        "extended_at",
        "start_at",
        "completed_at",
        "reason",
        "duplicate_of",
    )
    fields = (*readonly_fields, "deed", "why")
    ordering = (
        models.Case(models.When(status__in=PrivacyRequest.SETTLED, then=1), default=0).asc(),
        "due_on",
    )

    @admin.display(description=_("to be answered by"), ordering="due_on")
    def answer_by(self, request: PrivacyRequest) -> str:
        """In words as well, so that nobody needs to tell red from black."""
        day = date_format(request.due_on)
        return (
            format_html('<strong class="overdue">{}: {}</strong>', day, _("overdue"))
            if request.is_overdue
            else day
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if self.has_change_permission(request, obj) else self.readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_open)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """By the use-case of each decision: it tells the person and writes the event."""
        deed, why = form.cleaned_data["deed"], form.cleaned_data["why"]
        if deed == "extend":
            requests.extend(obj, reason=PrivacyRequest.Reason(why), actor=request.user)
        elif deed == "refuse":
            requests.refuse(obj, reason=PrivacyRequest.Reason(why), actor=request.user)
        elif deed == "complete":
            requests.complete(obj, actor=request.user)
        else:
            requests.verify(obj, actor=request.user)
