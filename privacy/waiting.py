"""Which rows of a person stay a little longer than the rest when they are erased, why, and until about when.

A declaration says so of its own rows (an order that is on its way), and so does a legal hold. What belongs to
such a row waits with it, and what it would be lost with stays too.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from .models import DataSubject, LegalHold
from .registry import PersonalData, Wait, With

HELD = _("A court or an authority asks us to keep it for now.")
LATER = _("We have to look at something first.")  # the law forbids to say more
Waiting = dict[type[models.Model], dict[Any, Wait]]  # by model and key


def find(subject: DataSubject, order: list[PersonalData]) -> Waiting:
    """`order` has rows that are found through others before these."""
    order = [data for data in order if not data.outlives]
    waiting: Waiting = {data.model: data.waiting(subject) for data in order}
    for data in reversed(order):
        if isinstance(data.retention, With):
            _with_parents(data, data.retention.parent, subject, waiting)
    holds = list(LegalHold.objects.active().filter(subject=subject))
    for data in order:
        for hold in holds:
            held = _rows_of(hold, data, subject).values_list("pk", flat=True)
            told = Wait(HELD, hold.review_on) if hold.may_be_told else Wait(LATER)
            waiting[data.model] |= dict.fromkeys(held, told)
        _with_children(data, waiting)
    return {model: rows for model, rows in waiting.items() if rows}


def _with_parents(data: PersonalData, parent: str, subject: DataSubject, waiting: Waiting) -> None:
    waits = waiting.get(_related(data.model._meta.get_field(parent)), {})
    rows = data.rows_of(subject).filter(**{f"{parent}__in": list(waits)}).values_list("pk", parent)
    waiting[data.model] |= {key: waits[above] for key, above in rows}


def _rows_of(hold: LegalHold, data: PersonalData, subject: DataSubject) -> models.QuerySet[Any]:
    """The row a hold names, or all where it names none."""
    rows = data.rows_of(subject)
    if hold.content_type is None:
        return rows
    is_this = hold.content_type == ContentType.objects.get_for_model(data.model)
    return rows.filter(pk=hold.object_id) if is_this else rows.none()


def _with_children(data: PersonalData, waiting: Waiting) -> None:
    """A row that stays would go, or forbid it, when the row goes that it points at."""
    for field in _strong_links(data.model, waiting):
        rows = data.model._base_manager.filter(pk__in=list(waiting[data.model]))
        for key, above in rows.exclude(**{field.name: None}).values_list("pk", field.attname):
            waiting[_related(field)].setdefault(above, waiting[data.model][key])


def _strong_links(model: type[models.Model], waiting: Waiting) -> Iterator[Any]:
    for field in model._meta.concrete_fields:
        if field.is_relation and _related(field) in waiting:
            on_delete = field.remote_field.on_delete  # type: ignore[union-attr]
            if on_delete in (models.CASCADE, models.PROTECT, models.RESTRICT):
                yield field


def _related(field: Any) -> type[models.Model]:
    model: type[models.Model] = field.related_model
    return model
