"""The test cards, with the numbers Stripe publishes for them. A card's name is stored, never a number."""

from datetime import date
from enum import Enum


class Card(Enum):
    """Number, the issuer's word for a decline, and what becomes of a refund: now, late or fails."""

    PAYS = "4242424242424242", "", "now"
    DECLINED = "4000000000000002", "generic_decline", "now"
    INSUFFICIENT = "4000000000009995", "insufficient_funds", "now"
    REFUND_LATE = "4000000000007726", "", "late"
    REFUND_FAILS = "4000000000005126", "", "fails"

    def __init__(self, number: str, decline_code: str, refund: str) -> None:
        self.number = number
        self.decline_code = decline_code
        self.refund = refund

    @property
    def grouped(self) -> str:
        return " ".join(self.number[at : at + 4] for at in range(0, 16, 4))


def digits(text: str) -> str:
    return "".join(character for character in text if character not in " -/")


def card_with(number: str) -> Card | None:
    return next((card for card in Card if card.number == digits(number)), None)


def mistakes(number: str, expiry: str, cvc: str, *, today: date) -> dict[str, str]:
    """Field -> the name of the text that says what is wrong."""
    found = {
        "number": _number_mistake(digits(number)),
        "expiry": _expiry_mistake(digits(expiry), today),
        "cvc": "" if cvc.isascii() and cvc.isdigit() and len(cvc) in (3, 4) else "cvc_wrong",
    }
    return {field: mistake for field, mistake in found.items() if mistake}


def _number_mistake(number: str) -> str:
    if not (number.isascii() and number.isdigit() and 13 <= len(number) <= 19 and _luhn(number)):
        return "number_wrong"
    return "" if card_with(number) else "number_not_for_tests"


def _expiry_mistake(expiry: str, today: date) -> str:
    if not (expiry.isascii() and expiry.isdigit() and len(expiry) == 4 and 1 <= int(expiry[:2]) <= 12):
        return "expiry_wrong"
    return "expiry_past" if (2000 + int(expiry[2:]), int(expiry[:2])) < (today.year, today.month) else ""


def _luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right is doubled."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2]]
    return (sum(doubled) + sum(int(digit) for digit in number[-1::-2])) % 10 == 0
