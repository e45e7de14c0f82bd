"""Words of other people that may speak of a person who was erased.

They are sealed, so each is opened and read. A name in them may be that of somebody else: a colleague decides.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from .fields import KeyDestroyed
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
