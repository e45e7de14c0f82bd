"""The work list of those who help people with their rights, and what is restricted meanwhile."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import audit, conversation, deciding, identity, rectification, requests, restriction
from .masked_admin import MaskedAdmin, ReadOnlyAdmin
from .models import PrivacyRequest, Restriction
from .rectification import Correctable
from .request_forms import DeedForm, FileForm


@admin.register(PrivacyRequest)
class PrivacyRequestAdmin(MaskedAdmin):
    """The work list: what is due first stands first, what is settled last."""

    form = DeedForm
    list_display = ("reference", "kind", "status", "answer_by", "legal_limit_on")
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
        "in_place",
        "said",
    )
    fields = (*readonly_fields, "deed", "why")
    ordering = (
        models.Case(models.When(status__in=PrivacyRequest.SETTLED, then=1), default=0).asc(),
        models.Case(models.When(kind=PrivacyRequest.Kind.GUARDIAN, then=0), default=1).asc(),
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

    @admin.display(description=_("Conversation"))
    def said(self, request: PrivacyRequest) -> str:
        page = conversation.page_of(request)
        return format_html('<a href="{}">{}</a>', page, _("Read it")) if page else "–"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if self.has_change_permission(request, obj) else self.readonly_fields

    def get_urls(self) -> list[URLPattern]:
        correct = self.admin_site.admin_view(self.correct_view)
        name = "privacy_privacyrequest_correct"
        return [path("<int:pk>/correct/", correct, name=name), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """For somebody who called or wrote. They prove by a code that they wish it; or staff is sure."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST or None)
        if form.is_valid():
            kind = PrivacyRequest.Kind(form.cleaned_data["kind"])
            if asked := identity.file(form.cleaned_data["email"], kind, actor=request.user):
                return redirect("admin:privacy_privacyrequest_change", asked.pk)
            form.add_error("email", _("Nobody is known by this address."))
        context = {**self.admin_site.each_context(request), "title": _("File a request"), "opts": self.opts}
        return TemplateResponse(request, "privacy/admin/file.html", context | {"form": form})

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the person themself could put right, put right by a colleague. Looking is written down."""
        verified = PrivacyRequest.objects.filter(kind="rectification", status="verified")
        asked = get_object_or_404(verified.select_related("subject__key"), pk=pk)
        if not self.has_change_permission(request, asked):
            raise PermissionDenied
        if locked := self.locked_page(request, asked):
            return locked
        parts = []
        for thing in rectification.correctable(asked.subject):
            form = thing.bound(request.POST if request.POST.get("part") == thing.key else None)
            if form.is_valid() and self._corrected(request, asked, thing, form):
                return redirect(request.path)
            parts.append((thing, form))
        audit.record("request.revealed", actor=request.user, subject=asked.subject, obj=asked)
        context = {**self.admin_site.each_context(request), "title": asked.reference, "opts": self.opts}
        return TemplateResponse(
            request, "privacy/admin/correct.html", context | {"asked": asked, "parts": parts}
        )

    def _corrected(self, request: HttpRequest, asked: PrivacyRequest, thing: Correctable, form: Any) -> bool:
        try:
            rectification.correct(asked, thing, form, actor=request.user)
        except rectification.TooLate:
            form.add_error(None, _("It is too late to change this here."))
            return False
        self.message_user(request, _("Corrected, and told to the person."), messages.SUCCESS)
        return True

    @admin.display(description=_("In place"))
    def in_place(self, asked: PrivacyRequest) -> str:
        if asked.kind != PrivacyRequest.Kind.RECTIFICATION or asked.status != PrivacyRequest.Status.VERIFIED:
            return "–"
        url = reverse("admin:privacy_privacyrequest_correct", args=[asked.pk])
        return format_html('<a href="{}">{}</a>', url, _("Correct it for them"))

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
            deciding.refuse(obj, reason=PrivacyRequest.Reason(why), actor=request.user)
        elif deed == "complete":
            requests.complete(obj, actor=request.user)
        else:
            deciding.verify(obj, actor=request.user)


@admin.register(Restriction)
class RestrictionAdmin(ReadOnlyAdmin):
    """What is not used at present. It ends by a word to the person first, who may say no."""

    list_display = ("id", "subject", "what", "why", "since", "lifts_at", "lifted_at")
    list_filter = ("scope", "why", ("lifted_at", admin.EmptyFieldListFilter))
    list_select_related = ("subject",)
    actions = ("announce_end",)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.change_privacyrequest")

    @admin.action(description=_("Tell the person that it ends"), permissions=["decide"])
    def announce_end(self, request: HttpRequest, limits: QuerySet[Restriction]) -> None:
        """What protects a child is ended at the guardians' desk."""
        ending = [limit for limit in limits.filter(lifts_at=None, lifted_at=None) if limit.is_own]
        for limit in ending:
            restriction.announce_end(limit, actor=request.user)
        done: Any = ngettext("%(count)d person is told.", "%(count)d people are told.", len(ending))
        self.message_user(request, done % {"count": len(ending)}, messages.SUCCESS)
