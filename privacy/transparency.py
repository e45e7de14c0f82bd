"""What everybody may know of how the shop keeps its word: counted when the page is opened, not written."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .data_map import period
from .models import AuditEvent, PrivacyRequest, SafetyCheck
from .purposes import Purpose
from .registry import declarations

HALF_YEARS = 4
Kind, Status = PrivacyRequest.Kind, PrivacyRequest.Status

ANSWERED = Q(status__in=(Status.COMPLETED, Status.COMPLETED_WITH_RETENTION, Status.REFUSED))
IN_TIME = Q(completed_at__date__lte=F("due_on"))
COUNTS = {
    "received": Count("pk"),
    "in_time": Count("pk", filter=ANSWERED & IN_TIME),
    "late": Count("pk", filter=ANSWERED & ~IN_TIME),
    "refused": Count("pk", filter=Q(status=Status.REFUSED)),
    "given_up": Count("pk", filter=Q(status__in=(Status.WITHDRAWN, Status.IDENTITY_FAILED))),
    "under_way": Count("pk", filter=~Q(status__in=PrivacyRequest.SETTLED)),
}
# What is done by the clock, and after how long without it something is wrong; a nightly one may fail once.
AT_LEAST_EVERY = {
    SafetyCheck.Kind.BACKUP: timedelta(days=2),
    SafetyCheck.Kind.DRILL: timedelta(days=35),
    SafetyCheck.Kind.AUDIT: timedelta(days=2),
}


@dataclass(frozen=True)
class HalfYear:
    """What was asked in six months, by right."""

    year: int
    is_second: bool
    rows: list[dict[str, Any]]

    @property
    def name(self) -> str:
        words = _("July to December %(year)s") if self.is_second else _("January to June %(year)s")
        return words % {"year": self.year}


@dataclass(frozen=True)
class Safety:
    """One of the things that show that the house is safe."""

    label: str | Promise
    last: SafetyCheck | None
    every: timedelta
    opened_at: datetime

    @property
    def is_good(self) -> bool:
        return self.last is not None and self.last.has_passed and not self._is_overdue

    @property
    def is_bad(self) -> bool:
        """A shop that opened yesterday is not late with what is due once a month."""
        return self._is_overdue or (self.last is not None and not self.last.has_passed)

    @property
    def _is_overdue(self) -> bool:
        since = self.last.at if self.last else self.opened_at
        return since < timezone.now() - self.every

    @property
    def state(self) -> str | Promise:
        if self.last is None:
            return gettext_lazy("Never yet") if self.is_bad else gettext_lazy("Not due yet")
        if not self.last.has_passed:
            return gettext_lazy("Failed")
        return gettext_lazy("In order") if self.is_good else gettext_lazy("Too long ago")


def half_years() -> list[HalfYear]:
    """The last ones, the newest first. Who asked for the same twice counts once."""
    asked = PrivacyRequest.objects.exclude(status=Status.DUPLICATE).filter(received_at__date__gte=_since())
    months = asked.annotate(year=ExtractYear("received_at"), month=ExtractMonth("received_at"))
    found: dict[tuple[int, bool], dict[str, dict[str, Any]]] = {}
    counts: Any = months.values("year", "month", "kind").annotate(**COUNTS)
    for counted in counts:
        half = found.setdefault((counted["year"], counted["month"] > 6), {})
        row = half.setdefault(counted["kind"], dict.fromkeys(COUNTS, 0))
        for name in COUNTS:
            row[name] += counted[name]
    return [
        HalfYear(year, is_second, [{"right": kind.label, **half[kind]} for kind in Kind if kind in half])
        for (year, is_second), half in sorted(found.items(), reverse=True)
    ]


def _since() -> date:
    """The first day of the oldest half-year that is shown."""
    today = timezone.localdate()
    halves = 2 * today.year + (today.month > 6) - (HALF_YEARS - 1)
    return date(halves // 2, 7 if halves % 2 else 1, 1)


def overdue() -> int:
    return PrivacyRequest.objects.open().filter(due_on__lt=timezone.localdate()).count()


def safety() -> list[Safety]:
    first = AuditEvent.objects.order_by("seq").first()
    opened_at = first.time if first else timezone.now()
    return [
        Safety(kind.label, SafetyCheck.objects.last(kind), every, opened_at)
        for kind, every in AT_LEAST_EVERY.items()
    ]


def kept() -> dict[Purpose, list[tuple[str, str]]]:
    """What the shop keeps and for how long, by what it is kept for."""
    table: dict[Purpose, list[tuple[str, str]]] = {}
    for data in declarations():
        if data.purpose and data.personal:
            table.setdefault(data.purpose, []).append((capfirst(str(data.title)), period(data)))
    return {purpose: table[purpose] for purpose in Purpose if purpose in table}
