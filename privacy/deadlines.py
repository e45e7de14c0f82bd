"""By when a request is answered: the law of where somebody lives, and the shop's own word, which is shorter.

The laws are in `deadlines.toml`, each with its source and the day it was looked up. Public holidays are not
counted, so that a day is rather too early than too late.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import laws
from .laws import Law
from .models import PrivacyRequest

OWN_TARGET = timedelta(days=15)
CHILDRENS_TARGET = timedelta(days=3)
SATURDAY = 5


@dataclass(frozen=True)
class Deadline:
    """What one law says."""

    name: str
    countries: tuple[str, ...]
    law: str
    source: str
    confidence: str
    checked_on: date | None = None  # None until somebody has read the source
    kinds: tuple[str, ...] = ()  # for these requests alone, before what holds for all of a country
    note: str = ""
    acknowledge_working_days: int = 0  # every request is acknowledged at once: `requests.receive`
    months: int = 0
    days: int = 0
    working_days: int = 0
    extension_months: int = 0
    extension_days: int = 0

    def limit(self, received_on: date) -> date:
        if self.working_days:
            return _after_working_days(received_on, self.working_days)
        return _working_day(received_on + relativedelta(months=self.months, days=self.days))

    def extended(self, received_on: date) -> date | None:
        """The last day with an extension; None where the law knows none."""
        if not (self.extension_months or self.extension_days):
            return None
        months, days = self.months + self.extension_months, self.days + self.extension_days
        return _working_day(received_on + relativedelta(months=months, days=days))


@cache
def deadlines() -> tuple[Deadline, ...]:
    content = tomllib.loads(Path(__file__).with_name("deadlines.toml").read_text(encoding="utf-8"))
    return tuple(_deadline(name, entry) for name, entry in content.items())


def of(country: str, kind: str = "") -> Deadline:
    """The law of a country for a kind of request; for all others the one that leaves the least time."""
    here = [one for one in deadlines() if country in one.countries and (not one.kinds or kind in one.kinds)]
    if here:
        return max(here, key=lambda one: bool(one.kinds))
    return min(deadlines(), key=lambda one: one.limit(date(2026, 1, 1)))


def answer_by(received_on: date, country: str, kind: str = "") -> date:
    """The shop's own target, or the law where it is quicker."""
    target = CHILDRENS_TARGET if kind == PrivacyRequest.Kind.GUARDIAN else OWN_TARGET
    return min(received_on + target, of(country, kind).limit(received_on))


def next_working_day(moment: datetime) -> datetime:
    """The same time of the next day on which somebody is there."""
    return moment + (_after_working_days(moment.date(), 1) - moment.date())


def as_laws() -> Iterator[Law]:
    for one in deadlines():
        says = _("requests are answered within %(period)s") % {"period": _in_words(one)}
        yield Law(one.name, one.countries, one.law, says, one.source, one.confidence, one.checked_on)


def _in_words(one: Deadline) -> str:
    if one.months:
        return ngettext("%d month", "%d months", one.months) % one.months
    if one.days:
        return ngettext("%d day", "%d days", one.days) % one.days
    return ngettext("%d working day", "%d working days", one.working_days) % one.working_days


def _deadline(name: str, entry: dict[str, Any]) -> Deadline:
    lists = {key: tuple(entry.get(key, ())) for key in ("countries", "kinds")}
    return Deadline(name=name, **entry | lists)


def _working_day(day: date) -> date:
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def _after_working_days(day: date, count: int) -> date:
    for _number in range(count):
        day = _working_day(day + timedelta(days=1))
    return day


laws.register(as_laws)
