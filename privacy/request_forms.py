"""What is asked of somebody who uses their rights."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import requests
from .models import PrivacyRequest

CODE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})


class AskForm(forms.Form):
    kind = forms.ChoiceField(label=_("What you ask for"), choices=PrivacyRequest.Kind)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The address you gave us, with an order or a question. We send a code to it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ProveForm(AskForm):
    """What was typed before comes along unseen: it is kept nowhere, and stands in no address."""

    code = forms.CharField(label=_("Code from the mail"), max_length=12, widget=CODE)
    fact = forms.CharField(
        label=_("The number of one of your orders, or the postcode it went to"),
        help_text=_("Only you know it. Without it a colleague has to look at your request first."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in ("kind", "email"):
            self.fields[name].widget = forms.HiddenInput()


class LookUpForm(forms.Form):
    token = forms.CharField(
        label=_("Reference and code"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class DeleteForm(forms.Form):
    when = forms.ChoiceField(
        label=_("When"),
        choices=[
            ("later", _("In seven days; until then you may change your mind")),
            ("now", _("Now; there is no way back")),
        ],
    )
    is_sure = forms.BooleanField(label=_("Yes, delete what you need not keep"))


class DeedForm(forms.ModelForm):
    """What staff decide of a request. Words to the person are chosen, not written."""

    deed = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("", "—"),  # nothing is decided by pressing Save too early
            ("verify", _("We are sure who asks")),
            ("complete", _("It is done: tell the person")),
            ("extend", _("It takes longer: tell the person why")),
            ("refuse", _("Refuse it: tell the person why")),
        ],
    )
    why = forms.ChoiceField(
        label=_("Reason"), choices=[("", "—"), *PrivacyRequest.Reason.choices], required=False
    )

    class Meta:
        model = PrivacyRequest
        fields: list[str] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        deed = cleaned.get("deed", "")
        if deed in ("extend", "refuse") and not cleaned.get("why"):
            self.add_error("why", _("Say why."))
        elif deed == "extend" and requests.extended_limit(self.instance) is None:
            self.add_error("deed", _("It cannot be extended, or not any more."))
        elif deed in LEADS_TO and not self.instance.can_advance(LEADS_TO[deed]):
            self.add_error("deed", _("It is too late for that, or too early."))
        return cleaned


LEADS_TO = {
    "verify": PrivacyRequest.Status.VERIFIED,
    "complete": PrivacyRequest.Status.COMPLETED,
    "refuse": PrivacyRequest.Status.REFUSED,
}
