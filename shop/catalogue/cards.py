"""Product cards: drawn once for each product, market and language, then put into every list."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from moneyed import Money

from shop.address import page_prefix
from shop.catalogue.models import Market, Picture, Price, Product
from shop.catalogue.texts import language_of

SECONDS = 120


@dataclass(frozen=True)
class Card:
    """What a product shows of itself in a list."""

    product: Product
    prices: list[Price]  # lowest first
    picture: Picture | None

    @property
    def name_language(self) -> str:
        return language_of(self.product, "name")

    @property
    def cheapest(self) -> Price:
        return self.prices[0]

    @property
    def money(self) -> Money:
        return self.cheapest.money

    @property
    def has_range(self) -> bool:
        return self.prices[-1].amount > self.cheapest.amount

    @property
    def is_sold_out(self) -> bool:
        return all(price.variant.stock == 0 for price in self.prices)

    @property
    def variants(self) -> int:
        return len(self.prices)


def draw(pks: Sequence[int], market: Market) -> list[SafeString]:
    """The cards of these products in this order; one query for those not remembered."""
    keys = {pk: f"catalogue:card:{get_language()}-{market.country}:{pk}" for pk in pks}
    drawn: dict[str, str] = cache.get_many(keys.values())
    if missing := [pk for pk in pks if keys[pk] not in drawn]:
        new = {keys[card.product.pk]: _draw(card, market) for card in read(missing, market)}
        cache.set_many(new, SECONDS)
        drawn |= new
    return [mark_safe(drawn[key]) for key in keys.values() if key in drawn]  # noqa: S308


def draw_chosen(name: str, products: QuerySet[Product], market: Market) -> list[SafeString]:
    """The cards of a short list under a name of its own: the query that chooses it is remembered with it."""
    key = f"catalogue:chosen:{get_language()}-{market.country}:{name}"
    drawn = cache.get(key)
    if drawn is None:
        cards = sorted(
            read(products.values("pk"), market), key=lambda card: (-card.product.rank, -card.product.pk)
        )
        drawn = [_draw(card, market) for card in cards]
        cache.set(key, drawn, SECONDS)
    return [mark_safe(card) for card in drawn]  # noqa: S308


def read(pks: Iterable[int] | QuerySet[Product, Any], market: Market) -> list[Card]:
    """With one query: the first picture comes as JSON in the rows of the prices."""
    fields = [field.attname for field in Picture._meta.concrete_fields]
    pictures = Picture.objects.filter(product=OuterRef("variant__product")).order_by("position", "pk")
    as_json = pictures.annotate(row=JSONObject(**{name: F(name) for name in fields}))
    first = as_json.values("row")[:1]
    offered = Price.objects.filter(market=market, variant__product__in=pks, variant__is_active=True)
    offers: dict[Product, list[Any]] = defaultdict(list)
    for price in (
        offered.select_related("variant__product__brand").annotate(first=Subquery(first)).order_by("amount")
    ):
        price.market = market
        offers[price.variant.product].append(price)
    return [Card(product, prices, _picture(prices[0].first)) for product, prices in offers.items()]


def _picture(row: dict[str, Any] | None) -> Picture | None:
    """In the order of the fields, which JSON does not keep."""
    fields = [field.attname for field in Picture._meta.concrete_fields]
    return Picture.from_db(None, fields, [row[name] for name in fields]) if row else None


def _draw(card: Card, market: Market) -> str:
    with page_prefix(get_language() or settings.LANGUAGE_CODE, market.country):
        return render_to_string("catalogue/_card.html", {"card": card})


def eager(cards: list[SafeString], first: int = 4) -> list[SafeString]:
    """The first cards are seen at once, so their pictures are not fetched lazily."""
    now = [mark_safe(card.replace(' loading="lazy"', "")) for card in cards[:first]]  # noqa: S308
    return [*now, *cards[first:]]
