"""What the pages of privacy ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy import optional
from privacy.models import Facility, PolicyVersion
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


class PolicyForm(forms.ModelForm):
    affects = forms.MultipleChoiceField(
        label=_("Uses it changes that people agreed to"),
        help_text=_("Whoever agreed before is asked again; until then the answer counts as no."),
        choices=[(purpose.value, purpose.label) for purpose in Purpose if purpose.terms.refusable],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = PolicyVersion
        fields = ("kind", "number", "is_material", "affects", "effective_at")


class FacilityForm(forms.ModelForm):
    stores = forms.MultipleChoiceField(
        label=_("What lies there"), choices=Facility.Store, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Facility
        fields = (
            "name",
            "stores",
            "country",
            "region",
            "operator",
            "certificate",
            "certificate_number",
            "valid_from",
            "valid_until",
            "checked_on",
        )
