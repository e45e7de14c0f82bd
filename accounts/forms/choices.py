"""What a person wishes to hear, as typed and ticked."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.preferences import Choice


class AddressOnlyForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).casefold()


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        """As it is typed from a small screen, with a space or two."""
        return "".join(str(self.cleaned_data["code"]).split())


class PreferencesForm(forms.Form):
    """The boxes that are ticked. `nothing` is the button that leaves only what is needed."""

    wanted = forms.MultipleChoiceField(required=False)
    nothing = forms.BooleanField(required=False)

    def __init__(self, *args: Any, choices: Iterable[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = [(choice.name, "") for choice in choices]  # type: ignore[attr-defined]

    @property
    def names(self) -> list[str]:
        return [] if self.cleaned_data["nothing"] else self.cleaned_data["wanted"]
