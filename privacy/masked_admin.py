"""What every model with personal data has in common in the admin: lists show masks, the log of changes names
columns, never their content, whoever is restricted is opened by few, and what a page shows unmasked asks for
a grant (`privacy.access`).
"""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from . import access, restriction
from .access import person_of
from .access_forms import GlassForm
from .fields import EncryptedField
from .registry import Personal, declared_field, show


class MaskedAdmin(admin.ModelAdmin):
    """The base for every model with personal data. What is declared personal is masked in lists."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [masked(self.model, name) for name in super().get_list_display(request)]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        shown = super().change_view
        row = self.get_object(request, unquote(object_id))
        return self.locked_page(request, row) or shown(request, object_id, form_url, extra_context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        shown = super().history_view
        row = self.get_object(request, unquote(object_id))
        return self.locked_page(request, row) or shown(request, object_id, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        shown = super().delete_view
        row = self.get_object(request, unquote(object_id))
        return self.locked_page(request, row) or shown(request, object_id, extra_context)

    def locked_page(self, request: HttpRequest, row: models.Model | None) -> HttpResponse | None:
        """A person whose data is restricted is looked at only by those who help with rights."""
        person = person_of(row)
        since = restriction.since(person) if person else None
        if person is None or since is None or request.user.has_perm(restriction.reader_of(person)):
            return self.sealed_page(request, row)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "since": since}
        context["title"] = capfirst(self.opts.verbose_name)
        return TemplateResponse(request, "privacy/admin/locked.html", context, status=403)

    def sealed_page(self, request: HttpRequest, row: models.Model | None) -> HttpResponse | None:
        """What is shown unmasked needs a grant; one's own data does not."""
        person, colleague = person_of(row), cast(Any, request.user)
        if row is None or person in (None, colleague.subject) or not self.reveals(request, row):
            return None
        try:
            access.open_(colleague, row)
        except access.NeedsGrant:
            return self.glass_page(request, row, GlassForm())
        return None

    def glass_page(self, request: HttpRequest, row: models.Model, form: GlassForm) -> HttpResponse:
        """Asks for a reason."""
        context = {**self.admin_site.each_context(request), "opts": self.opts, "row": row, "form": form}
        context["title"] = capfirst(self.opts.verbose_name)
        return TemplateResponse(request, "privacy/admin/sealed.html", context, status=403)

    def reveals(self, request: HttpRequest, row: models.Model) -> bool:
        """Whether the page shows them a personal column without its mask."""
        if not self.has_view_permission(request, row):
            return False
        shown = flatten_fieldsets(self.get_fieldsets(request, row))
        return any(is_masked(self.model, name) for name in shown)

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


def is_masked(model: type[models.Model], name: Any) -> bool:
    declared = declared_field(model, name) if isinstance(name, str) else None
    return isinstance(declared, Personal) and declared.mask is not show


class ReadOnlyAdmin(MaskedAdmin):
    """To look at. Such rows are written by use-cases alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
