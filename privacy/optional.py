"""What the shop would do only with a person's consent: the register of optional uses.

Empty unless code registers one, beside the code that does it:

    optional.register(Purpose.ANALYTICS, _("We count how often each page is opened, never by whom."))

Nobody is asked anything while it is empty. Marketing is not here: it is agreed to by channel.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, override

from .models import PolicyVersion
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
    """Changes with the questions, and with what the policies say of them: who answered other ones is asked
    again.
    """
    with override("en"):
        asked = [use.wording for use in uses()] + (_changes() if uses() else [])
        return sha256("\n".join(asked).encode()).hexdigest()[:12]


def _changes() -> list[str]:
    """The versions of policies that end what was agreed to before; looked up once a minute."""
    return cache.get_or_set("optional.changes", _look_up_changes, timeout=60) or []


def _look_up_changes() -> list[str]:
    versions = PolicyVersion.objects.begun(timezone.now()).filter(is_material=True).order_by("pk")
    return [str(version.pk) for version in versions if set(version.affects) & set(PURPOSES)]
