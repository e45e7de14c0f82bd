"""What the shop would do only with a person's consent: the register of optional uses.

Empty unless code registers one, beside the code that does it:

    optional.register(Purpose.ANALYTICS, _("We count how often each page is opened, never by whom."))

Nobody is asked anything while it is empty. Marketing is not here: it is agreed to by channel.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.translation import gettext, override

from .purposes import Purpose

PURPOSES = (Purpose.PREFERENCES, Purpose.RECOMMENDATION, Purpose.ANALYTICS)


class NotOptional(ValueError):
    """This purpose is not one that browsers are asked about."""


@dataclass(frozen=True)
class Use:
    """One purpose, with the sentence people agree to."""

    purpose: Purpose
    sentence: str | Promise

    @property
    def wording(self) -> str:
        """The words of the question, as the page shows them in its language."""
        return gettext("%(purpose)s: %(sentence)s") % {
            "purpose": self.purpose.label,
            "sentence": self.sentence,
        }


_uses: dict[Purpose, Use] = {}


def register(purpose: Purpose, sentence: str | Promise = "") -> None:
    if purpose not in PURPOSES:
        raise NotOptional(purpose)
    _uses[purpose] = Use(purpose, sentence or purpose.terms.sentence)


def uses() -> list[Use]:
    return [_uses[purpose] for purpose in PURPOSES if purpose in _uses]


def version() -> str:
    """Changes with the questions: who answered other ones is asked again."""
    with override("en"):
        return sha256("\n".join(use.wording for use in uses()).encode()).hexdigest()[:12]
