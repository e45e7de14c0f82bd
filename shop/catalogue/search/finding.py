"""Find products: all words first, then the last as a beginning, then corrected, then some of the words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice
from typing import NamedTuple

from django.db.models import Case, CharField, F, IntegerField, QuerySet, Value, When
from django.db.models import Q as Where
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Concat, StrIndex

from shop.catalogue.models import Product
from shop.catalogue.search import ranking, words
from shop.catalogue.search.query import Query, Result, Step
from shop.catalogue.search.spelling import Vocabulary, as_beginning
from shop.catalogue.search.tables import engine, table
from shop.catalogue.search.words import Term

RANKED = 200  # products put in order; what matches beyond them follows in the shop's own order
FEW = 24  # with fewer products than a page holds, those that have only some of the words follow


class Match(Enum):
    ALL = "all"  # every word is found
    CORRECTED = "corrected"  # every word of another spelling is found
    SOME = "some"  # no product has all the words
    NONE = "none"


@dataclass(frozen=True)
class Found:
    """The products that match, and how. `text` is what was looked for in the end: it differs if corrected."""

    products: QuerySet[Product]
    match: Match
    text: str
    has_near: bool = False  # few products have all the words; others that have some follow


def search(text: str, *, language: str) -> QuerySet[Product]:
    return find(text, language=language).products


def find(text: str, *, language: str) -> Found:
    """The products a text matches, best first, as a QuerySet to filter, count and slice, with `relevance`."""
    name, terms = table(language), words.terms(text, language)
    if not terms:
        return _nothing(text)
    attempts = list(_attempts(text, terms, language))
    queries = [attempt.query for attempt in attempts]
    answer = ranked(queries, Query(tuple(terms)), name, language)
    if answer.number is not None:
        matched = attempts[answer.number]
        products = _products(matched.query, answer.best, answer.near, name)
        return Found(products, matched.match, matched.text, bool(answer.near))
    if answer.near:
        return Found(_products(None, [], answer.near, name), Match.SOME, text)
    return _nothing(text)


def _nothing(text: str) -> Found:
    return Found(Product.objects.none().annotate(relevance=Value(0)), Match.NONE, text)


class Attempt(NamedTuple):
    match: Match
    text: str
    query: Query


def _attempts(text: str, terms: Sequence[Term], language: str) -> Iterator[Attempt]:
    vocabulary = Vocabulary(terms, language)
    whole = vocabulary.with_compounds()
    yield Attempt(Match.ALL, text, Query(whole))
    if len("".join(terms[-1].typed)) > 1:
        yield Attempt(Match.ALL, text, Query((*whole[:-1], as_beginning(terms[-1]))))
    if corrected := vocabulary.corrected(text):
        yield Attempt(Match.CORRECTED, corrected, Query(tuple(words.terms(corrected, language))))


@dataclass(frozen=True)
class Answer:
    """`best` have all the words of the query of that number; `near` have some of several words."""

    number: int | None
    best: list[int]
    near: list[int]


def ranked(queries: Sequence[Query], typed: Query, name: str, language: str) -> Answer:
    """The answer to the first of the queries that finds anything, in one statement.

    Where it does not fill a page, and where none finds anything, products with some of the words follow.
    """
    steps = [Step(query, unless=tuple(range(number))) for number, query in enumerate(queries)]
    if len(typed.terms) > 1:
        steps += [Step(_any_of(query), beside=number, few=FEW) for number, query in enumerate(queries)]
        steps.append(Step(_any_of(typed), unless=tuple(range(len(queries)))))
    results = engine().best(name, steps, RANKED)
    orders = [_ordered(step.query, result, language) for step, result in zip(steps, results, strict=True)]
    first = next((number for number in range(len(queries)) if orders[number]), None)
    best = orders[first] if first is not None else []
    others = (pk for order in orders[len(queries) :] for pk in order if pk not in best)
    return Answer(first, best, list(islice(others, max(0, FEW - len(best)))))


def _any_of(query: Query) -> Query:
    return replace(query, needs_all=False)


def _ordered(query: Query, result: Result, language: str) -> list[int]:
    rarity = [1.0] * len(query.terms)
    if result.counts:
        products, *having = result.counts
        rarity = ranking.rarity(having, products)
    candidates = [ranking.Candidate(pk, text, language) for pk, text in result.best]
    return ranking.order(candidates, query.terms, rarity)


def _products(query: Query | None, best: list[int], near: list[int], name: str) -> QuerySet[Product]:
    """Matching is left to the database, so that filters and counts see all that match, not only the best.

    The order of the best is the place of their number in one text: the same on both databases, and one
    parameter instead of a `CASE` with hundreds of branches.
    """
    first = best + near
    matching = Where(pk__in=first)
    if query is not None:
        sql = engine().MATCH.format(table=name)
        matching |= Where(pk__in=RawSQL(sql, [engine().expression(query)]))  # noqa: S611 - words are a parameter
    places = Value("".join(f",{pk}" for pk in reversed(first)) + ",")
    number = Concat(Value(","), Cast("pk", CharField()), Value(","))
    relevance = Case(
        When(pk__in=first, then=StrIndex(places, number)), default=0, output_field=IntegerField()
    )
    products = Product.objects.filter(matching).annotate(relevance=relevance)
    return products.order_by(F("relevance").desc(), "-rank", "-pk")
