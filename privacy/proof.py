"""Look for a person everywhere the shop can keep bytes. Used after an erasure to show that nothing is left.

The tables are taken from the database as it is, not from the models; what is met is decoded (base64, gzip,
zip, JSON and URL escapes, quoted-printable, UTF-16) and read again, four layers deep.
"""

import base64
import binascii
import html
import io
import quopri
import re
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import connection

from .models import DataSubject
from .registry import Category, declarations

DEPTH = 4
SHORTEST = 6  # what is shorter turns up by chance
TELLING = {Category.IDENTITY, Category.CONTACT, Category.ADDRESS, Category.FREE_TEXT}
CHUNK = 1000
MOST_BYTES = 50_000_000  # of one file, decoded: a bomb is not unpacked
ENCODED = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
NUMBER = re.compile(r"\d[\d ()/.-]{7,}\d")


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


def scan(wanted: list[Needle]) -> list[Hit]:
    """Every place where one of the needles is found. Short ones are not looked for: see `inconclusive`."""
    telling = [needle for needle in wanted if needle.is_telling]
    return [*_in_tables(telling), *_in_files(telling), *_in_redis(telling)]


def inconclusive(wanted: list[Needle]) -> list[str]:
    """Columns whose value is too short to be looked for; a person decides about them."""
    return sorted({needle.kind for needle in wanted if not needle.is_telling})


def normal(text: str) -> str:
    """Without case, accents and spaces at the ends; phone numbers as bare digits."""
    if NUMBER.fullmatch(text.strip().lstrip("+")):
        return re.sub(r"\D", "", text)
    plain = unicodedata.normalize("NFKD", text.replace("\x00", "")).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()


def readings(content: bytes, depth: int = DEPTH) -> Iterator[str]:
    """The content as text, and whatever it decodes to, as text again."""
    text = content.decode("utf-8", "replace")
    yield normal(text)
    yield re.sub(r"[ ()/.-]", "", text)  # numbers written in groups
    if b"\x00" in content:
        yield normal(content.decode("utf-16-le", "replace"))
        yield normal(content[1:].decode("utf-16-le", "replace"))
    if not depth:
        return
    for inner in _decoded(content, text):
        yield from readings(inner, depth - 1)


def _decoded(content: bytes, text: str) -> Iterator[bytes]:
    for plain in (html.unescape(text), urllib.parse.unquote_plus(text), _without_escapes(text)):
        if plain != text:
            yield plain.encode()
    if b"=" in content and (plain_bytes := quopri.decodestring(content)) != content:
        yield plain_bytes
    for match in ENCODED.finditer(content):
        yield from _from_base64(match.group())
    for window in (zlib.MAX_WBITS, zlib.MAX_WBITS | 16, -zlib.MAX_WBITS):
        yield from _inflated(content, window)
    if content[:2] == b"PK":
        yield from _unzipped(content)


def _without_escapes(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)


def _from_base64(word: bytes) -> Iterator[bytes]:
    padded = word.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        yield base64.b64decode(padded + b"=" * (-len(padded) % 4))
    except binascii.Error:
        return


def _inflated(content: bytes, window: int) -> Iterator[bytes]:
    try:
        inner = zlib.decompressobj(window).decompress(content, MOST_BYTES)
    except zlib.error:
        return
    if inner:
        yield inner


def _unzipped(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                yield entry.filename.encode()
                with archive.open(entry) as file:
                    yield file.read(MOST_BYTES)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, zlib.error):
        return


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
        while rows := cursor.fetchmany(CHUNK):
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                content = b"\n".join(_bytes_of(value) for value in values if value is not None)
                for kind in _found_in(content, wanted):
                    yield Hit("database", f"{table}.{column}", kind)


def _bytes_of(value: Any) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    return str(value).encode()


def _in_files(wanted: list[Needle]) -> Iterator[Hit]:
    for path in sorted(Path(settings.VAR_DIR).rglob("*")):
        if path.is_file() and "sqlite3" not in path.name:  # the database is read as tables
            kinds = _found_in(path.name.encode(), wanted) | _found_in(path.read_bytes(), wanted)
            for kind in kinds:
                yield Hit("files", str(path.relative_to(settings.VAR_DIR)), kind)


def _in_redis(wanted: list[Needle]) -> Iterator[Hit]:
    """The cache and the queue, where they are kept in Redis."""
    if not settings.REDIS_URL:
        return
    server = redis.Redis.from_url(settings.REDIS_URL)
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
    }
    return [value for value in read.get(server.type(key), list)() if value is not None]
