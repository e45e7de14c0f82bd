"""Canaries: one row of everything the shop knows about people, each personal column with a mark of its own.

A mark that turns up where it should not shows exactly which column leaked. The rows are made from the
register, so a new personal column gets its canary by being declared.
"""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from inspect import isclass
from typing import Any, cast

from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone
from factory.django import DjangoModelFactory

from privacy import proof
from privacy.erasing import plain
from privacy.models import DataSubject, SubjectIdentifier
from privacy.proof import Needle
from privacy.registry import PersonalData, declarations
from tests import factories

Model = type[models.Model]

SHORTEST_MARK = 12
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Canary:
    column: str  # "accounts.User.email"
    mark: str
    row: models.Model

    @property
    def name(self) -> str:
        return self.column.rpartition(".")[2]


def plant() -> list[Canary]:
    """One row of every model with personal data, all about the same person."""
    person = DataSubject.objects.create(kind=DataSubject.Kind.ACCOUNT)
    planter = Planter(person)
    for data in declarations():
        if data.personal:
            planter.row(data.model)
    return planter.canaries


def must_go(canaries: list[Canary]) -> list[Needle]:
    """What must be found nowhere after an erasure: all but what outlives its person.

    The rights journal keeps fingerprints, so that a person is found in a backup.
    """
    staying = {Session, SubjectIdentifier, *(data.model for data in declarations() if data.outlives)}
    return [
        Needle(found.column, proof.normal(found.mark)) for found in canaries if type(found.row) not in staying
    ]


class Planter:
    def __init__(self, person: DataSubject) -> None:
        self.canaries: list[Canary] = []
        self.rows: dict[Model, models.Model] = {DataSubject: person}
        self.data: dict[Model, PersonalData] = {data.model: data for data in declarations()}

    def row(self, model: Model) -> models.Model:
        """The row of a model; made when it is first asked for."""
        if model not in self.rows:
            marks = self.marks(model)
            values = {name: value for name, (_mark, value) in marks.items()}
            self.rows[model] = self.make(model, values)
            label = model._meta.label
            self.canaries += [
                Canary(f"{label}.{name}", mark, self.rows[model]) for name, (mark, _v) in marks.items()
            ]
        return self.rows[model]

    def make(self, model: Model, values: dict[str, Any]) -> models.Model:
        values = {**self.people(model), **values}
        if factory := factories_by_model().get(model):
            return cast(models.Model, factory(**values))
        needed = [
            field for field in model._meta.concrete_fields if is_required(field) and field.name not in values
        ]
        return model._default_manager.create(**{field.name: self.filler(field) for field in needed}, **values)

    def people(self, model: Model) -> dict[str, models.Model]:
        """Rows about people hang together: the person is the same one everywhere."""
        return {
            field.name: self.row(cast(Model, field.related_model))
            for field in model._meta.concrete_fields
            if field.is_relation
            and (is_required(field) or field.name == self.way_to_the_person(model))
            and self.is_about_people(field.related_model)
        }

    def way_to_the_person(self, model: Model) -> str:
        """The first step from a row to its person, even where it may be missing."""
        return self.data[model].subject.split("__")[0] if model in self.data else ""

    def is_about_people(self, model: Any) -> bool:
        return model is DataSubject or bool(model in self.data and self.data[model].personal)

    def filler(self, field: Any) -> Any:
        """Anything that fits."""
        if field.is_relation:
            return field.related_model._default_manager.first() or self.make(field.related_model, {})
        if field.choices:
            return field.choices[0][0]
        if isinstance(field, models.CharField | models.TextField):
            return f"x{next(_numbers)}"[: field.max_length]
        if isinstance(field, models.DateField):
            return timezone.now()
        return [] if isinstance(field, models.JSONField) else 0

    def marks(self, model: Model) -> dict[str, tuple[str, Any]]:
        found = {name: mark_for(model._meta.get_field(name)) for name in self.data[model].personal}
        return {name: marked for name, marked in found.items() if marked is not None}


def mark_for(field: Any) -> tuple[str, Any] | None:
    """A mark and the value that carries it; None where a column cannot hold one (numbers, moments, codes)."""
    number, inner = next(_numbers), plain(field)
    mark = f"canary{number:06}"
    if inner.choices or (inner.max_length and inner.max_length < SHORTEST_MARK):
        return None
    if isinstance(inner, models.EmailField):
        return f"{mark}@example.org", f"{mark}@example.org"
    if isinstance(inner, models.CharField | models.TextField):
        return mark, mark
    if isinstance(inner, models.JSONField):
        return mark, {"mark": mark}
    if isinstance(inner, models.FileField):
        return mark, ContentFile(mark.encode(), name=f"{mark}.txt")
    if type(inner) is models.DateField:
        day = date(1890, 1, 1) + timedelta(days=number)
        return day.isoformat(), day
    return None


@cache
def factories_by_model() -> dict[Model, type[DjangoModelFactory]]:
    found = [
        value
        for value in vars(factories).values()
        if isclass(value) and issubclass(value, DjangoModelFactory)
    ]
    return {factory._meta.model: factory for factory in found if factory._meta.model}


def is_required(field: models.Field) -> bool:
    return not (field.null or field.has_default() or field.blank or isinstance(field, models.AutoField))
