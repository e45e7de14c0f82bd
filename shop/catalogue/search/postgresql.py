"""The index in PostgreSQL: a table with a weighted tsvector for each language; no extension is needed.

Vector and query are written as literals, not parsed by PostgreSQL: its parser takes mail addresses, paths
and versions apart in ways of its own, and our words are ready as they are.
"""
# ruff: noqa: S608 - the only thing formatted into the SQL is the name of our table

from collections.abc import Iterable

from django.db import connection

from shop.catalogue.search.query import Query, Row
from shop.catalogue.search.words import Term

CREATE = """
CREATE TABLE {table} (product_id bigint PRIMARY KEY, document tsvector NOT NULL, words text NOT NULL);
CREATE INDEX {table}_document ON {table} USING gin (document) WITH (fastupdate = off);
"""
WEIGHTS = "{0.5, 0.5, 0.5, 1.0}"  # body, facts, codes, name
MATCH = "SELECT product_id FROM {table} WHERE document @@ %s::tsquery"
BY_LENGTH = 1  # ts_rank divides by 1 + the logarithm of the length
MAX_POSITION = 16_000  # PostgreSQL keeps none above 16,383


def write(table: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (product_id, document, words) VALUES (%s, %s::tsvector, %s)",
            [(row.product_id, vector(row), row.words) for row in rows],
        )


def read(table: str, ids: Iterable[int]) -> list[str]:
    """The words of these products."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT words FROM {table} WHERE product_id = ANY(%s)", [list(ids)])
        return [row[0] for row in cursor.fetchall()]


def delete(table: str, ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE product_id = ANY(%s)", [list(ids)])


def best(table: str, query: Query, limit: int) -> list[tuple[int, str]]:
    """The likeliest products with their words."""
    rank = " + ".join(["ts_rank(%s, document, %s::tsquery, %s)"] * len(query.terms))
    weighed = [x for term in query.terms for x in (WEIGHTS, _any_form(term), BY_LENGTH)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT product_id, words FROM {table} WHERE document @@ %s::tsquery"
            f" ORDER BY {rank} DESC, product_id DESC LIMIT %s",
            [expression(query), *weighed, limit],
        )
        return list(cursor.fetchall())


def count(table: str, terms: Iterable[Term]) -> list[int]:
    """How many products there are, and how many have each term."""
    asked = [_any_form(term) for term in terms]
    each = "".join(f", (SELECT count(*) FROM {table} WHERE document @@ %s::tsquery)" for _ in asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT count(*) FROM {table}){each}", asked)
        return list(cursor.fetchone())


def vector(row: Row) -> str:
    """`'bowl':1A 'blue':2A …`, with a gap between the fields so that no phrase reaches into the next."""
    lexemes, position = [], 0
    for weight, field in zip("ABCD", row.stems, strict=True):
        for word in field[: MAX_POSITION - position]:
            position += 1
            lexemes.append(f"'{word}':{position}{weight}")
        position += 1
    return " ".join(lexemes)


def expression(query: Query) -> str:
    """`('dv' <-> '400' | 'dv400') & ('toner')`. Quoted, nothing that is typed is an operator."""
    return (" & " if query.needs_all else " | ").join(_any_form(term) for term in query.terms)


def _any_form(term: Term) -> str:
    star = ":*" if term.is_prefix else ""
    forms = (" <-> ".join(f"'{word}'" for word in form) + star for form in term.forms)
    return f"({' | '.join(forms)})"
