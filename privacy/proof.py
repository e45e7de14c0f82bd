"""Look for a person everywhere the shop can keep bytes. Used after an erasure to show that nothing is left.

The tables are taken from the database as it is, not from the models; what is met is read in every way
`privacy.decoding` knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection

from . import backup
from .decoding import MOST_BYTES, normal, readings
from .models import DataSubject
from .registry import Category, declarations

__all__ = ["Hit", "Needle", "inconclusive", "needles", "normal", "scan"]

SHORTEST = 6  # what is shorter turns up by chance
TELLING = {Category.IDENTITY, Category.CONTACT, Category.ADDRESS, Category.FREE_TEXT}
STORES = ("database", "files", "redis", "beneath the tables")
ROWS = 1000
APART = b"\n\n"  # what stands in different rows is not read as one
OVERLAP = 1000  # of the pieces a large file is read in


@dataclass(frozen=True)
class Needle:
    """Something that leads to the person; `kind` is the column it came from."""

    kind: str
    text: str

    @property
    def is_telling(self) -> bool:
        return len(self.text) >= SHORTEST


@dataclass(frozen=True)
class Hit:
    """Where a needle was found. Never says the value."""

    store: str
    place: str
    kind: str


def needles(subject: DataSubject) -> list[Needle]:
    """What would betray the person: taken before the erasure, kept in memory alone."""
    found: set[Needle] = set()
    for data in declarations():
        fields = {
            name: field
            for name, field in data.personal.items()
            if field.category in TELLING and not data.outlives
        }
        for row in data.rows_of(subject) if fields else ():
            values = ((name, field, getattr(row, name)) for name, field in fields.items())
            found |= {
                Needle(f"{data.model._meta.label}.{name}", normal(value))
                for name, field, value in values
                if isinstance(value, str) and _leads_to_one(field.category, value)
            }
    return sorted(found, key=lambda needle: (needle.kind, needle.text))


def _leads_to_one(category: Category, value: str) -> bool:
    """A town or a country is that of thousands, and of the shop; a street has a number."""
    return bool(value) and (category != Category.ADDRESS or any(letter.isdigit() for letter in value))


def scan(wanted: list[Needle], *, deep: bool = False) -> list[Hit]:
    """Every place where one of the needles is found. Short ones are not looked for: see `inconclusive`.

    `deep`: also what the database keeps beneath its tables, such as of rows that are deleted.
    """
    telling = [needle for needle in wanted if needle.is_telling]
    found = [*_in_tables(telling), *_in_files(telling), *_in_redis(telling)]
    return [*found, *_beneath_tables(telling)] if deep else found


def inconclusive(wanted: list[Needle]) -> list[str]:
    """Columns whose value is too short to be looked for; a person decides about them."""
    return sorted({needle.kind for needle in wanted if not needle.is_telling})


def _found_in(content: bytes, wanted: list[Needle]) -> set[str]:
    kinds: set[str] = set()
    for reading in readings(content):
        kinds |= {needle.kind for needle in wanted if needle.text in reading}
    return kinds


def _in_tables(wanted: list[Needle]) -> Iterator[Hit]:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    for table in tables:
        yield from _in_table(table, wanted)


def _in_table(table: str, wanted: list[Needle]) -> Iterator[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  (a name of the schema)
        columns = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(ROWS):
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                for kind in _found_among(values, wanted):
                    yield Hit("database", f"{table}.{column}", kind)


def _found_among(values: tuple[Any, ...], wanted: list[Needle]) -> set[str]:
    """Texts are read together; what may be packed is unpacked from its first byte, so one by one."""
    packed = [bytes(value) for value in values if isinstance(value, bytes | bytearray | memoryview)]
    texts = [str(value).encode() for value in values if value and isinstance(value, str | dict | list)]
    found = (_found_in(content, wanted) for content in {APART.join(texts), *packed})
    return set().union(*found)


def _beneath_tables(wanted: list[Needle]) -> Iterator[Hit]:
    if connection.vendor == "postgresql":
        yield from _in_statistics(wanted)
        return
    with connection.cursor() as cursor:
        if not connection.in_atomic_block:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # old pages wait in the log until then
        cursor.execute("PRAGMA database_list")
        files = [Path(file) for _number, _name, file in cursor.fetchall() if file]
    for file in files:
        for kind in set().union(*(_found_in(piece, wanted) for piece in _pieces(file))):
            yield Hit("beneath the tables", file.name, kind)


def _in_statistics(wanted: list[Needle]) -> Iterator[Hit]:
    """What the planner remembers of columns until the next ANALYZE."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename || '.' || attname, concat(most_common_vals::text, histogram_bounds::text)"
            " FROM pg_stats WHERE schemaname = current_schema()"
        )
        for column, remembered in cursor.fetchall():
            for kind in _found_in(remembered.encode(), wanted):
                yield Hit("beneath the tables", column, kind)


def _in_files(wanted: list[Needle]) -> Iterator[Hit]:
    """All the shop writes to disks: uploads, copies, mails, queues, logs, the journal.

    Not backups, which are sealed; the key was destroyed, and they end by themselves.
    """
    for folder in folders():
        for path in sorted(folder.rglob("*")):
            if path.suffix == backup.SUFFIX or "sqlite3" in path.name:  # the database is read as tables
                continue
            if path.is_file():
                for kind in set().union(*(_found_in(piece, wanted) for piece in _pieces(path))):
                    yield Hit("files", _place(path), kind)


def folders() -> list[Path]:
    """Each once, the outermost of those that lie in one another."""
    own = [storage for storage in (storages["default"], storages["private"]) if _is_local(storage)]
    named: list[Any] = [
        settings.VAR_DIR,
        Path(settings.RIGHTS_JOURNAL).parent,
        *(storage.path("") for storage in own),
    ]
    places = sorted({Path(place).resolve() for place in named})
    return [place for place in places if not any(other in place.parents for other in places)]


def _place(path: Path) -> str:
    home = Path(settings.VAR_DIR).resolve()
    return str(path.relative_to(home) if path.is_relative_to(home) else path)


def _is_local(storage: Any) -> bool:
    return isinstance(storage, FileSystemStorage)


def _pieces(path: Path) -> Iterator[bytes]:
    yield path.name.encode()
    with path.open("rb") as file:
        while piece := file.read(MOST_BYTES):
            yield piece
            if len(piece) == MOST_BYTES:
                file.seek(-OVERLAP, 1)


def _in_redis(wanted: list[Needle]) -> Iterator[Hit]:
    """The cache and the queue, where they are kept in Redis: waiting tasks and those a worker holds."""
    for url in {settings.REDIS_URL, settings.CELERY_BROKER_URL}:
        if url.startswith(("redis://", "rediss://", "unix://")):
            server = redis.Redis.from_url(url)
            for key in server.scan_iter():
                contents = [key, *_redis_values(server, key)]
                for kind in set().union(*(_found_in(content, wanted) for content in contents)):
                    yield Hit("redis", key.decode("utf-8", "replace"), kind)


def _redis_values(server: Any, key: bytes) -> list[bytes]:
    read: dict[bytes, Any] = {
        b"string": lambda: [server.get(key)],
        b"list": lambda: server.lrange(key, 0, -1),
        b"set": lambda: server.smembers(key),
        b"zset": lambda: server.zrange(key, 0, -1),
        b"hash": lambda: [part for pair in server.hgetall(key).items() for part in pair],
        b"stream": lambda: [
            part for _id, pairs in server.xrange(key) for pair in pairs.items() for part in pair
        ],
    }
    return [value for value in read.get(server.type(key), list)() if value is not None]
