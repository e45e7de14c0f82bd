"""The index in PostgreSQL: a table with a weighted tsvector for each language; no extension is needed.

Vector and query are written as literals, not parsed by PostgreSQL: its parser takes mail addresses, paths
and versions apart in ways of its own, and our words are ready as they are.
"""
# ruff: noqa: S608 - the only thing formatted into the SQL is the name of our table

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from shop.catalogue.search.query import Query, Result, Row, Step, sorted_out
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


def best(table: str, steps: Sequence[Step], limit: int) -> list[Result]:
    """What each step finds, in one statement."""
    tables: list[str] = []
    parameters: list[Any] = []
    for number, step in enumerate(steps):
        counts, counted = _counts(table, step.query)
        rank = " + ".join(["ts_rank(%s, document, %s::tsquery, %s)"] * len(step.query.terms))
        weighed = [x for term in step.query.terms for x in (WEIGHTS, _any_form(term), BY_LENGTH)]
        tables.append(
            f"step{number} AS MATERIALIZED (SELECT {number} AS step, product_id, words, {counts} AS counts,"
            f" {rank} AS rank FROM {table} WHERE document @@ %s::tsquery AND {step.condition}"
            f" ORDER BY rank DESC, product_id DESC LIMIT %s)"
        )
        parameters += [*counted, *weighed, expression(step.query), limit]
    found = " UNION ALL ".join(f"SELECT * FROM step{number}" for number in range(len(steps)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {', '.join(tables)} SELECT step, product_id, words, counts FROM ({found}) AS found"
            " ORDER BY step, rank DESC, product_id DESC",
            parameters,
        )
        return sorted_out(cursor.fetchall(), len(steps))


def _counts(table: str, query: Query) -> tuple[str, list[str]]:
    """How many products there are and how many have each term, for ranking by any of them."""
    if query.needs_all:
        return "NULL", []
    each = f", (SELECT count(*) FROM {table} WHERE document @@ %s::tsquery)" * len(query.terms)
    counts = f"json_build_array((SELECT count(*) FROM {table}){each})::text"
    return counts, [_any_form(term) for term in query.terms]


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
