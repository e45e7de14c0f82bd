"""The end of what was kept long enough, computed from the declarations of `personal_data.py`.

Every declaration with a period is a rule, named after its model. When the period of a row is over the row
goes, with its files; what a law keeps of it is archived before. Rows that belong to another row (`With`)
share its period. Nobody's rows go while a legal hold covers them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.db.models.deletion import Collector
from django.db.models.functions import Coalesce
from django.utils import timezone

from . import audit, file_removal
from .checks import follow
from .models import LegalHold, PurgeRun
from .registry import After, ByLaw, PersonalData, With, declaration, declarations

BATCH = 500
# This many times the usual, or where nothing is usual yet this share of a table, is a mistake until somebody
# says it is not.
MOST_OF_A_TABLE = 0.05
TIMES_THE_USUAL = 10
NEVER_TOO_MANY = 100  # rows; small tables and quiet months would brake every night


@dataclass(frozen=True)
class Period:
    """How long the rows of one model are kept: from the first of `starts` that is filled."""

    data: PersonalData
    starts: tuple[str, ...]
    after: After | ByLaw
    depth: int  # how many rows up the period is declared

    @property
    def rule(self) -> str:
        return self.data.model._meta.label_lower

    def expired(self, as_of: date) -> models.QuerySet[Any]:
        """The rows whose last day was before `as_of`."""
        return self._over(as_of).exclude(self._held())

    def _over(self, as_of: date) -> models.QuerySet[Any]:
        if isinstance(self.after, ByLaw):
            return self.data.over(as_of)
        end = datetime.combine(last_start(as_of, self.after), time.max, tzinfo=UTC)
        rows = self.data.model._base_manager.annotate(kept_since=_start(self.data.model, self.starts))
        return rows.filter(kept_since__lte=end)

    def _held(self) -> Q:
        """The row itself, its person, or something that would go with it; and what is not finished."""
        held = Q(pk__in=_held_rows(self.data))
        if self.data.unfinished:
            unfinished = self.data.model._base_manager.filter(self.data.unfinished)
            held |= Q(pk__in=unfinished.values("pk"))
        if self.data.subject:
            people = LegalHold.objects.active().filter(content_type__isnull=True)
            held |= Q(**{f"{self.data.subject}__in": list(people.values_list("subject_id", flat=True))})
        for part, path in parts_of(self.data):
            rows = part.model._base_manager.filter(pk__in=_held_rows(part))
            held |= Q(pk__in=list(rows.values_list(path, flat=True)))
        return held


def _held_rows(data: PersonalData) -> list[Any]:
    holds = LegalHold.objects.active().filter(content_type=ContentType.objects.get_for_model(data.model))
    key = data.model._meta.pk
    return [key.to_python(row) for row in holds.values_list("object_id", flat=True)]


def periods() -> list[Period]:
    """Every rule; rows that belong to others come before these, unless they are archived with them."""
    own = [data for data in declarations() if data.personal and not any(up.archive for up, _ in above(data))]
    found = (period_of(data) for data in own)
    return sorted((period for period in found if period), key=lambda period: (-period.depth, period.rule))


def period_of(data: PersonalData) -> Period | None:
    """None for what is kept as long as the person is known."""
    wholes = above(data)
    root, path = wholes[-1] if wholes else (data, "")
    retention = root.retention
    if not isinstance(retention, After | ByLaw):
        return None
    fields = retention.fields if isinstance(retention, After) else ()
    prefix = f"{path}__" if path else ""
    return Period(data, tuple(prefix + field for field in fields), retention, len(wholes))


def above(data: PersonalData) -> list[tuple[PersonalData, str]]:
    """What the rows belong to, nearest first, and the way to each."""
    found: list[tuple[PersonalData, str]] = []
    steps: list[str] = []
    at: PersonalData | None = data
    while at is not None and isinstance(at.retention, With):
        steps.append(at.retention.parent)
        at = declaration(follow(at.model, at.retention.parent).related_model)
        if at is not None:
            found.append((at, "__".join(steps)))
    return found


def parts_of(whole: PersonalData) -> list[tuple[PersonalData, str]]:
    """What is archived with such rows, and the way from each to them; the farthest first."""
    if whole.archive is None:
        return []
    parts = [(data, path) for data in declarations() for up, path in above(data) if up is whole]
    return sorted(parts, key=lambda part: -part[1].count("__"))


def last_start(as_of: date, after: After) -> date:
    """The latest day on which a period can have begun that is over before `as_of`.

    A month after 31 January is the last day of February, so the last day of a month ends all that began on
    the last days of a longer one.
    """
    last_day = as_of - timedelta(days=1 + after.days)
    start: date = last_day - relativedelta(months=after.months)
    if after.months and (last_day + timedelta(days=1)).day == 1:
        start += relativedelta(day=31)
    return start


def retain_until(row: models.Model) -> date | None:
    """The last day a row is kept; None while its person is known."""
    data = declaration(type(row))
    return last_day(data, with_start(data, type(row)._base_manager.filter(pk=row.pk)).get()) if data else None


def with_start(data: PersonalData, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The rows with the moment their period began, where they have one."""
    period = period_of(data)
    if period is None or isinstance(period.after, ByLaw):
        return rows
    dated: models.QuerySet[Any] = rows.annotate(kept_since=_start(data.model, period.starts))
    return dated


def last_day(data: PersonalData, row: Any) -> date | None:
    """Of a row that was read `with_start`."""
    period = period_of(data)
    if period is None:
        return None
    if isinstance(period.after, ByLaw):
        return data.until(row)
    last: date = row.kept_since.date() + relativedelta(months=period.after.months, days=period.after.days)
    return last


def purge(*, as_of: date, only: str = "", allow_volume: bool = False) -> list[PurgeRun]:
    """End what is over. Safe to stop at any moment and to run twice at once: a batch is one transaction."""
    return [_run(period, as_of, allow_volume) for period in periods() if only in ("", period.rule)]


def _run(period: Period, as_of: date, allow_volume: bool) -> PurgeRun:
    found = period.expired(as_of).count()
    run = PurgeRun.objects.create(rule=period.rule, as_of=as_of, found=found)
    if not allow_volume and is_abnormal(period, found):
        _close(run, PurgeRun.Status.BRAKED)
    else:
        _end_all(period, as_of, run)
        _close(run, PurgeRun.Status.DONE)
    return run


@transaction.atomic
def _close(run: PurgeRun, status: PurgeRun.Status) -> None:
    run.refresh_from_db(fields=["erased"])
    run.status = status
    run.finished_at = timezone.now() if status == PurgeRun.Status.DONE else None
    run.save(update_fields=["status", "finished_at"])
    if run.found:
        audit.record(f"purge.{run.status}", obj=run, count=run.erased, reference=run.rule)


def is_abnormal(period: Period, found: int) -> bool:
    if found <= NEVER_TOO_MANY:
        return False
    if usual := PurgeRun.objects.usual(period.rule):
        return found > TIMES_THE_USUAL * median(usual)
    return found > MOST_OF_A_TABLE * period.data.model._base_manager.count()


def _end_all(period: Period, as_of: date, run: PurgeRun) -> None:
    """Walk by key: a row that could not be taken (somebody holds it) is left for the next night.

    What a batch ended is counted in its transaction: a run that is broken off says how far it came.
    """
    expired = period.expired(as_of).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    last: Any = None
    while True:
        rows = expired if last is None else expired.filter(pk__gt=last)
        with transaction.atomic():
            keys = list(rows.values_list("pk", flat=True)[:BATCH])
            if not keys:
                return
            end(period.data, period.data.model._base_manager.filter(pk__in=keys))
            PurgeRun.objects.filter(pk=run.pk).update(erased=models.F("erased") + len(keys))
        last = keys[-1]


def end(data: PersonalData, rows: models.QuerySet[Any]) -> None:
    """In the caller's transaction: what a law keeps is archived, then everything goes."""
    if data.archive:
        data.archive.take(rows)
    for part, path in parts_of(data):
        delete(part.model._base_manager.filter(**{f"{path}__in": rows}))
    delete(rows)


def delete(rows: models.QuerySet[Any]) -> None:
    """Delete rows with all that belongs to them; their files go when the deletion is certain."""
    collector = Collector(using=rows.db)
    collector.collect(rows)
    doomed: list[Any] = [*collector.fast_deletes, *collector.data.values()]
    files = [file for group in doomed for row in _with_files(group) for file in _files_of(row)]
    collector.delete()
    file_removal.doom(files)


def _with_files(group: Any) -> Iterable[models.Model]:
    """The rows of a group, which are not even read where their model has no files."""
    model = group.model if isinstance(group, models.QuerySet) else type(next(iter(group)))
    return group if any(isinstance(field, models.FileField) for field in model._meta.fields) else ()


def _files_of(row: models.Model) -> Iterator[Any]:
    for field in row._meta.fields:
        if isinstance(field, models.FileField) and (file := getattr(row, field.name)):
            yield file


def _start(model: type[models.Model], starts: tuple[str, ...]) -> Any:
    moments = [
        models.functions.Cast(start, models.DateTimeField())
        if type(follow(model, start)) is models.DateField
        else models.F(start)
        for start in starts
    ]
    return (
        Coalesce(*moments)
        if len(moments) > 1
        else models.ExpressionWrapper(moments[0], models.DateTimeField())
    )
