"""Whole tables out of the database and into it again, on SQLite and PostgreSQL alike.

Columns are taken as they lie there: what is encrypted stays encrypted. Everything is read through Django's
own query set, because a model's managers may hide rows or translate columns.
"""

import base64
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models

from . import audit_guard, policy_guard
from .fields import EncryptedField
from .keys import Sealed
from .table_guard import VIOLATIONS

BATCH = 1000

Row = list[Any]


def tables() -> list[type[models.Model]]:
    """Every table that has a model, those between two models included."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def has_table(model: type[models.Model]) -> bool:
    """Not before the migration that makes it."""
    with connection.cursor() as cursor:
        return model._meta.db_table in connection.introspection.table_names(cursor)


def columns(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def dump(model: type[models.Model]) -> Iterator[list[Row]]:
    """The rows as plain values, a batch at a time."""
    fields = columns(model)
    rows: models.QuerySet[Any, Any] = (
        models.QuerySet(model).order_by("pk").values_list(*(field.attname for field in fields))
    )
    batch: list[Row] = []
    for row in rows.iterator(chunk_size=BATCH):
        batch.append([_plain(field, value) for field, value in zip(fields, row, strict=True)])
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def load(model: type[models.Model], names: list[str], rows: Iterable[Row]) -> int:
    """`names` are the columns the values belong to."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    made = [
        SimpleNamespace(
            **{field.attname: _value(field, plain) for field, plain in zip(fields, row, strict=True)}
        )
        for row in rows
    ]
    size = connection.ops.bulk_batch_size(fields, made) or 1
    for start in range(0, len(made), size):
        models.QuerySet(model)._insert(made[start : start + size], fields=fields, raw=True)  # type: ignore[attr-defined]
    return len(made)


def empty() -> None:
    """All of it, with the locks on what is never changed; `seal` puts them back."""
    for guard in (audit_guard, policy_guard, VIOLATIONS):
        guard.remove(connection)
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    statements = connection.ops.sql_flush(no_style(), names, reset_sequences=True, allow_cascade=True)
    _run(statements)


def seal() -> None:
    """After loading: rows that point nowhere are an error, new rows get numbers of their own."""
    connection.check_constraints()
    _run(connection.ops.sequence_reset_sql(no_style(), tables()))
    audit_guard.install(connection)
    policy_guard.install(connection, policy_guard.FIXED)
    VIOLATIONS.install(connection)


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _plain(field: Any, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(field, EncryptedField):
        return base64.b64encode(value.data).decode() if isinstance(value, Sealed) else ""
    if isinstance(field, models.BinaryField):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(field, models.JSONField):
        return value
    return str(value)


def _value(field: Any, plain: Any) -> Any:
    if plain is None:
        return None
    if isinstance(field, EncryptedField):
        return Sealed(base64.b64decode(plain)) if plain else b""
    if isinstance(field, models.BinaryField):
        return base64.b64decode(plain)
    if isinstance(field, models.JSONField):
        return plain
    return field.to_python(plain)
