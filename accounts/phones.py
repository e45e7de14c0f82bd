"""Phone numbers as people type them, and as the shop keeps them (E.164)."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def read_phone(typed: str, country: str) -> str:
    """Read as a number of the country where it has no country code; nothing typed is nothing known."""
    if not typed:
        return ""
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not _can_be_dialled_from_abroad(number):
        raise ValidationError(_("Please check the number; the country code helps: +49 …"), code="phone")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _can_be_dialled_from_abroad(number: phonenumbers.PhoneNumber) -> bool:
    """`is_possible_number` also accepts what only works within one town, such as 12."""
    return bool(
        phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    )
