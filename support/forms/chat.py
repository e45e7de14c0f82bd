"""What people type in a chat."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy.card_numbers import refuse_card_number
from support.forms.conversation import WordsForm


class LineForm(WordsForm):
    """One thing said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs["rows"] = 3

    @property
    def said(self) -> dict[str, Any]:
        """What the use-cases are told."""
        cleaned = dict(self.cleaned_data)
        return {"files": cleaned.pop("evidence"), **cleaned}


class StartForm(LineForm):
    """Who is signed in is known already."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        strip=False,
        max_length=120,
        help_text=_("So that we know how to address you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        validators=[refuse_card_number],
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("If you want the conversation by e-mail, or an answer after you have left."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("body", "name", "email", "evidence")

    def __init__(self, *args: Any, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_known:
            del self.fields["name"], self.fields["email"]


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none())

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["to"].label_from_instance = lambda user: user.name or str(user)  # type: ignore[attr-defined]
