"""What becomes of a personal field at erasure, and when a field cannot take it.

`problem()` answers at start-up what a purge would otherwise find out years later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Field

from privacy.fields import EncryptedField

TOKEN_LENGTH = len("erased-") + 26
ERASED_DOMAIN = "@erased.invalid"


class Action:
    """One way to erase a field. Subclasses say what it does, and why it may be impossible."""

    def problem(self, field: "Field[Any, Any]") -> str:
        return ""


@dataclass(frozen=True)
class DeleteRow(Action):
    """The whole row goes. Which other rows stand in the way is checked where they are declared."""


@dataclass(frozen=True)
class Blank(Action):
    """The value becomes empty: "" where text is allowed, else NULL, else the default."""

    def problem(self, field: "Field[Any, Any]") -> str:
        if field.null:
            return ""
        if in_unique_set(field):
            return "all erased rows would have the same value in a unique column"
        if field.choices and not field.blank:
            return "its choices do not allow an empty value"
        if not field.empty_strings_allowed and not field.has_default():
            return "it is NOT NULL and has no empty value"
        return ""


@dataclass(frozen=True)
class Token(Action):
    """The value becomes `erased-<26 random characters>`, for columns that must stay unique."""

    def problem(self, field: "Field[Any, Any]") -> str:
        inner = plain(field)
        if not isinstance(inner, models.CharField | models.TextField):
            return "only text can become a random token"
        needed = TOKEN_LENGTH + len(ERASED_DOMAIN) * isinstance(inner, models.EmailField)
        if inner.max_length and inner.max_length < needed:
            return f"a token has {needed} characters, the column only {inner.max_length}"
        if inner.choices:
            return "its choices do not allow a token"
        return ""


@dataclass(frozen=True)
class Coarsen(Action):
    """Less exact: a moment becomes its month or year."""

    to: str = "month"

    def problem(self, field: "Field[Any, Any]") -> str:
        return (
            "" if isinstance(plain(field), models.DateField) else "only a date or a moment can be coarsened"
        )


@dataclass(frozen=True)
class Shred(Action):
    """The key of the subject is destroyed, the file deleted; the column may stay as it is."""

    def problem(self, field: "Field[Any, Any]") -> str:
        if isinstance(field, EncryptedField | models.FileField):
            return ""
        return "it is not encrypted: destroying the key leaves it readable"


def plain(field: "Field[Any, Any]") -> "Field[Any, Any]":
    return field.inner if isinstance(field, EncryptedField) else field


def in_unique_set(field: "Field[Any, Any]") -> bool:
    return field.unique or any(field.name in names for names in _unique_sets(field.model))


def _unique_sets(model: type[models.Model]) -> Iterator[tuple[str, ...]]:
    for names in model._meta.unique_together:
        yield tuple(names)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield tuple(constraint.fields)
