"""How the desk does: answer times and satisfaction of the last weeks, of all tickets together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import mean, median

from django.utils import timezone

from support import service_level
from support.models import Holiday, Ticket
from support.service_level import Hours

DAYS = 30
# Fewer would show how a single customer rated, or how fast a single agent was.
AT_LEAST = 5


@dataclass(frozen=True)
class Figures:
    """None where there are too few to tell."""

    answered: int
    median_hours: float | None
    in_time: int | None
    rated: int
    rating: float | None


def of_last_days(days: int = DAYS) -> Figures:
    since = timezone.now() - timedelta(days=days)
    waits, in_time = _waits(since)
    rated = Ticket.objects.filter(rated_at__gte=since, rating__isnull=False)
    ratings = [rating for rating in rated.values_list("rating", flat=True) if rating]
    return Figures(
        answered=len(waits),
        median_hours=round(median(waits), 1) if len(waits) >= AT_LEAST else None,
        in_time=round(100 * mean(in_time)) if len(waits) >= AT_LEAST else None,
        rated=len(ratings),
        rating=round(mean(ratings), 1) if len(ratings) >= AT_LEAST else None,
    )


def _waits(since: datetime) -> tuple[list[float], list[bool]]:
    """In hours of open time, and whether that was within the target."""
    answered = Ticket.objects.filter(first_answered_at__gte=since)
    rows = answered.values_list("opened_at", "first_answered_at", "category", "priority")
    level = service_level.current()
    holidays = _holidays(min((asked for asked, *_rest in rows), default=since))
    waits, in_time = [], []
    for asked, answered_at, category, priority in rows:
        wait = business_time(asked, answered_at or asked, level.hours, holidays)
        waits.append(wait / timedelta(hours=1))
        in_time.append(wait <= level.target(category, priority))
    return waits, in_time


def _holidays(since: datetime) -> set[date]:
    rows = Holiday.objects.filter(day__gte=since.date() - timedelta(days=1))
    return set(rows.values_list("day", flat=True))


def business_time(start: datetime, end: datetime, hours: Hours, holidays: Collection[date] = ()) -> timedelta:
    """How much open time lies between two moments."""
    day, last = start.astimezone(hours.zone).date(), end.astimezone(hours.zone).date()
    passed = timedelta()
    while day <= last:
        span = None if day in holidays else hours.on(day)
        if span:
            passed += max(min(span[1], end) - max(span[0], start), timedelta())
        day += timedelta(days=1)
    return passed
