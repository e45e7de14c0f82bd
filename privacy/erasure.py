"""Erase a person: a plan that can be shown first, and its execution.

Everything follows from the declarations. Rows go, with their files; what a law keeps of them is archived
before; rows that prove what the shop did (`outlives`) stay, with a person nobody can name any more. Rows of
what is under way wait (`privacy.waiting`), and go when the erasure is gone on with. What is left of the
person is a random number.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils.functional import Promise

from . import audit, journal, partner_notices, restriction, waiting
from .models import DataSubject, SubjectKey
from .models.subjects import random_reference
from .registry import PersonalData, Wait, declarations
from .retention import BATCH, end
from .waiting import Waiting

Text = str | Promise


class Obstructed(Exception):
    """Something must end first, such as a job at the shop."""

    def __init__(self, reasons: list[Text]) -> None:
        super().__init__("; ".join(str(reason) for reason in reasons))
        self.reasons = reasons


class NotErased(RuntimeError):
    """Rows about the person are still there after all were to go."""


@dataclass(frozen=True)
class Step:
    """What becomes of rows of one model."""

    data: PersonalData
    count: int
    stays: tuple[Text, ...] = ()  # what is archived of them; empty where the rows go
    why: Text = ""
    until: date | None = None
    reason: str = ""  # the archive's code for the law
    waits: bool = False  # stays only until something that is under way has ended

    @property
    def goes(self) -> bool:
        return not self.why

    @property
    def name(self) -> Text:
        return self.data.title


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]
    obstacles: tuple[Text, ...] = ()

    @property
    def going(self) -> list[Step]:
        return [step for step in self.steps if step.goes]

    @property
    def waiting(self) -> dict[Wait, list[Step]]:
        """What waits for the same thing stands together, with the latest day; an order before its parts."""
        groups: dict[Text, list[Step]] = {}
        for step in reversed(self.steps):
            if step.waits:
                groups.setdefault(step.why, []).append(step)
        return {Wait(why, _latest(steps)): _together(steps) for why, steps in groups.items()}

    @property
    def staying(self) -> list[Step]:
        return [step for step in self.steps if not step.goes and not step.waits]


def _latest(steps: list[Step]) -> date | None:
    days = [step.until for step in steps]
    return None if None in days else max(day for day in days if day)


def _together(steps: list[Step]) -> list[Step]:
    """One of each kind."""
    counts: Counter[PersonalData] = Counter()
    for step in steps:
        counts[step.data] += step.count
    return [Step(data, count) for data, count in counts.items()]


def plan(subject: DataSubject) -> Plan:
    """What would go, wait and stay, by which law and until when. Changes nothing."""
    return _plan(subject, waiting.find(subject, _in_order()))


def erase(subject: DataSubject, *, actor: Any = None) -> Plan:
    """Erase as planned; returns the plan as it was. Begun twice or broken off, it goes on where it was.

    Where rows wait the person keeps their key, and the next call goes on. Raises `Obstructed` where something
    must end first.
    """
    waits = waiting.find(subject, _in_order())
    planned = _plan(subject, waits)
    if planned.obstacles:
        raise Obstructed(list(planned.obstacles))
    _carry_out(subject, waits, actor)
    return planned


def erase_wholly(subject: DataSubject) -> None:
    """Once more, after a restore: what stood in the way, and what waited then, has ended since."""
    _carry_out(subject, {}, None)


def _carry_out(subject: DataSubject, waits: Waiting, actor: Any) -> None:
    journal.write("erase", subject)
    _begin(subject)
    for data in sorted(_in_order(), key=lambda data: data.archive is None):  # with its parts, before they go
        _erase_rows(data, _erasable(data, subject, waits))
    _check(subject, waits)
    if waits:
        _pause(subject)
    else:
        _forget(subject, actor)


def can_go_on(subject: DataSubject) -> bool:
    """Something that waited waits no more."""
    waits = waiting.find(subject, _in_order())
    return not waits or any(_erasable(data, subject, waits).exists() for data in _in_order())


def _plan(subject: DataSubject, waits: Waiting) -> Plan:
    steps = (step for data in _in_order() for step in _steps(data, subject, waits))
    return Plan(tuple(steps), tuple(obstacles(subject)))


def _in_order() -> list[PersonalData]:
    """Rows that are found through other rows before those they are found through."""
    waiting = {data.model: data for data in declarations() if data.personal and data.model is not DataSubject}
    order: list[PersonalData] = []
    while waiting:
        pointed_at = {
            field.related_model
            for model in waiting
            for field in model._meta.fields
            if field.is_relation and field.related_model is not model
        }
        free = [model for model in waiting if model not in pointed_at] or list(waiting)
        order += [waiting.pop(model) for model in sorted(free, key=lambda model: model._meta.label)]
    return order


def obstacles(subject: DataSubject) -> list[Text]:
    """What must end before anything can go."""
    return [obstacle for data in declarations() if (obstacle := data.obstacle(subject))]


def _steps(data: PersonalData, subject: DataSubject, waits: Waiting) -> Iterator[Step]:
    mine = waits.get(data.model, {})
    for wait, count in Counter(mine.values()).items():
        yield Step(data, count, why=wait.why, until=wait.until, waits=True)
    rows = data.rows_of(subject).exclude(pk__in=list(mine))
    archived = data.archive.plan(rows) if data.archive else []
    for kept in archived:
        yield step(data, kept.count, kept.until, kept.reason)
    if rest := rows.count() - sum(kept.count for kept in archived):
        yield step(data, rest)


def step(data: PersonalData, count: int, until: date | None = None, reason: str = "") -> Step:
    if data.outlives:
        return Step(data, count, why=data.outlives)
    if data.archive is None or not reason:
        return Step(data, count)
    return Step(data, count, data.archive.holds, data.archive.why(reason), until, reason)


def _begin(subject: DataSubject) -> None:
    """From now on the gate refuses every use, so that no new row appears."""
    DataSubject.objects.filter(pk=subject.pk).update(status=DataSubject.Status.ERASING)
    subject.status = DataSubject.Status.ERASING


def _erasable(data: PersonalData, subject: DataSubject, waits: Waiting) -> models.QuerySet[Any]:
    """The rows that can go now."""
    rows = data.rows_of(subject)
    if data.outlives:
        return rows.none()
    if mine := waits.get(data.model):
        rows = rows.exclude(pk__in=list(mine))
    return rows


def _erase_rows(data: PersonalData, rows: models.QuerySet[Any]) -> None:
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            end(data, data.model._base_manager.filter(pk__in=keys[start : start + BATCH]))


def _check(subject: DataSubject, waits: Waiting) -> None:
    for data in _in_order():
        if _erasable(data, subject, waits).exists():
            raise NotErased(data.model._meta.label)


def _pause(subject: DataSubject) -> None:
    """A parcel can still be sent: until nothing waits the person is one like others."""
    DataSubject.objects.filter(pk=subject.pk).update(status=DataSubject.Status.ACTIVE)
    restriction.settle_status(subject)


@transaction.atomic
def _forget(subject: DataSubject, actor: Any) -> None:
    """The key goes, and with it what a backup still holds; the name in the audit trail leads nowhere."""
    partner_notices.prepare(subject)
    journal.write("destroy_key", subject)
    SubjectKey.objects.filter(subject=subject).delete()
    old = DataSubject.objects.get(pk=subject.pk)
    month = old.created_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    changes = {"jurisdiction": "", "status": DataSubject.Status.ERASED, "created_at": month}
    DataSubject.objects.filter(pk=subject.pk).update(**changes, audit_ref=random_reference())
    audit.record("subject.erased", actor=actor, subject=old)
