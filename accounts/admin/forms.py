from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.events import Event


class PreviewForm(forms.Form):
    """Which language, and which row; without a name the one that was told last."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)
    reference = forms.CharField(
        label=_("Number"), max_length=40, required=False, help_text=_("Empty: what was told last")
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if event.find is None:
            self.fields["reference"].widget = forms.HiddenInput()

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or settings.LANGUAGE_CODE
