"""A page of products under filters: which ones, how many, and what each further filter would leave.

Facets are disjunctive: within one facet choices add up ("celadon or tenmoku"), between facets they
narrow down. So a facet's counts obey every filter but its own. Results are remembered for a minute or
two for everybody in the same market, so a large catalogue costs a large query once.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, NullIf
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shop.catalogue.models import AttributeValue, Market, Price, Product
from shop.catalogue.search import Match, find
from shop.money import round_money, to_minor

PAGE_SIZE = 24
SECONDS = 120
MOST_CHOICES = 10  # facets at once: each further one costs the square of all, and addresses are anybody's
OPEN = 3  # attributes whose choices are seen at once; the others unfold
FALLBACK = settings.MODELTRANSLATION_FALLBACK_LANGUAGES
PREFIX = "f-"  # of attributes in addresses: `?f-glaze=celadon`; other names belong to us, or to nobody
SORTS = {
    "": gettext_lazy("Our selection"),
    "new": gettext_lazy("Newest first"),
    "price": gettext_lazy("Price, lowest first"),
    "-price": gettext_lazy("Price, highest first"),
    "name": gettext_lazy("Name"),
}


class NoSuchPage(LookupError):
    """The list has fewer pages than the address asks for."""


@dataclass(frozen=True)
class Filters:
    """What the shopper asked for, as the address says it. Anything the shop does not know is left out."""

    choices: dict[str, frozenset[str]] = field(default_factory=dict)
    lowest: int | None = None
    highest: int | None = None
    in_stock: bool = False
    sort: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: QueryDict, market: Market) -> "Filters":
        chosen = {
            code: frozenset(value for value in query.getlist(code) if value and value.isprintable())
            for code in query
            if code == "brand" or (code.startswith(PREFIX) and code.isprintable())
        }
        given = [(code, values) for code, values in chosen.items() if values]
        page, sort = query.get("page", "1"), query.get("sort", "")
        return cls(
            choices=dict(given[:MOST_CHOICES]),
            lowest=_minor(query.get("min", ""), market),
            highest=_minor(query.get("max", ""), market),
            in_stock=query.get("stock") == "1",
            sort=sort if sort in SORTS else "",
            page=int(page) if page.isdecimal() and 0 < len(page) < 6 else 0,
        )

    @property
    def is_plain(self) -> bool:
        """Whether this is the list itself, which search engines may index, not one of its excerpts."""
        return not (
            self.sort or self.choices or self.in_stock or self.lowest is not None or self.highest is not None
        )

    def __str__(self) -> str:
        chosen = sorted((code, sorted(values)) for code, values in self.choices.items())
        return f"{chosen} {self.lowest} {self.highest} {self.in_stock} {self.sort} {self.page}"


def _minor(text: str, market: Market) -> int | None:
    """A price as typed, in minor units; "12,50" is meant as well as it is written."""
    try:
        amount = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount < 10**9:
        return None
    return to_minor(round_money(amount, market.currency))


@dataclass(frozen=True)
class Option:
    code: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    code: str
    name: str
    options: list[Option]
    is_open: bool

    @property
    def first(self) -> list[Option]:
        """What is shown at once: the first few, or all that are chosen when those are further down."""
        return [option for n, option in enumerate(self.options) if n < 7 or option.chosen]

    @property
    def rest(self) -> list[Option]:
        return [option for n, option in enumerate(self.options) if n >= 7 and not option.chosen]


@dataclass(frozen=True)
class Listing:
    pks: list[int]
    total: int
    in_stock: int
    facets: list[Facet]
    match: Match = Match.ALL  # how a search found them, and for which words
    text: str = ""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True)
class Scope:
    """What is listed: products of some categories, what a search finds, or everything."""

    categories: tuple[int, ...] = ()
    text: str = ""


def browse(scope: Scope, *, market: Market, filters: Filters) -> Listing:
    """One page of a scope, remembered."""
    if not filters.page:
        raise NoSuchPage
    asked = f"{scope} {market.pk} {get_language()} {filters}"
    key = "catalogue:listing:" + hashlib.sha256(asked.encode()).hexdigest()
    listing = cache.get(key)
    if not isinstance(listing, Listing):
        listing = _Questions(scope, market, filters).listing()
        cache.set(key, listing, SECONDS)
    if filters.page > listing.pages:
        raise NoSuchPage
    return listing


class _Questions:
    """The three questions to the database behind one listing: rows, attributes, brands."""

    def __init__(self, scope: Scope, market: Market, filters: Filters) -> None:
        self.market, self.filters = market, filters
        self.found = find(scope.text, language=get_language() or "") if scope.text else None
        sold = Product.objects.sold_in(market)
        self.products: QuerySet[Product] = self.found.products.filter(pk__in=sold) if self.found else sold
        if scope.categories:
            self.products = self.products.filter(category__in=scope.categories)
        self.conditions = dict(self._conditions())

    def _conditions(self) -> Iterable[tuple[str, Q]]:
        """Each filter by name, as a condition on products."""
        for code, values in self.filters.choices.items():
            if code == "brand":
                yield code, Q(brand__slug__in=values)
            else:
                matching = AttributeValue.objects.filter(
                    attribute__code=code.removeprefix(PREFIX), code__in=values
                )
                yield (
                    code,
                    Q(
                        pk__in=Product.values.through.objects.filter(attributevalue__in=matching).values(
                            "product"
                        )
                    ),
                )
        if self.filters.lowest is not None or self.filters.highest is not None:
            within = Q(amount__gte=self.filters.lowest or 0)
            if self.filters.highest is not None:
                within &= Q(amount__lte=self.filters.highest)
            yield "price", Q(Exists(self._prices.filter(within)))
        if self.filters.in_stock:
            yield "stock", self._is_in_stock

    @property
    def _prices(self) -> QuerySet[Price]:
        """The prices of a product here, within a query over products."""
        return Price.objects.filter(
            market=self.market, variant__product=OuterRef("pk"), variant__is_active=True
        )

    @property
    def _is_in_stock(self) -> Q:
        return Q(Exists(self._prices.filter(variant__stock__gt=0)))

    def _matching(self, *, but: str = "") -> QuerySet[Product]:
        """Products under every filter except one."""
        return self.products.filter(
            *(condition for name, condition in self.conditions.items() if name != but)
        )

    def _pks(self, *, but: str = "") -> QuerySet[Product, Any]:
        return self._matching(but=but).order_by().values("pk")

    def listing(self) -> Listing:
        start = (self.filters.page - 1) * PAGE_SIZE
        rows = self._sorted().annotate(
            total=Window(Count("pk")), in_stock=Window(Count("pk", filter=self._is_in_stock))
        )[start : start + PAGE_SIZE]
        found = list(rows.values_list("pk", "total", "in_stock"))
        return Listing(
            pks=[row[0] for row in found],
            total=found[0][1] if found else 0,
            in_stock=found[0][2] if found else 0,
            facets=[*self._attribute_facets(), *self._brand_facet()],
            match=self.found.match if self.found else Match.ALL,
            text=self.found.text if self.found else "",
        )

    def _sorted(self) -> QuerySet[Product]:
        products = self._matching()
        if self.found and not self.filters.sort:
            return products
        if self.filters.sort in {"price", "-price"}:
            lowest = self._prices.order_by("amount").values("amount")[:1]
            return products.annotate(price_from=Subquery(lowest)).order_by(
                self.filters.sort.replace("price", "price_from"), "-pk"
            )
        # A name that is not translated sorts by the words the page will show.
        name = Coalesce(
            *(NullIf(f"name_{code}", Value("")) for code in dict.fromkeys((get_language(), *FALLBACK))),
            "slug",
        )
        order: dict[str, tuple[Any, ...]] = {
            "": ("-rank", "-pk"),
            "new": ("-created_at", "-pk"),
            "name": (name, "-pk"),
        }
        return products.order_by(*order[self.filters.sort])

    def _attribute_facets(self) -> list[Facet]:
        chosen = {code.removeprefix(PREFIX) for code in self.filters.choices if code != "brand"}
        counted = ~Q(attribute__code__in=chosen) & Q(products__in=self._pks())
        for code in chosen:
            counted |= Q(attribute__code=code, products__in=self._pks(but=PREFIX + code))
        values = (
            AttributeValue.objects.filter(counted, attribute__is_facet=True)
            .select_related("attribute")
            .annotate(count=Count("products"))
            .order_by("attribute__position", "attribute", "number", "position", "pk")
        )
        options: dict[tuple[str, str], list[Option]] = {}
        for value in values:
            code = PREFIX + value.attribute.code
            option = Option(value.code, value.label, value.count, self._is_chosen(code, value.code))
            options.setdefault((code, value.attribute.name), []).append(option)
        return [
            Facet(code, name, found, number < OPEN or code in self.filters.choices)
            for number, ((code, name), found) in enumerate(options.items())
            if len(found) > 1 or code in self.filters.choices
        ]

    def _brand_facet(self) -> list[Facet]:
        rows = self._matching(but="brand").filter(brand__isnull=False).order_by("brand__name")
        brands = rows.values_list("brand__slug", "brand__name").annotate(count=Count("pk"))
        options = [Option(slug, name, count, self._is_chosen("brand", slug)) for slug, name, count in brands]
        return [Facet("brand", _("Brand"), options, is_open=True)] if len(options) > 1 else []

    def _is_chosen(self, facet: str, code: str) -> bool:
        return code in self.filters.choices.get(facet, ())
