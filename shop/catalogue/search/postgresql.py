"""The index in PostgreSQL: one table a language with a weighted tsvector, no extension needed.

The vector and the query are written as literals, not parsed by PostgreSQL: its parser takes mail addresses,
paths and versions apart in ways of its own, and the words are ready as they are.
"""

from collections.abc import Iterable

from django.db import connection

from shop.catalogue.search.query import Query, Row
from shop.catalogue.search.words import Term

CREATE = """
CREATE TABLE {table} (product_id bigint PRIMARY KEY, document tsvector NOT NULL, vocabulary text NOT NULL);
CREATE INDEX {table}_document ON {table} USING gin (document) WITH (fastupdate = off);
"""
WEIGHTS = "{0.1, 0.2, 0.4, 1.0}"  # D, C, B, A
MATCH = "SELECT product_id FROM {table} WHERE document @@ %s::tsquery"
MAX_POSITION = 16_000  # PostgreSQL keeps none above 16,383


def write(table: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (product_id, document, vocabulary) VALUES (%s, %s::tsvector, %s)",
            [(row.product_id, vector(row), " ".join(row.vocabulary)) for row in rows],
        )


def vocabulary(table: str, ids: Iterable[int]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT vocabulary FROM {table} WHERE product_id = ANY(%s)", [list(ids)])
        return [row[0] for row in cursor.fetchall()]


def delete(table: str, ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE product_id = ANY(%s)", [list(ids)])


def best(table: str, query: Query, limit: int) -> list[int]:
    rank = " + ".join(["ts_rank(%s, document, %s::tsquery, 1)"] * len(query.terms))
    with connection.cursor() as cursor:
        cursor.execute(
            f"{MATCH.format(table=table)} ORDER BY {rank} DESC, product_id DESC LIMIT %s",
            [expression(query), *(x for group in query.terms for x in (WEIGHTS, _group(group))), limit],
        )
        return [row[0] for row in cursor.fetchall()]


def vector(row: Row) -> str:
    """`'bowl':1A 'blue':2A …`, with a gap between the fields so that no phrase reaches from one into the next."""
    lexemes, position = [], 0
    for weight, words in zip("ABCD", (row.name, row.codes, row.facts, row.body), strict=True):
        for word in words[: MAX_POSITION - position]:
            position += 1
            lexemes.append(f"'{word}':{position}{weight}")
        position += 1
    return " ".join(lexemes)


def expression(query: Query) -> str:
    return (" & " if query.needs_all else " | ").join(_group(group) for group in query.terms)


def _group(group: Iterable[Term]) -> str:
    return f"({' | '.join(_term(term) for term in group)})"


def _term(term: Term) -> str:
    star = ":*" if term.is_prefix else ""
    words = " <-> ".join(f"'{word}'" for word in term.words) + star
    return f"({words}) | '{term.joined}'{star}" if term.joined else f"({words})"
