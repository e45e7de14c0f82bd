"""Who looked at whose data, for those who judge it; and the cases against colleagues."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.exceptions import NotRegistered
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shop.states import InvalidTransition

from . import access, violations
from .access_forms import GlassForm
from .masked_admin import MaskedAdmin, ReadOnlyAdmin
from .models import AccessGrant, StaffViolation
from .telling import contact_of

Outcome, Sanction = AccessGrant.Outcome, StaffViolation.Sanction
OWN = _("What you did yourself is judged by somebody else.")


@admin.register(AccessGrant)
class AccessGrantAdmin(ReadOnlyAdmin):
    """What is to be judged stands first."""

    list_display = ("granted_at", "role", "kind", "purpose", "reference", "reason", "reviewed_at", "outcome")
    list_filter = ("kind", "outcome", ("reviewed_at", admin.EmptyFieldListFilter))
    search_fields = ("=reference",)
    ordering = (
        models.Case(models.When(kind="break_glass", reviewed_at=None, then=0), default=1).asc(),
        "-granted_at",
    )
    actions = ("in_order", "not_in_order")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.open_view))
        return [
            path("open/<str:label>/<str:key>/", view, name="privacy_accessgrant_open"),
            *super().get_urls(),
        ]

    def open_view(self, request: HttpRequest, label: str, key: str) -> HttpResponse:
        """Opens a row with a reason, for whoever may see its list; or asks again for the reason."""
        rows = self._admin_of(label)
        row = rows.get_object(request, key)
        if row is None or access.person_of(row) is None:
            raise Http404
        if not rows.has_view_permission(request, row):
            raise PermissionDenied
        form = GlassForm(request.POST)
        if not form.is_valid():
            return rows.glass_page(request, row, form)
        access.break_glass(request.user, row, **form.cleaned_data)
        return redirect(reverse(f"admin:{label.replace('.', '_')}_change", args=[row.pk]))

    def _admin_of(self, label: str) -> MaskedAdmin:
        try:
            found = self.admin_site.get_model_admin(apps.get_model(label))
        except (LookupError, ValueError, NotRegistered):
            raise Http404 from None
        if not isinstance(found, MaskedAdmin):
            raise Http404
        return found

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.change_accessgrant")

    @admin.action(description=Outcome.IN_ORDER.label, permissions=["review"])
    def in_order(self, request: HttpRequest, grants: QuerySet[AccessGrant]) -> None:
        self._review(request, grants, Outcome.IN_ORDER)

    @admin.action(description=Outcome.NOT_IN_ORDER.label, permissions=["review"])
    def not_in_order(self, request: HttpRequest, grants: QuerySet[AccessGrant]) -> None:
        self._review(request, grants, Outcome.NOT_IN_ORDER)

    def _review(
        self, request: HttpRequest, grants: QuerySet[AccessGrant], outcome: AccessGrant.Outcome
    ) -> None:
        for grant in grants.select_related("staff", "subject"):
            try:
                access.review(grant, outcome=outcome, actor=request.user)
            except access.OwnLook:
                self.message_user(request, OWN, messages.ERROR)


Deed = Callable[[StaffViolation, Any], None]


def _deed(name: str, label: Any, do: Deed) -> Callable[..., None]:
    """A list action that moves each case, unless it is one's own or stands elsewhere."""

    @admin.action(description=label, permissions=["decide"])
    def action(model_admin: MaskedAdmin, request: HttpRequest, cases: QuerySet[StaffViolation]) -> None:
        for case in cases.select_related("subject"):
            try:
                do(case, request.user)
            except violations.OwnCase:
                model_admin.message_user(request, OWN, messages.ERROR)
            except InvalidTransition:
                model_admin.message_user(
                    request, _("A case is looked into before it is decided."), messages.ERROR
                )

    action.__name__ = name
    return action


def _sanctioned(sanction: StaffViolation.Sanction) -> Callable[..., None]:
    label = format_lazy("{}: {}", StaffViolation.Status.UPHELD.label, sanction.label)
    return _deed(sanction, label, lambda case, actor: violations.uphold(case, sanction=sanction, actor=actor))


@admin.register(StaffViolation)
class StaffViolationAdmin(ReadOnlyAdmin):
    list_display = ("id", "colleague", "kind", "status", "sanction", "opened_at", "decided_at")
    list_select_related = ("subject",)
    list_filter = ("status", "kind")
    actions = (
        _deed(
            "investigate", _("Look into it"), lambda case, actor: violations.investigate(case, actor=actor)
        ),
        _deed("dismiss", _("Nothing was wrong"), lambda case, actor: violations.dismiss(case, actor=actor)),
        *(_sanctioned(sanction) for sanction in Sanction),
    )

    @admin.display(description=_("colleague"))
    def colleague(self, case: StaffViolation) -> str:
        """Whoever decides must know about whom."""
        contact = contact_of(case.subject)
        return contact.email if contact else "–"

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.change_staffviolation")
