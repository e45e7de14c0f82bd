"""Erase a person: a plan that can be shown first, and its execution.

Everything follows from the declarations. Rows go, with their files; of rows that a law keeps, the kept
columns stay and the others are emptied; rows that prove what the shop did (`outlives`) stay, with a person
nobody can name any more. What is left of the person is a random number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import audit, journal
from .models import DataSubject, LegalHold, SubjectKey
from .models.subjects import random_reference
from .registry import PersonalData, Rule, declarations
from .retention import BATCH, blanks_of, delete, filled, kept_until

Text = str | Promise


class Obstructed(Exception):
    """Something must end first: an order that is on its way, a job at the shop."""

    def __init__(self, reasons: list[Text]) -> None:
        super().__init__("; ".join(str(reason) for reason in reasons))
        self.reasons = reasons


class NotErased(RuntimeError):
    """Rows about the person are still there after all were to go."""


@dataclass(frozen=True)
class Step:
    """What becomes of the rows of one model."""

    data: PersonalData
    count: int
    stays: tuple[Text, ...] = ()  # the columns that are kept; empty where the rows go
    why: Text = ""
    until: date | None = None

    @property
    def goes(self) -> bool:
        return not self.why

    @property
    def name(self) -> Text:
        return self.data.model._meta.verbose_name_plural or self.data.model._meta.label


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]
    obstacles: tuple[Text, ...]


def plan(subject: DataSubject) -> Plan:
    """What would go and what would stay, by which law and until when. Changes nothing."""
    steps = [_step(data, rows) for data in _in_order() if (rows := data.rows_of(subject)).exists()]
    return Plan(tuple(steps), tuple(_obstacles(subject)))


def erase(subject: DataSubject, *, actor: Any = None) -> Plan:
    """Erase as planned; returns the plan as it was. Begun twice or broken off, it goes on where it was.

    Raises `Obstructed` where something must end first.
    """
    planned = plan(subject)
    if planned.obstacles:
        raise Obstructed(list(planned.obstacles))
    journal.write("erase", subject)
    _begin(subject)
    for data in _in_order():
        _erase_rows(data, subject)
    _check(subject)
    _forget(subject, actor)
    return planned


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


def _obstacles(subject: DataSubject) -> Iterator[Text]:
    if LegalHold.objects.active().filter(subject=subject).exists():
        yield _("A court or an authority asks us to keep it for now.")
    for data in declarations():
        if obstacle := data.obstacle(subject):
            yield obstacle


def _step(data: PersonalData, rows: models.QuerySet[Any]) -> Step:
    kept = data.laws and not data.outlives
    return step(data, rows.count(), kept_until(data, rows, _longest(data)) if kept else None)


def step(data: PersonalData, count: int, until: date | None) -> Step:
    if data.outlives:
        return Step(data, count, why=data.outlives)
    if not data.laws:
        return Step(data, count)
    stays = tuple(field.label for field in data.personal.values() if field.keep)
    return Step(data, count, stays, _longest(data).law, until)


def _longest(data: PersonalData) -> Rule:
    return max(data.laws, key=lambda law: law.years)


def _begin(subject: DataSubject) -> None:
    """From now on the gate refuses every use, so that no new row appears."""
    DataSubject.objects.filter(pk=subject.pk).update(status=DataSubject.Status.ERASING)
    subject.status = DataSubject.Status.ERASING


def _erase_rows(data: PersonalData, subject: DataSubject) -> None:
    if data.outlives:
        return
    keys = list(data.rows_of(subject).values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            rows = data.model._base_manager.filter(pk__in=keys[start : start + BATCH])
            if not data.laws:
                delete(rows)
            elif blanks := blanks_of(data):
                rows.update(**blanks)


def _check(subject: DataSubject) -> None:
    for data in _in_order():
        rows = data.rows_of(subject)
        left = rows.filter(filled(data)) if data.laws else rows
        if not data.outlives and left.exists():
            raise NotErased(data.model._meta.label)


@transaction.atomic
def _forget(subject: DataSubject, actor: Any) -> None:
    """The key goes, and with it what a backup still holds; the name in the audit trail leads nowhere."""
    SubjectKey.objects.filter(subject=subject).delete()
    old = DataSubject.objects.get(pk=subject.pk)
    month = old.created_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    changes = {"jurisdiction": "", "status": DataSubject.Status.ERASED, "created_at": month}
    DataSubject.objects.filter(pk=subject.pk).update(**changes, audit_ref=random_reference())
    audit.record("subject.erased", actor=actor, subject=old)
