"""Find products: all words first, then the last as a beginning, then corrected, then some of the words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from django.db.models import Case, CharField, F, IntegerField, QuerySet, Value, When
from django.db.models import Q as Where
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Concat, StrIndex

from shop.catalogue.models import Product
from shop.catalogue.search import ranking, spelling, words
from shop.catalogue.search.query import Query
from shop.catalogue.search.tables import engine, table

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
    name = table(language)
    for match, used, query in _attempts(text, language):
        if best := ranked(query, name, language):
            near = nearby(query, best, name, language)
            return Found(_products(query, best, near, name), match, used, bool(near))
    query = Query(tuple(words.terms(text, language)))
    if near := nearby(query, [], name, language):
        return Found(_products(None, [], near, name), Match.SOME, text)
    return Found(Product.objects.none().annotate(relevance=Value(0)), Match.NONE, text)


def ranked(query: Query, name: str, language: str) -> list[int]:
    """The best of those that have all the words."""
    return _ordered(query, name, language, [1.0] * len(query.terms))


def nearby(query: Query, best: list[int], name: str, language: str) -> list[int]:
    """Products that have some of several words, where those that have all of them do not fill a page."""
    if len(query.terms) < 2 or len(best) >= FEW:
        return []
    products, *having = engine().count(name, query.terms)
    some = replace(query, needs_all=False)
    near = _ordered(some, name, language, ranking.rarity(having, products))
    return [pk for pk in near if pk not in best][: FEW - len(best)]


def _ordered(query: Query, name: str, language: str, rarity: list[float]) -> list[int]:
    found = engine().best(name, query, RANKED)
    candidates = [ranking.Candidate(pk, text, language) for pk, text in found]
    return ranking.order(candidates, query.terms, rarity)


def _attempts(text: str, language: str) -> Iterator[tuple[Match, str, Query]]:
    terms = words.terms(text, language)
    if not terms:
        return
    whole = spelling.with_compounds(terms, language)
    yield Match.ALL, text, Query(whole)
    if len("".join(terms[-1].typed)) > 1:
        yield Match.ALL, text, Query((*whole[:-1], spelling.as_beginning(terms[-1])))
    if corrected := spelling.did_you_mean(text, language=language):
        yield Match.CORRECTED, corrected, Query(tuple(words.terms(corrected, language)))


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
