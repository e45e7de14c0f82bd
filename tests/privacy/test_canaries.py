"""What a thief of the database and of the files would read."""

from pathlib import Path

import pytest
from django.db import connection

from privacy.registry import Origin, Personal, declarations, declared_field
from tests import canary
from tests.canary import Canary

# Signing in must find these; nothing else that a person typed lies in clear.
IN_CLEAR = {"accounts.User.email", "account.EmailAddress.email"}


@pytest.fixture
def canaries(db) -> list[Canary]:
    return canary.plant()


@pytest.fixture
def stolen(canaries, settings) -> bytes:
    """Every byte of the database and of the uploaded files."""
    files = [path.read_bytes() for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    names = [path.name.encode() for path in Path(settings.MEDIA_ROOT).rglob("*")]
    return b"\n".join([dump(), *files, *names])


def dump() -> bytes:
    if connection.vendor == "sqlite":
        return bytes(connection.connection.serialize())
    with connection.cursor() as cursor:
        return b"".join(copy(cursor, table) for table in connection.introspection.table_names(cursor))


def copy(cursor, table: str) -> bytes:
    """A table as `pg_dump` writes it: bytes as hexadecimal digits."""
    with cursor.copy(f"COPY {connection.ops.quote_name(table)} TO STDOUT") as rows:
        return b"".join(bytes(row) for row in rows)


def is_readable(found: Canary, stolen: bytes) -> bool:
    mark = found.mark.encode()
    return mark in stolen or mark.hex().encode() in stolen or found.mark.encode("utf-16-le") in stolen


def declaration_of(found: Canary) -> Personal:
    declared = declared_field(type(found.row), found.name)
    assert isinstance(declared, Personal)
    return declared


def test_every_model_about_people_has_a_canary(canaries):
    planted = {type(found.row) for found in canaries}

    markable = {
        data.model
        for data in declarations()
        if any(canary.mark_for(data.model._meta.get_field(name)) for name in data.personal)
    }

    assert len(canaries) >= 10
    assert markable - planted == set()


def test_every_mark_reads_back_through_its_model(canaries):
    for found in canaries:
        if declaration_of(found).origin is Origin.ACTIVE:
            row = type(found.row)._base_manager.get(pk=found.row.pk)
            value = getattr(row, found.name)
            text = value.read().decode() if hasattr(value, "read") else str(value)
            assert found.mark in text, found.column


@pytest.mark.promise("B-3.2", "A-I.5")
def test_a_stolen_database_shows_nobody(canaries, stolen):
    typed = [found for found in canaries if declaration_of(found).origin is Origin.ACTIVE]

    readable = {found.column for found in typed if is_readable(found, stolen)}

    assert readable - IN_CLEAR == set()


@pytest.mark.promise("B-3.2")
def test_what_lies_in_clear_says_why(canaries, stolen):
    readable = [found for found in canaries if is_readable(found, stolen)]

    unexplained = {found.column for found in readable if not declaration_of(found).in_clear}

    assert unexplained == set()


def test_the_thief_would_find_a_mark_that_is_in_clear(canaries, stolen):
    emails = [found for found in canaries if found.column == "accounts.User.email"]

    assert [is_readable(found, stolen) for found in emails] == [True]
