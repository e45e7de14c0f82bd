"""A form with an address as its country writes it; the address book and the checkout ask alike."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import postal
from accounts.postal import AddressField
from privacy.card_numbers import refuse_card_number

LENGTHS = {"name": 120, "company": 120, "street": 250, "postcode": 20, "city": 120, "region": 120}


class PostalForm(forms.Form):
    """Labels, order and checks are those of the country."""

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country
        for field in postal.fields_of(country):
            self.fields[field.name] = _form_field(field)

    @property
    def address_names(self) -> list[str]:
        return [field.name for field in postal.fields_of(self.country)]

    @property
    def address_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.address_names]

    @property
    def address(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.address_names}

    @property
    def wrong_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.errors]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = {name: cleaned.get(name, "") for name in self.address_names}
        tidied = postal.tidy(self.country, typed)
        cleaned.update({name: tidied[name] for name in self.address_names})
        self._add_address_errors(tidied)
        return cleaned

    def _add_address_errors(self, address: dict[str, str]) -> None:
        for name, mistake in postal.mistakes(self.country, address).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, _in_words(name, mistake))


def _form_field(field: AddressField) -> forms.Field:
    attrs = {"autocomplete": field.autocomplete}
    if field.choices:
        choices = [("", "—"), *field.choices]
        widget = forms.Select(attrs=attrs)
        return forms.ChoiceField(
            label=str(field.label), required=field.required, choices=choices, widget=widget
        )
    is_street = field.name == "street"
    return forms.CharField(
        label=str(field.label),
        required=field.required,
        max_length=LENGTHS[field.name],
        help_text=_("For example %(example)s") % {"example": field.example} if field.example else "",
        widget=forms.Textarea(attrs=attrs | {"rows": 2}) if is_street else forms.TextInput(attrs=attrs),
        validators=[refuse_card_number],
    )


def _in_words(name: str, mistake: str) -> Any:
    if mistake == postal.REQUIRED:
        return _("This field is required.")
    if name == "postcode":
        return _("This does not look like a postcode of that country.")
    return _("Please check this.")
