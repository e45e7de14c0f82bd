"""How old somebody must be to agree alone to what is optional, and how old to order: by where they live.

The laws are in `ages.toml`, each with its source and the day it was looked up.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from django.utils.translation import gettext as _

from . import laws
from .laws import Law
from .models import MinorCase

Bracket = MinorCase.Bracket


@dataclass(frozen=True)
class Ages:
    """What one law says."""

    name: str
    countries: tuple[str, ...]
    digital_consent_age: int
    minor_age: int
    law: str
    source: str
    confidence: str
    checked_on: date | None = None  # None until somebody has read the source

    def bracket(self, age: int) -> MinorCase.Bracket:
        if age < self.digital_consent_age:
            return Bracket.CHILD
        return Bracket.YOUTH if age < self.minor_age else Bracket.ADULT


@cache
def ages() -> tuple[Ages, ...]:
    content = tomllib.loads(Path(__file__).with_name("ages.toml").read_text(encoding="utf-8"))
    return tuple(
        Ages(name=name, **entry | {"countries": tuple(entry["countries"])}) for name, entry in content.items()
    )


def of(country: str) -> Ages:
    return next((one for one in ages() if country in one.countries), ages()[-1])


def bracket_of(born_on: date, country: str) -> MinorCase.Bracket:
    return of(country).bracket(relativedelta(timezone.localdate(), born_on).years)


def as_laws() -> Iterator[Law]:
    for one in ages():
        says = _("consent from %(consent)d years, grown up with %(grown_up)d") % {
            "consent": one.digital_consent_age,
            "grown_up": one.minor_age,
        }
        yield Law(one.name, one.countries, one.law, says, one.source, one.confidence, one.checked_on)


laws.register(as_laws)
