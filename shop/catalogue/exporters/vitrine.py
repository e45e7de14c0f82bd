"""The catalogue as Vitrine's own CSV. Importing the file into an empty shop restores the same catalogue.

Nothing is escaped for spreadsheets (a text may begin with `=`): what is written must be what is read again.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.db.models import Prefetch

from shop.catalogue.exporters.cells import write_path, write_properties
from shop.catalogue.importers.lookups import number_text
from shop.catalogue.importers.vitrine import MEASURES, PLAIN, TRANSLATED
from shop.catalogue.models import Attribute, AttributeValue, Category, Market, Picture, Product, Variant
from shop.money import from_minor

LANGUAGES = [code for code, name in settings.LANGUAGES]
AT_ONCE = 200
Cells = dict[str, Any]


def export_catalogue(file: TextIO) -> int:
    """Writes every product, drafts too, and says how many there were."""
    markets = list(Market.objects.all())
    writer = csv.DictWriter(file, columns(markets), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_shelves())
    paths = _paths()
    count = 0
    for product in _products():
        count += 1
        for row in _rows(product, paths, {market.pk: market for market in markets}):
            writer.writerow({"product": product.slug, **row})
    return count


def columns(markets: list[Market]) -> list[str]:
    return [
        "product", "status", *_each("category"), *_each("category_description"),
        *_each("name"), *_each("summary"), *_each("description"), "brand", "tax_class", *_each("attributes"),
        "hs_code", "origin", "customs_text", "maker", "responsible_person", *_each("warnings"), "rank",
        "sku", *_each("options"), "barcode", "stock", *MEASURES, "unit_amount", "unit", "active",
        *(f"{name}:{market.country}" for market in markets for name in ("price", "compare_at")),
        "picture", *_each("picture_alt"),
    ]  # fmt: skip


def _each(column: str) -> list[str]:
    return [f"{column}:{language}" for language in LANGUAGES]


def _translated(column: str, row: Any, field: str) -> Cells:
    return {f"{column}:{language}": getattr(row, f"{field}_{language}") or "" for language in LANGUAGES}


def _paths() -> dict[int, list[Category]]:
    """Every category's way down from the top, in the order of the tree."""
    paths: dict[int, list[Category]] = {}
    for category in Category.objects.with_tree_fields():
        paths[category.pk] = [*paths.get(category.parent_id, []), category]
    return paths


def _shelves() -> Iterator[Cells]:
    """Categories and attributes first, in their order; empty categories are not lost."""
    for path in _paths().values():
        yield {**_category(path), **_translated("category_description", path[-1], "description")}
    for attribute in Attribute.objects.all():
        values = list(attribute.values.select_related("attribute"))
        for start in range(0, len(values), AT_ONCE):
            yield _properties("attributes", values[start : start + AT_ONCE])


def _category(path: list[Category]) -> Cells:
    return {f"category:{language}": write_path(path, language) for language in LANGUAGES}


def _properties(column: str, values: list[AttributeValue]) -> Cells:
    return {f"{column}:{language}": write_properties(values, language) for language in LANGUAGES}


def _products() -> Iterator[Product]:
    values = AttributeValue.objects.select_related("attribute").order_by(
        "attribute__position", "attribute__pk", "position", "number", "pk"
    )
    return (
        Product.objects.select_related("brand")
        .prefetch_related(
            Prefetch("values", values),
            Prefetch("variants__options", values),
            "variants__prices",
            "pictures",
        )
        .order_by("pk")
        .iterator(chunk_size=AT_ONCE)
    )


def _rows(product: Product, paths: dict[int, list[Category]], markets: dict[int, Market]) -> Iterator[Cells]:
    """The product with its first variant, the other pictures in their order, then the other variants."""
    pictures, variants = list(product.pictures.all()), list(product.variants.all())
    names = {picture.pk: Path(picture.image.name).name for picture in pictures}
    first = _product(product, paths[product.category_id])
    shown = variants[0].picture_id if variants else None
    if variants and (shown is None or shown == pictures[0].pk):
        first.update(_variant(variants.pop(0), markets, names))
    if pictures and (shown is not None or first.get("picture")):
        first.update(_picture(pictures.pop(0)))
    yield first
    yield from (_picture(picture) for picture in pictures)
    yield from (_variant(variant, markets, names) for variant in variants)


def _product(product: Product, path: list[Category]) -> Cells:
    options = {value.pk for variant in product.variants.all() for value in variant.options.all()}
    cells = {column: getattr(product, field) for field, column in PLAIN.items()}
    for name in TRANSLATED:
        cells.update(_translated(name, product, name))
    return {
        **cells,
        **_category(path),
        **_properties("attributes", [value for value in product.values.all() if value.pk not in options]),
        "brand": product.brand.name if product.brand else "",
        "rank": product.rank,
    }


def _variant(variant: Variant, markets: dict[int, Market], names: dict[int, str]) -> Cells:
    cells: Cells = {
        field: getattr(variant, field) for field in ("sku", "barcode", "stock", "unit", *MEASURES)
    }
    for price in variant.prices.all():
        market = markets[price.market_id]
        cells[f"price:{market.country}"] = from_minor(price.amount, market.currency).amount
        if price.compare_at is not None:
            cells[f"compare_at:{market.country}"] = from_minor(price.compare_at, market.currency).amount
    return {
        **cells,
        **_properties("options", list(variant.options.all())),
        "unit_amount": "" if variant.unit_amount is None else number_text(variant.unit_amount),
        "active": "yes" if variant.is_active else "no",
        "picture": names.get(variant.picture_id or 0, ""),
    }


def _picture(picture: Picture) -> Cells:
    return {"picture": Path(picture.image.name).name, **_translated("picture_alt", picture, "alt")}
