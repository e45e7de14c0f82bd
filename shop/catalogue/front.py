"""What the first page shows: the shelves with a picture each, what the shop is proud of, and what is new."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db.models import OuterRef, Subquery
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from PIL import Image

from shop.catalogue import cards
from shop.catalogue.models import Category, Market, Picture, Product
from shop.catalogue.tree import Shelf, shelves

SELECTED, NEW = 8, 4
SAMPLE = 200


@dataclass(frozen=True)
class Art:
    """A picture of the shop's own that belongs to no product."""

    url: str
    width: int
    height: int


@lru_cache(maxsize=256)
def art(name: str) -> Art | None:
    path = finders.find(f"shop/{name}.webp")
    if not isinstance(path, str):
        return None
    with Image.open(path) as image:
        return Art(static(f"shop/{name}.webp"), *image.size)


@dataclass(frozen=True)
class Front:
    shelves: list[tuple[Shelf, Picture | None, Art | None]]
    selected: list[SafeString]
    new: list[SafeString]
    art: Art | None

    @property
    def hero(self) -> Picture | None:
        """Stands in where the shop has no picture of its own for the first page."""
        return next((picture for _shelf, picture, _art in self.shelves if picture), None)


def show(market: Market) -> Front:
    selected, new = _chosen(market)
    drawn = cards.draw([*selected, *new], market)
    shown = [(shelf, picture, art(shelf.slug)) for shelf, picture in _shelves_with_pictures()]
    return Front(shown, drawn[: len(selected)], drawn[len(selected) :], art("hero"))


def _chosen(market: Market) -> tuple[list[int], list[int]]:
    """The best-ranked products, and the newest of the others; of each shelf in turn, so that all are seen."""
    key = f"catalogue:front:{market.country}"
    chosen: tuple[list[int], list[int]] | None = cache.get(key)
    if chosen is None:
        products = Product.objects.sold_in(market).values_list("pk", "category_id")
        selected = _in_turn(list(products.order_by("-rank", "-pk")[:SAMPLE]))[:SELECTED]
        newest = [row for row in products.order_by("-pk")[:SAMPLE] if row[0] not in selected]
        chosen = selected, _in_turn(newest)[:NEW]
        cache.set(key, chosen, cards.SECONDS)
    return chosen


def _in_turn(products: list[tuple[int, int]]) -> list[int]:
    """One product of each shelf, then another of each, keeping the order within a shelf."""
    shelf_of = {pk: shelf.pk for shelf in shelves().first for pk in shelf.subtree_pks}
    by_shelf: dict[int, list[int]] = defaultdict(list)
    for pk, category in products:
        by_shelf[shelf_of.get(category, category)].append(pk)
    turns = zip_longest(*by_shelf.values())
    return [pk for turn in turns for pk in turn if pk is not None]


def _shelves_with_pictures() -> list[tuple[Shelf, Picture | None]]:
    """Each shelf one starts from with the picture of its best-ranked product, or of one below."""
    key = f"catalogue:shelf-pictures:{get_language()}"
    pictures: dict[int, Picture] | None = cache.get(key)
    if pictures is None:
        best = Picture.objects.filter(
            product__category=OuterRef("pk"), product__status=Product.Status.ACTIVE
        ).order_by("-product__rank", "-product", "position", "pk")
        found = dict(
            Category.objects.annotate(best=Subquery(best.values("pk")[:1])).values_list("pk", "best")
        )
        by_pk = Picture.objects.in_bulk({pk for pk in found.values() if pk})
        pictures = {category: by_pk[picture] for category, picture in found.items() if picture}
        cache.set(key, pictures, cards.SECONDS)
    return [
        (shelf, next((pictures[pk] for pk in shelf.subtree_pks if pk in pictures), None))
        for shelf in shelves().first
    ]
