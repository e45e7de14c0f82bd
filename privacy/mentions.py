"""Words of other people that may speak of a person who was erased.

They are sealed, so each is opened and read. A name in them may be that of somebody else: a colleague decides.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from . import audit
from .fields import KeyDestroyed
from .models import Mention
from .proof import Needle, normal
from .registry import Category, Personal, declarations, declared_field

ROWS = 500


def find(marks: list[Needle]) -> Iterator[tuple[models.Model, str]]:
    """The rows, and the column of each."""
    texts = [mark.text for mark in marks if mark.is_telling and not _is_free_text(mark)]
    for data in declarations():
        columns = [name for name, field in data.personal.items() if field.category == Category.FREE_TEXT]
        if not columns:
            continue
        for row in data.model._base_manager.select_related("subject__key").iterator(ROWS):
            yield from ((row, column) for column in columns if _speaks_of(row, column, texts))


def _is_free_text(mark: Needle) -> bool:
    """What the person wrote themselves leads to nobody when somebody else writes the same."""
    label, _dot, column = mark.kind.rpartition(".")
    declared = declared_field(apps.get_model(label), column)
    return isinstance(declared, Personal) and declared.category == Category.FREE_TEXT


def _speaks_of(row: models.Model, column: str, texts: list[str]) -> bool:
    try:
        words = normal(str(getattr(row, column) or ""))
    except KeyDestroyed:
        return False
    return any(text in words for text in texts)


@transaction.atomic
def redact(mention: Mention, *, actor: Any) -> None:
    """The whole text goes: a part of it could still lead to the person."""
    model = mention.content_type.model_class()
    row = model._base_manager.filter(pk=mention.object_id).first() if model else None
    if row is not None:
        setattr(row, mention.column, "")
        row.save(update_fields=[mention.column])
    _decide(mention, "redacted", actor)


@transaction.atomic
def dismiss(mention: Mention, *, actor: Any) -> None:
    """Somebody else of that name."""
    _decide(mention, "dismissed", actor)


def _decide(mention: Mention, deed: str, actor: Any) -> None:
    mention.decided_at = timezone.now()
    mention.save(update_fields=["decided_at"])
    audit.record(f"mention.{deed}", actor=actor, obj=mention, reference=mention.request.reference)
