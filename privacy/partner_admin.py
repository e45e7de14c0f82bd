"""What partners answer when they are told to delete something: noted by staff, shown to the person."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import partner_notices
from .masked_admin import MaskedAdmin
from .models import ErasureNotice


class AnswerForm(forms.ModelForm):
    """Words to the person are chosen, not written."""

    answer = forms.ChoiceField(
        label=_("The partner's answer"),
        choices=[
            ("", "—"),  # nothing is decided by pressing Save too early
            ("done", _("It has deleted everything")),
            ("kept", _("It keeps some of it")),
        ],
    )
    why = forms.ChoiceField(
        label=_("Reason"), choices=[("", "—"), *ErasureNotice.Reason.choices], required=False
    )
    until = forms.DateField(
        label=_("Kept until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = ErasureNotice
        fields: list[str] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == "kept" and not cleaned.get("why"):
            self.add_error("why", _("Say why."))
        return cleaned


@admin.register(ErasureNotice)
class ErasureNoticeAdmin(MaskedAdmin):
    """The work list of what partners have not answered yet."""

    form = AnswerForm
    list_display = ("id", "processor", "status", "has_address", "sent_at", "reminders", "kept_until")
    list_filter = ("status", "processor")
    list_select_related = ("processor",)
    readonly_fields = (
        "processor",
        "request",
        "references",
        "status",
        "sent_at",
        "reminders",
        "reason",
        "kept_until",
        "settled_at",
    )
    fields = (*readonly_fields, "answer", "why", "until")

    @admin.display(boolean=True, description=_("can be told"))
    def has_address(self, notice: ErasureNotice) -> bool:
        return bool(notice.processor.privacy_email)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if self.has_change_permission(request, obj) else self.readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        answered = obj is not None and obj.status in (ErasureNotice.Status.DONE, ErasureNotice.Status.KEPT)
        return super().has_change_permission(request, obj) and not answered

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        answer = form.cleaned_data
        if answer["answer"] == "done":
            partner_notices.answered_done(obj, actor=request.user)
        else:
            partner_notices.answered_kept(
                obj,
                reason=ErasureNotice.Reason(answer["why"]),
                until=answer["until"],
                actor=request.user,
            )
