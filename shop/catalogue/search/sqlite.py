"""The index in SQLite: one FTS5 table a language, ranked by FTS5's own BM25."""

import json
from collections.abc import Iterable
from itertools import pairwise

from django.db import connection

from shop.catalogue.search.query import Query, Row
from shop.catalogue.search.words import Term

CREATE = """
CREATE VIRTUAL TABLE {table} USING fts5(
    name, codes, facts, body, vocabulary UNINDEXED, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')
"""
WEIGHTS = "5, 2, 1, 1"
MATCH = "SELECT rowid FROM {table} WHERE {table} MATCH %s"


def write(table: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (rowid, name, codes, facts, body, vocabulary) VALUES (%s, %s, %s, %s, %s, %s)",
            [(r.product_id, *map(" ".join, (r.name, r.codes, r.facts, r.body, r.vocabulary))) for r in rows],
        )


def vocabulary(table: str, ids: Iterable[int]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT vocabulary FROM {table} WHERE rowid IN (SELECT value FROM json_each(%s))",
            [json.dumps(list(ids))],
        )
        return [row[0] for row in cursor.fetchall()]


def delete(table: str, ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [(pk,) for pk in ids])


def best(table: str, query: Query, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"{MATCH.format(table=table)} ORDER BY bm25({table}, {WEIGHTS}), rowid DESC LIMIT %s",
            [expression(query), limit],
        )
        return [row[0] for row in cursor.fetchall()]


def expression(query: Query) -> str:
    operator = " AND " if query.needs_all else " OR "
    match = operator.join(f"({' OR '.join(_term(term) for term in group)})" for group in query.terms)
    names = [group[0].words for group in query.terms if not group[0].is_prefix]
    adjacent = "".join(f' OR name : "{" ".join(a + b)}"' for a, b in pairwise(names))
    return f"({match}){adjacent}" if query.needs_all else f"{match}{adjacent}"


def _term(term: Term) -> str:
    star = " *" if term.is_prefix else ""
    words = f'"{" ".join(term.words)}"{star}'
    return f'{words} OR "{term.joined}"{star}' if term.joined else words
