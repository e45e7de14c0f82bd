"""The index in SQLite: an FTS5 table for each language, whose own BM25 finds the candidates."""
# ruff: noqa: S608 - the only thing formatted into the SQL is the name of our table

import json
from collections.abc import Iterable

from django.db import connection

from shop.catalogue.search.query import Query, Row
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


def best(table: str, query: Query, limit: int) -> list[tuple[int, str]]:
    """The likeliest products with their words."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid, words FROM {table} WHERE {table} MATCH %s"
            f" ORDER BY bm25({table}, {WEIGHTS}), rowid DESC LIMIT %s",
            [expression(query), limit],
        )
        return list(cursor.fetchall())


def count(table: str, terms: Iterable[Term]) -> list[int]:
    """How many products there are, and how many have each term."""
    asked = [_any_form(term) for term in terms]
    each = "".join(f", (SELECT count(*) FROM {table} WHERE {table} MATCH %s)" for _ in asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT count(*) FROM {table}){each}", asked)
        return list(cursor.fetchone())


def expression(query: Query) -> str:
    """`("dv 400" OR "dv400") AND ("toner")`. Quoted, nothing that is typed is an operator of FTS5."""
    return (" AND " if query.needs_all else " OR ").join(_any_form(term) for term in query.terms)


def _any_form(term: Term) -> str:
    star = " *" if term.is_prefix else ""
    phrases = (" ".join(form) for form in term.forms)
    return "(" + " OR ".join(f'"{phrase}"{star}' for phrase in phrases) + ")"
