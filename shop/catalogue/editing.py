"""What the back office does to products beyond filling in their columns."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from shop.catalogue import search, stock
from shop.catalogue.models import AttributeValue, Market, Picture, Price, Product, Variant
from shop.money import from_minor, round_money, to_minor

AT_ONCE = 500


@transaction.atomic
def settle(product: Product, *, own_values: Iterable[AttributeValue] | None = None) -> None:
    """After a product, or anything of it, was written by hand: its values for the facets, and the search.

    `own_values` are those of the product itself; without them it keeps what it has.
    """
    of_variants = set(AttributeValue.objects.filter(variants__product=product))
    own = set(product.values.all()) if own_values is None else set(own_values)
    product.values.set(own | of_variants)
    search.index([Product.objects.get(pk=product.pk)])


def own_values(product: Product) -> list[AttributeValue]:
    """Its values without those that its variants bring along."""
    return list(product.values.exclude(variants__product=product).distinct())


@transaction.atomic
def change_prices(
    variants: Iterable[Variant], *, market: Market, percent: Decimal, keep_as_earlier: bool = False
) -> int:
    """Raise or lower the prices of a market; `keep_as_earlier` shows what a lowered price was before."""
    prices = Price.objects.filter(market=market, variant__in=variants).select_for_update()
    changed = []
    for price in prices:
        before = price.amount
        exact = from_minor(before, market.currency).amount * (100 + percent) / 100
        price.amount = to_minor(round_money(exact, market.currency))
        if keep_as_earlier and price.amount < before:
            price.compare_at = before
        if price.compare_at is not None and price.compare_at <= price.amount:
            price.compare_at = None
        changed.append(price)
    Price.objects.bulk_update(changed, ["amount", "compare_at"], batch_size=AT_ONCE)
    return len(changed)


@transaction.atomic
def set_stock(variants: Iterable[Variant], *, pieces: int, actor: Any) -> int:
    """The same count for each; says how many differed."""
    different = [variant for variant in variants if variant.stock != pieces]
    for variant in different:
        stock.count(variant, pieces, actor=actor)
    return len(different)


@transaction.atomic
def set_status(products: Iterable[Product], *, status: Product.Status) -> int:
    different = [product for product in products if product.status != status]
    for product in different:
        product.status = status
        product.save(update_fields=["status", "updated_at"])
    search.index(different)
    return len(different)


def save_variant(variant: Variant) -> None:
    """Every column but the stock, which `stock.py` alone writes: an order may come in between."""
    if variant._state.adding:
        variant.save()
        return
    columns = [field.name for field in Variant._meta.concrete_fields if not field.primary_key]
    variant.save(update_fields=[name for name in columns if name != "stock"])


@transaction.atomic
def delete_products(products: Iterable[Product]) -> None:
    """With their pictures' files and what the search knows of them."""
    products = list(products)
    search.remove(products)
    delete_pictures(Picture.objects.filter(product__in=products))
    Product.objects.filter(pk__in=[product.pk for product in products]).delete()


@transaction.atomic
def delete_pictures(pictures: Iterable[Picture]) -> None:
    for picture in list(pictures):
        forget_file(picture)
        picture.delete()


def forget_file(picture: Picture) -> None:
    """Removes the stored file and its renditions once nothing can need them any more."""
    image = Picture.objects.get(pk=picture.pk).image
    transaction.on_commit(lambda: image.delete(save=False))


@transaction.atomic
def set_price(variant: Variant, *, market: Market, amount: int | None) -> None:
    """In minor units; without an amount the market sells the variant no more."""
    if amount is None:
        Price.objects.filter(variant=variant, market=market).delete()
        return
    price, _ = Price.objects.get_or_create(variant=variant, market=market, defaults={"amount": amount})
    if price.amount != amount:
        price.amount = amount
        price.compare_at = price.compare_at if price.compare_at and price.compare_at > amount else None
        price.save()


@transaction.atomic
def delete_variant(variant: Variant) -> None:
    own = own_values(variant.product)
    variant.delete()
    settle(variant.product, own_values=own)


def reindex(products: Iterable[Product]) -> None:
    """After a name that products are found by was changed elsewhere."""
    search.index(products)


def home_country() -> str:
    """The market whose prices the back office shows where there is room for one."""
    return str(settings.SHOP_COUNTRY)


def forget_markets() -> None:
    """The markets are kept in the cache for every page's address."""
    cache.delete("markets")
