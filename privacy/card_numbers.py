"""A card number has no place in this shop: free text that contains one is refused."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# 13 to 19 digits, perhaps in groups; part of a longer run of digits is something else.
CANDIDATE = re.compile(r"(?<!\d)(?:\d[ .\-]?){12,18}\d(?!\d)")


def contains_card_number(text: str) -> bool:
    candidates = (re.sub(r"\D", "", match.group()) for match in CANDIDATE.finditer(text))
    return any(_passes_luhn(digits) for digits in candidates)


def refuse_card_number(text: str) -> None:
    """A form validator for every field a shopper writes freely in."""
    if contains_card_number(text):
        raise ValidationError(
            _("This looks like a card number. Please take it out: you pay on our payment partner's page."),
            code="card_number",
        )


def _passes_luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right is doubled."""
    if not any(digit != "0" for digit in digits):
        return False
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(int(digit) for digit in digits[::-2])) % 10 == 0
