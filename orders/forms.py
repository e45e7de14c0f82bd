"""What shoppers type, checked at the edge."""

from collections.abc import Sequence
from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from orders import addresses
from orders.addresses import AddressField
from orders.card_numbers import refuse_card_number
from orders.checkout import Contact
from orders.models.carts import MOST_PIECES
from orders.shipping import Offer
from shop.catalogue.models import Variant

LENGTHS = {"name": 120, "company": 120, "street": 250, "postcode": 20, "city": 120, "region": 120}


class AddToCartForm(forms.Form):
    """`variants` are those on sale in the market."""

    variant = forms.ModelChoiceField(queryset=Variant.objects.none())
    quantity = forms.IntegerField(min_value=1, max_value=MOST_PIECES, required=False)

    def __init__(self, *args: Any, variants: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["variant"].queryset = variants  # type: ignore[attr-defined]

    def clean_quantity(self) -> int:
        return self.cleaned_data["quantity"] or 1


class QuantityForm(forms.Form):
    quantity = forms.IntegerField(min_value=0, max_value=MOST_PIECES)


class PostcodeForm(forms.Form):
    """The one more thing that opens the address on an order's page."""

    postcode = forms.CharField(
        label=_("Postcode of the delivery address"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )


class CheckoutForm(forms.Form):
    """Contact, address as the destination writes it, delivery and a note. `country` is the market's."""

    def __init__(self, *args: Any, country: str, offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country, self.offers = country, {offer.method.code: offer for offer in offers}
        self.fields["email"] = forms.EmailField(
            label=_("E-mail"),
            max_length=254,
            help_text=_("For the confirmation and news about this order; nothing else."),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )
        for field in addresses.fields_of(country):
            self.fields[field.name] = _address_field(field)
        if any(offer.method.needs_phone for offer in offers):
            self.fields["phone"] = _phone_field()
        self.fields["delivery"] = forms.ChoiceField(
            label=_("Delivery"),
            choices=[(code, offer.method.name) for code, offer in self.offers.items()],
            initial=next(iter(self.offers), None),
            widget=forms.RadioSelect,
        )
        self.fields["note"] = forms.CharField(
            label=_("Note to us"),
            required=False,
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 3}),
            validators=[refuse_card_number],
        )

    @property
    def address_names(self) -> list[str]:
        return [field.name for field in addresses.fields_of(self.country)]

    @property
    def address_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.address_names]

    @property
    def address(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.address_names}

    @property
    def delivery_choices(self) -> list[tuple[Any, Offer]]:
        """Each radio button with what it offers."""
        return list(zip(self["delivery"], self.offers.values(), strict=True))

    @property
    def wrong_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.errors]

    @property
    def offer(self) -> Offer:
        return self.offers[self.cleaned_data["delivery"]]

    @property
    def contact(self) -> Contact:
        return Contact(**{name: value for name, value in self.cleaned_data.items() if name != "delivery"})

    def clean_phone(self) -> str:
        """E.164, read as a number of the destination where it has no country code."""
        typed = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed, self.country)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise forms.ValidationError(_("Please check the number; the country code helps: +49 …"))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = {name: cleaned.get(name, "") for name in self.address_names}
        tidied = addresses.tidy(self.country, typed)
        cleaned.update({name: tidied[name] for name in self.address_names})
        self._add_address_errors(tidied)
        self._demand_phone(cleaned)
        return cleaned

    def _add_address_errors(self, address: dict[str, str]) -> None:
        for name, mistake in addresses.mistakes(self.country, address).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, _mistake(name, mistake))

    def _demand_phone(self, cleaned: dict[str, Any]) -> None:
        offer = self.offers.get(cleaned.get("delivery", ""))
        if offer and offer.method.needs_phone and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("This carrier needs a phone number to deliver."))


def _address_field(field: AddressField) -> forms.Field:
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


def _phone_field() -> forms.Field:
    return forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=32,
        help_text=_("Only if the chosen carrier needs it; nobody else gets it."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )


def _mistake(name: str, mistake: str) -> Any:
    if mistake == addresses.REQUIRED:
        return _("This field is required.")
    if name == "postcode":
        return _("This does not look like a postcode of that country.")
    return _("Please check this.")
