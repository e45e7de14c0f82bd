"""How soon people answer: counted in hours in which somebody is there, read from `service_level.toml`."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS

from support.models import Holiday, Ticket

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FURTHEST = timedelta(days=366)


class NeverOpen(ValueError):
    """In a whole year there are not as many open hours as were asked for."""


@dataclass(frozen=True)
class Hours:
    """The opening times of each weekday (Monday is 0), in the zone where the agents sit."""

    zone: ZoneInfo
    week: Mapping[int, tuple[time, time]]

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """When it opens and closes on a day, as moments; None on a day off."""
        times = self.week.get(day.weekday())
        if times is None:
            return None
        opens, closes = (datetime.combine(day, at, self.zone).astimezone(UTC) for at in times)
        return opens, closes

    @property
    def rows(self) -> list[tuple[str, time, time]]:
        """For a page: each open weekday by its name in the reader's language."""
        return [(str(WEEKDAYS[weekday]), *self.week[weekday]) for weekday in sorted(self.week)]

    @property
    def place(self) -> str:
        """Whose clock it is, for people elsewhere."""
        return self.zone.key.rpartition("/")[2].replace("_", " ")


@dataclass(frozen=True)
class ServiceLevel:
    hours: Hours
    first_answer: Mapping[str, timedelta]
    priority: Mapping[int, float]

    def target(self, category: str, priority: int = Ticket.Priority.NORMAL) -> timedelta:
        return self.first_answer[category] * self.priority[priority]


@cache
def load(path: Path) -> ServiceLevel:
    content = tomllib.loads(path.read_text())
    week = {DAYS.index(day): _times(*span) for day, span in content["hours"].items()}
    priorities = {Ticket.Priority[name.upper()].value: factor for name, factor in content["priority"].items()}
    return ServiceLevel(
        hours=Hours(zone=ZoneInfo(content["timezone"]), week=week),
        first_answer={
            category: timedelta(hours=content["first_answer"][category])
            for category in Ticket.Category.values
        },
        priority=priorities,
    )


def _times(opens: str, closes: str) -> tuple[time, time]:
    return time.fromisoformat(opens), time.fromisoformat(closes)


def current() -> ServiceLevel:
    return load(settings.SERVICE_LEVEL)


def due_at(ticket: Ticket) -> datetime:
    """When a question asked now is answered at the latest."""
    return answer_by(ticket.category, ticket.priority)


def answer_by(category: str, priority: int = Ticket.Priority.NORMAL) -> datetime:
    return _answers_by([category], priority)[category]


def usual_answers() -> dict[str, datetime]:
    """For each category: by when a question that is asked now is answered."""
    return _answers_by(Ticket.Category.values, Ticket.Priority.NORMAL)


def _answers_by(categories: Collection[str], priority: int) -> dict[str, datetime]:
    now, level = timezone.now(), current()
    today = timezone.localdate(now, level.hours.zone)
    holidays = set(Holiday.objects.filter(day__gte=today).values_list("day", flat=True))
    return {
        category: add_business_time(now, level.target(category, priority), level.hours, holidays)
        for category in categories
    }


def add_business_time(
    start: datetime, length: timedelta, hours: Hours, holidays: Collection[date] = ()
) -> datetime:
    """The moment at which `length` of open time has passed since `start`."""
    left = length
    for opens, closes in _open_spans(start, hours, holidays):
        if opens + left <= closes:
            return opens + left
        left -= closes - opens
    raise NeverOpen(f"{length} of open time within {FURTHEST.days} days of {start:%Y-%m-%d}")


def _open_spans(
    start: datetime, hours: Hours, holidays: Collection[date]
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of today, then day by day. Lengths are those of the clock on the wall's moments (UTC)."""
    start = start.astimezone(UTC)
    first = start.astimezone(hours.zone).date()
    for offset in range(FURTHEST.days):
        day = first + timedelta(days=offset)
        span = None if day in holidays else hours.on(day)
        if span and span[1] > start:
            yield max(span[0], start), span[1]


def is_open_now() -> bool:
    """Whether somebody should be there at this moment."""
    now, hours = timezone.now(), current().hours
    today = timezone.localdate(now, hours.zone)
    span = hours.on(today)
    return bool(span and span[0] <= now < span[1] and not Holiday.objects.filter(day=today).exists())
