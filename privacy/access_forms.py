"""What a colleague is asked who wants to read what their work does not open."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .access import SHORTEST_REASON
from .purposes import Purpose


class GlassForm(forms.Form):
    purpose = forms.TypedChoiceField(label=_("What for"), choices=Purpose.choices, coerce=Purpose)
    reason = forms.CharField(
        label=_("Why you need it"),
        min_length=SHORTEST_REASON,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
