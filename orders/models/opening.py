"""A cart with what lies in it, read by one statement.

Every step of a shopper begins with it, and to compose it from objects each time took the ORM several times as
long as the database takes to answer (`docs/speed.md`). So it is composed once.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models
from django.utils import timezone
from modeltranslation.utils import get_translation_fields

from orders.models.carts import Cart, CartLine, hash_token
from privacy.models import DataSubject
from shop.catalogue.models import Market, Product, Variant

FROM = """
    FROM orders_cart cart
    LEFT JOIN orders_cartline line ON line.cart_id = cart.id
    LEFT JOIN catalogue_variant variant ON variant.id = line.variant_id
    LEFT JOIN catalogue_product product ON product.id = variant.product_id
    LEFT JOIN catalogue_price price ON price.variant_id = variant.id AND price.market_id = %s
"""
CARRIED = "WHERE cart.token_hash = %s AND cart.subject_id IS NULL AND cart.expires_at > %s"
SAVED = "WHERE cart.subject_id = %s AND cart.expires_at > %s"
ITSELF = "WHERE cart.id = %s"
IN_TURN = "ORDER BY line.added_at, line.id"

# What a cart has to know of them; the rest is read when it is asked for.
LINE = {"id", "cart_id", "variant_id", "quantity", "seen_amount"}
VARIANT = {"id", "product_id", "sku", "picture_id", "stock", "weight_g", "is_active"}
PRODUCT = {"id", "slug", "status", "tax_class", "hs_code", "country_of_origin", "customs_text"}
PRODUCT |= {"name", *get_translation_fields("name")}


class Opened(NamedTuple):
    """The lines stand in the order in which they were added, each with its variant and its product."""

    cart: Cart
    lines: Sequence[CartLine]


def by_token(token: str, market: Market) -> Opened | None:
    """As `Cart.objects.of` finds it."""
    if not token:
        return None
    return _open(CARRIED, market, token_hash=hash_token(token), expires_at=timezone.now())


def by_subject(subject: DataSubject, market: Market) -> Opened | None:
    """As `Cart.objects.saved_by` finds it."""
    return _open(SAVED, market, subject=subject.pk, expires_at=timezone.now())


def by_id(pk: int, market: Market) -> Opened | None:
    return _open(ITSELF, market, id=pk)


def _open(where: str, market: Market, **which: Any) -> Opened | None:
    """`which` are columns of the cart, in the order in which `where` asks for them."""
    values = [_prepared(name, value) for name, value in which.items()]
    rows: list[Any] = list(Cart.objects.raw(f"{_columns()} {FROM} {where} {IN_TURN}", [market.pk, *values]))
    if not rows:
        return None
    cart: Cart = rows[0]
    return Opened(cart, [_line(row, cart) for row in rows if row.line__id is not None])


def _prepared(name: str, value: Any) -> Any:
    """As the database at hand wants it."""
    field: Any = Cart._meta.get_field(name)
    return field.get_db_prep_value(value, connection)


def _line(row: Any, cart: Cart) -> CartLine:
    line: CartLine = _instance(CartLine, row)
    line.variant, line.cart, line.amount = _instance(Variant, row), cart, row.amount
    line.variant.product = _instance(Product, row)
    return line


def _instance(model: type[models.Model], row: Any) -> Any:
    columns = _read()[model]
    return model.from_db(row._state.db, list(columns), [getattr(row, name) for name in columns.values()])


@cache
def _read() -> dict[type[models.Model], dict[str, str]]:
    """Of each model the fields that are read, and what they are called in the answer."""
    wanted = {CartLine: ("line", LINE), Variant: ("variant", VARIANT), Product: ("product", PRODUCT)}
    return {
        model: {
            field.attname: f"{alias}__{field.attname}"
            for field in model._meta.concrete_fields
            if field.attname in names
        }
        for model, (alias, names) in wanted.items()
    }


@cache
def _columns() -> str:
    own = [f"cart.{field.column}" for field in Cart._meta.concrete_fields]
    named = [name for columns in _read().values() for name in columns.values()]
    rest = [f'{name.replace("__", ".", 1)} AS "{name}"' for name in named]
    return "SELECT " + ", ".join([*own, "price.amount", *rest])
