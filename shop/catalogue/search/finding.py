"""Find products: all words first, then the last one as a beginning, then corrected, then any of the words."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from django.db.models import Case, CharField, F, IntegerField, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Concat, StrIndex

from shop.catalogue.models import Product
from shop.catalogue.search import spelling, words
from shop.catalogue.search.query import Query
from shop.catalogue.search.tables import engine, table

RANKED = 480  # 20 pages; what matches beyond them follows in the shop's own order


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


def search(text: str, *, language: str) -> QuerySet[Product]:
    return find(text, language=language).products


def find(text: str, *, language: str) -> Found:
    """The products a text matches, best first, as a QuerySet to filter, count and slice, with their `relevance`."""
    for match, used, query in _attempts(text, language):
        if best := engine().best(table(language), query, RANKED):
            return Found(_products(query, best, language), match, used)
    return Found(Product.objects.none().annotate(relevance=Value(0)), Match.NONE, text)


def _attempts(text: str, language: str) -> Iterator[tuple[Match, str, Query]]:
    terms = words.terms(text, language)
    if not terms:
        return
    groups = spelling.with_compounds(terms, language)
    yield Match.ALL, text, Query(groups)
    yield Match.ALL, text, Query((*groups[:-1], spelling.as_beginning(terms[-1])))
    if corrected := spelling.did_you_mean(text, language=language):
        yield Match.CORRECTED, corrected, Query(tuple((term,) for term in words.terms(corrected, language)))
    if len(terms) > 1:
        yield Match.SOME, text, Query(groups, needs_all=False)


def _products(query: Query, best: list[int], language: str) -> QuerySet[Product]:
    """Matching is left to the database each time, so that filters and counts see all matches, not only the best.

    The order of the best is the place of their number in one text: the same on both databases, and one
    parameter instead of a `CASE` with hundreds of branches.
    """
    sql = engine().MATCH.format(table=table(language))
    matching = RawSQL(sql, [engine().expression(query)])  # noqa: S611 - the words are a parameter
    places = Value("".join(f",{pk}" for pk in reversed(best)) + ",")
    number = Concat(Value(","), Cast("pk", CharField()), Value(","))
    relevance = Case(When(pk__in=best, then=StrIndex(places, number)), default=0, output_field=IntegerField())
    products = Product.objects.filter(pk__in=matching).annotate(relevance=relevance)
    return products.order_by(F("relevance").desc(), "-rank", "-pk")
