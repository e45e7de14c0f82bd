"""What people type on the pages of their account."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.address import PostalForm
from accounts.phones import read_phone
from privacy.card_numbers import refuse_card_number
from privacy.request_forms import DeleteForm
from shop.address import open_markets
from shop.catalogue.texts import country_name, language_name

FIRST_YEAR = 1900


class ContactForm(forms.Form):
    name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        help_text=_("So that we know how to address you, and for parcels you have sent to yourself."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        validators=[refuse_card_number],
    )
    phone = forms.CharField(
        label=_("Mobile phone"),
        max_length=32,
        required=False,
        help_text=_("For text messages about your orders, and for carriers that need a number to deliver."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean_phone(self) -> str:
        return read_phone(self.cleaned_data["phone"], self.country)


class AboutYouForm(forms.Form):
    """Voluntary, asked on the profile's page and nowhere else."""

    gender = forms.CharField(
        label=_("Gender"),
        max_length=40,
        required=False,
        help_text=_("In your own words. Only so that we address you as you wish; nothing else uses it."),
        widget=forms.TextInput(attrs={"autocomplete": "sex"}),
        validators=[refuse_card_number],
    )
    birth_date = forms.DateField(
        label=_("Date of birth"),
        required=False,
        help_text=_("Only if you like to tell; nothing you buy depends on it, and no page uses it yet."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )

    def clean_birth_date(self) -> date | None:
        birth_date: date | None = self.cleaned_data["birth_date"]
        if birth_date and not FIRST_YEAR <= birth_date.year <= timezone.localdate().year:
            raise forms.ValidationError(_("Please check the year."))
        if birth_date and birth_date > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return birth_date


class AddressForm(PostalForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_default"] = forms.BooleanField(
            label=_("Use this address first at the checkout"), required=False
        )


class CountryForm(forms.Form):
    """Which country's form of an address is shown."""

    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {country: country_name(country, language) for country in open_markets()}
        self.fields["country"].choices = sorted(names.items(), key=lambda item: item[1])  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """Country and language together: not every language is spoken everywhere."""

    place = forms.ChoiceField(label=_("Country and language"))

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            (f"{spoken}-{country}", f"{country_name(country, language)} – {language_name(spoken)}")
            for country, market in open_markets().items()
            for spoken in market.language_codes
        ]

    @property
    def chosen(self) -> tuple[str, str]:
        language, _dash, country = self.cleaned_data["place"].partition("-")
        return language, country


class CloseForm(DeleteForm):
    when = forms.ChoiceField(
        label=_("When"),
        choices=[
            ("later", _("In seven days; until then a link brings everything back")),
            ("now", _("Now; there is no way back")),
        ],
        initial="later",
        required=False,
        widget=forms.RadioSelect,
    )
    is_sure = forms.BooleanField(label=_("Yes, close my account and delete what you need not keep"))
