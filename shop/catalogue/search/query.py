"""What is written to the index and asked of it, before SQLite or PostgreSQL has its own way of saying it."""

# ruff: noqa: S608 - the only things formatted into the SQL are our own numbers

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from shop.catalogue.search.words import Term, stems


@dataclass(frozen=True)
class Row:
    """A product as it stands in the index of one language: its folded words, by field."""

    product_id: int
    language: str
    name: list[str]
    codes: list[str] = field(default_factory=list)  # SKUs, barcodes, other ways to write names of models
    facts: list[str] = field(default_factory=list)  # categories, attributes, brand
    body: list[str] = field(default_factory=list)  # summary and description

    @property
    def words(self) -> str:
        """All words as they are kept for ranking and for the vocabulary: a line a field."""
        return "\n".join(map(" ".join, (self.name, self.codes, self.facts, self.body)))

    @property
    def stems(self) -> list[list[str]]:
        return [stems(part, self.language) for part in (self.name, self.codes, self.facts, self.body)]


@dataclass(frozen=True)
class Query:
    """Terms that must all be found, or any of them."""

    terms: tuple[Term, ...]
    needs_all: bool = True


@dataclass(frozen=True)
class Step:
    """A query that is worked out only where the steps before it, named by number, leave something to find."""

    query: Query
    unless: tuple[int, ...] = ()  # one of these found anything
    beside: int | None = None  # this one found something, but fewer than `few`
    few: int = 0

    @property
    def condition(self) -> str:
        """The same SQL for both databases; each step is a table named `step` and its number."""
        conditions = [f"NOT EXISTS (SELECT 1 FROM step{number})" for number in self.unless]
        if self.beside is not None:
            conditions.append(f"(SELECT count(*) FROM step{self.beside}) BETWEEN 1 AND {self.few - 1}")
        return " AND ".join(conditions) or "1 = 1"


@dataclass
class Result:
    """What a step found, the likeliest first."""

    best: list[tuple[int, str]] = field(default_factory=list)  # products with their words
    counts: list[int] = field(default_factory=list)  # where any term will do: all products, those with each


def sorted_out(rows: Iterable[tuple[int, int, str, str | None]], steps: int) -> list[Result]:
    """Rows of step, product, words and counts, by step."""
    results = [Result() for _step in range(steps)]
    for step, product, words, counts in rows:
        results[step].best.append((product, words))
        results[step].counts = (
            json.loads(counts) if counts and not results[step].counts else results[step].counts
        )
    return results
