"""The guardian desk: what is to be looked at first stands first."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import guardians, minors
from .masked_admin import MaskedAdmin
from .minor_forms import DeskForm, FlagForm
from .minors import Grounds
from .models import Guardian, MinorCase
from .telling import Contact, contact_of


@admin.register(MinorCase)
class MinorCaseAdmin(MaskedAdmin):
    list_display = ("id", "status", "signal", "bracket", "look_by", "is_in_time")
    list_filter = ("status", "signal", "bracket")
    list_select_related = ("subject",)
    readonly_fields = (
        "subject",
        "status",
        "signal",
        "bracket",
        "opened_at",
        "look_by",
        "guardian_asked_at",
        "closed_at",
        "request",
        "guardian_is",
        "guardian_wishes",
    )
    ordering = (models.Case(models.When(closed_at__isnull=True, then=0), default=1).asc(), "look_by", "pk")

    @admin.display(boolean=True, description=_("in time"))
    def is_in_time(self, case: MinorCase) -> bool:
        return case.closed_at is not None or case.look_by > timezone.now()

    @admin.display(description=_("guardian"))
    def guardian_is(self, case: MinorCase) -> str:
        guardian = _guardian_of(case)
        if guardian is None:
            return "—"
        proved = _("has proved it") if guardian.verified_at else _("has not proved it yet")
        return f"{guardian.name}, {guardian.email} ({proved})"

    @admin.display(description=_("guardian's wish"))
    def guardian_wishes(self, case: MinorCase) -> str:
        guardian = _guardian_of(case)
        return str(guardian.get_wish_display()) if guardian else "—"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, form=DeskForm if change else FlagForm, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("child",)
        typed = ("deed", "grounds", "name", "email") if self.has_change_permission(request, obj) else ()
        return (*self.readonly_fields, *typed)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.closed_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        case = super().save_form(request, form, change)
        if change:
            return case
        return minors.suspect(form.cleaned_data["child"], signal=MinorCase.Signal.STAFF, actor=request.user)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """By the use-case of each decision: it tells whom it concerns and writes the event."""
        if change:
            _do(obj, form.cleaned_data, request.user)


def _do(case: MinorCase, decided: dict[str, Any], actor: Any) -> None:
    deed = decided["deed"]
    if deed == "ask":
        minors.ask(case, actor=actor)
    elif deed == "clear":
        minors.clear(case, grounds=Grounds(decided["grounds"]), actor=actor)
    elif deed == "confirm":
        minors.confirm(case, actor=actor)
    elif deed == "name":
        guardians.name(case, name=decided["name"], contact=_contact(case, decided["email"]), actor=actor)
    elif deed == "accept":
        guardians.accept(Guardian.objects.select_related("case", "subject").get(case=case), actor=actor)
    elif deed == "agree":
        guardians.agree(case, actor=actor)
    else:
        guardians.erase(case, actor=actor)


def _contact(case: MinorCase, email: str) -> Contact:
    """In the language and country of the child."""
    child = contact_of(case.subject)
    return Contact(email, child.language if child else "", child.country if child else "")


def _guardian_of(case: MinorCase) -> Guardian | None:
    return Guardian.objects.filter(case=case).select_related("subject__key").first()
