"""What a line of a cart shows of a variant: drawn once for each language, as cards are for lists."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from shop.catalogue.cards import SECONDS
from shop.catalogue.models import Picture, Variant


@dataclass(frozen=True)
class Thumb:
    options: str  # "celadon, large"
    picture: SafeString


def draw(variants: Iterable[Variant]) -> dict[int, Thumb]:
    """By variant; three queries for all those not remembered."""
    keys = {variant: f"catalogue:thumb:{get_language()}:{variant.pk}" for variant in variants}
    drawn: dict[str, Thumb] = cache.get_many(keys.values())
    if missing := [variant for variant, key in keys.items() if key not in drawn]:
        new = {keys[variant]: thumb for variant, thumb in zip(missing, _draw(missing), strict=True)}
        cache.set_many(new, SECONDS)
        drawn |= new
    return {variant.pk: drawn[key] for variant, key in keys.items()}


def _draw(variants: list[Variant]) -> Iterable[Thumb]:
    prefetch_related_objects(variants, "options", "picture")
    prefetch_related_objects([v for v in variants if v.picture_id is None], "product__pictures")
    for variant in variants:
        options = ", ".join(value.label for value in variant.options.all())
        context = {"picture": _picture_of(variant)}
        yield Thumb(options, render_to_string("catalogue/_thumb.html", context))


def _picture_of(variant: Variant) -> Picture | None:
    """Its own, or the product's first."""
    return variant.picture or next(iter(variant.product.pictures.all()), None)
