"""The index in SQLite: an FTS5 table for each language, whose own BM25 finds the candidates."""
# ruff: noqa: S608 - the only thing formatted into the SQL is the name of our table

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from shop.catalogue.search.query import Query, Result, Row, Step, sorted_out
from shop.catalogue.search.words import Term

CREATE = """
CREATE VIRTUAL TABLE {table} USING fts5(
    name, codes, facts, body, words UNINDEXED, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
)
"""
WEIGHTS = "2, 1, 1, 1"
MATCH = "SELECT rowid FROM {table} WHERE {table} MATCH %s"


def write(table: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (rowid, name, codes, facts, body, words) VALUES (%s, %s, %s, %s, %s, %s)",
            [(row.product_id, *map(" ".join, row.stems), row.words) for row in rows],
        )


def read(table: str, ids: Iterable[int]) -> list[str]:
    """The words of these products."""
    with connection.cursor() as cursor:
        chosen = "SELECT value FROM json_each(%s)"
        cursor.execute(f"SELECT words FROM {table} WHERE rowid IN ({chosen})", [json.dumps(list(ids))])
        return [row[0] for row in cursor.fetchall()]


def delete(table: str, ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [(pk,) for pk in ids])


def best(table: str, steps: Sequence[Step], limit: int) -> list[Result]:
    """What each step finds, in one statement."""
    tables: list[str] = []
    parameters: list[Any] = []
    for number, step in enumerate(steps):
        counts, counted = _counts(table, step.query)
        tables.append(
            f"step{number} AS MATERIALIZED (SELECT {number} AS step, rowid AS product_id, words,"
            f" {counts} AS counts, bm25({table}, {WEIGHTS}) AS distance"
            f" FROM {table} WHERE {table} MATCH %s AND {step.condition}"
            f" ORDER BY distance, product_id DESC LIMIT %s)"
        )
        parameters += [*counted, expression(step.query), limit]
    found = " UNION ALL ".join(f"SELECT * FROM step{number}" for number in range(len(steps)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {', '.join(tables)} SELECT step, product_id, words, counts FROM ({found})"
            " ORDER BY step, distance, product_id DESC",
            parameters,
        )
        return sorted_out(cursor.fetchall(), len(steps))


def _counts(table: str, query: Query) -> tuple[str, list[str]]:
    """How many products there are and how many have each term, for ranking by any of them."""
    if query.needs_all:
        return "NULL", []
    each = f", (SELECT count(*) FROM {table} WHERE {table} MATCH %s)" * len(query.terms)
    return f"json_array((SELECT count(*) FROM {table}){each})", [_any_form(term) for term in query.terms]


def expression(query: Query) -> str:
    """`("dv 400" OR "dv400") AND ("toner")`. Quoted, nothing that is typed is an operator of FTS5."""
    return (" AND " if query.needs_all else " OR ").join(_any_form(term) for term in query.terms)


def _any_form(term: Term) -> str:
    star = " *" if term.is_prefix else ""
    phrases = (" ".join(form) for form in term.forms)
    return "(" + " OR ".join(f'"{phrase}"{star}' for phrase in phrases) + ")"
