"""What the pages of privacy ask."""

from django import forms

from privacy import optional
from privacy.purposes import Purpose


class AnswerForm(forms.Form):
    """Yes or no: to one optional use, or without a name to all there are."""

    purpose = forms.ChoiceField(choices=Purpose.choices, required=False)
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    next = forms.CharField(required=False)

    @property
    def answers(self) -> dict[Purpose, bool]:
        asked = [use.purpose for use in optional.uses()]
        one, is_accepted = self.cleaned_data["purpose"], self.cleaned_data["answer"] == "yes"
        return {purpose: is_accepted for purpose in asked if one in ("", purpose)}
