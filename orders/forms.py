"""What shoppers type, checked at the edge."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.address import PostalForm
from accounts.phones import read_phone
from orders.checkout import Contact
from orders.models import Order
from orders.models.carts import MOST_PIECES
from orders.prefilling import Known
from orders.shipping import Offer
from privacy.card_numbers import refuse_card_number
from shop.catalogue.models import Variant


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


class OrderContactForm(forms.Form):
    """How the buyer of an order is reached, to be put right."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean_phone(self) -> str:
        return read_phone(self.cleaned_data["phone"], self.country)


class OrderSearchForm(forms.Form):
    """What somebody looks for among their orders. What makes no sense finds everything."""

    q = forms.CharField(label=_("Number, product or SKU"), required=False, max_length=100)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Order.Status.choices]
    )

    @property
    def words(self) -> str:
        return self._clean("q")

    @property
    def state(self) -> str:
        return self._clean("status")

    def _clean(self, name: str) -> str:
        self.full_clean()
        return str(self.cleaned_data.get(name, "")).strip()


class CheckoutForm(PostalForm):
    """Contact, address as the destination writes it, delivery and a note. `country` is the market's.

    Of whoever is signed in something is known: it stands in the fields, and the address can be saved.
    """

    def __init__(
        self, *args: Any, country: str, offers: Sequence[Offer], known: Known | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, country=country, initial=known.initial if known else None, **kwargs)
        self.known = known
        self.offers = {offer.method.code: offer for offer in offers}
        self.fields["email"] = forms.EmailField(
            label=_("E-mail"),
            max_length=254,
            help_text=_("For the confirmation and news about this order; nothing else."),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )
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
        if known:
            self.fields["save_address"] = forms.BooleanField(
                label=_("Save this address in my account"), required=False
            )
        self.order_fields(["email"])

    @property
    def delivery_choices(self) -> list[tuple[Any, Offer]]:
        """Each radio button with what it offers."""
        return list(zip(self["delivery"], self.offers.values(), strict=True))

    @property
    def offer(self) -> Offer:
        return self.offers[self.cleaned_data["delivery"]]

    @property
    def contact(self) -> Contact:
        names = {field.name for field in fields(Contact)}
        return Contact(**{name: value for name, value in self.cleaned_data.items() if name in names})

    @property
    def wants_address_saved(self) -> bool:
        return bool(self.cleaned_data.get("save_address"))

    def clean_phone(self) -> str:
        return read_phone(self.cleaned_data["phone"], self.country)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        offer = self.offers.get(cleaned.get("delivery", ""))
        if offer and offer.method.needs_phone:
            self._demand_phone(cleaned)
        elif offer:
            cleaned["phone"] = ""  # nobody rings, so the number is not kept
        return cleaned

    def _demand_phone(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("This carrier needs a phone number to deliver."))


def _phone_field() -> forms.Field:
    return forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=32,
        help_text=_("Only if the chosen carrier needs it; nobody else gets it."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
