"""What a shopper does with a cart, and what the cart says about it: prices, stock and changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from moneyed import Money

from orders import pricing, shipping
from orders.models import Cart, CartLine, opening
from orders.models.carts import MOST_PIECES
from orders.models.opening import Opened
from orders.pricing import Goods, Quote, QuoteLine
from orders.shipping import Offer
from shop.catalogue import thumbs
from shop.catalogue.models import Market, Price, Product, Variant
from shop.catalogue.thumbs import Thumb
from shop.money import from_minor, to_minor
from shop.rows import single


class NotSold(ValueError):
    """The variant is not on sale in this market."""


NOT_DRAWN = Thumb("", mark_safe(""))


class Problem(StrEnum):
    """Why a line cannot be bought as it stands."""

    NOT_SOLD = "not_sold"
    SOLD_OUT = "sold_out"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Row:
    """A line of the cart as its reader sees it."""

    line: CartLine
    unit: Money | None  # None where the market does not sell it
    seen: Money | None  # None where it was seen in another market and is not sold here
    thumb: Thumb = NOT_DRAWN  # `illustrated` gives it its own

    @property
    def variant(self) -> Variant:
        return self.line.variant

    @property
    def product(self) -> Product:
        return self.variant.product

    @property
    def amount(self) -> Money | None:
        return self.unit * self.line.quantity if self.unit is not None else None

    @property
    def has_changed_price(self) -> bool:
        return self.unit is not None and self.unit != self.seen

    @property
    def most(self) -> int:
        """How many of it may stand in the line."""
        return min(self.variant.stock, MOST_PIECES)

    @property
    def problem(self) -> Problem | None:
        if self.unit is None:
            return Problem.NOT_SOLD
        if self.variant.stock < 1:
            return Problem.SOLD_OUT
        return Problem.TOO_MANY if self.line.quantity > self.variant.stock else None

    @property
    def goods(self) -> Goods:
        assert self.unit is not None
        return Goods(self.variant.pk, self.line.quantity, self.unit, self.product.tax_class)


@dataclass(frozen=True)
class Basket:
    """A cart priced for a market on a day. Lines the market does not sell cost nothing and say so."""

    cart: Cart
    market: Market
    rows: Sequence[Row]
    on: date

    @property
    def bought(self) -> list[Row]:
        return [row for row in self.rows if row.unit is not None]

    @property
    def pieces(self) -> int:
        return sum(row.line.quantity for row in self.rows)

    @property
    def grams(self) -> int:
        return sum(row.variant.weight_g * row.line.quantity for row in self.bought)

    @property
    def is_buyable(self) -> bool:
        return bool(self.rows) and not any(row.problem for row in self.rows)

    @property
    def can_check_out(self) -> bool:
        return self.is_buyable and bool(self.offers)

    @cached_property
    def offers(self) -> list[Offer]:
        goods = self.quote(None).goods
        return shipping.offers(self.market, goods=goods, grams=self.grams)

    def quote(self, delivery: Offer | None) -> Quote:
        return pricing.price(
            [row.goods for row in self.bought],
            market=self.market,
            destination=self.market.country,
            delivery=delivery,
            on=self.on,
        )

    def offer(self, code: str) -> Offer | None:
        """The offer of that code; the first one where none is named."""
        wanted = (offer for offer in self.offers if not code or offer.method.code == code)
        return next(wanted, None)

    def priced_rows(self, quote: Quote) -> list[tuple[Row, QuoteLine]]:
        return list(zip(self.bought, quote.lines, strict=True))


def price_of(variant: Variant, market: Market) -> Price | None:
    return single(Price.objects.filter(variant=variant, market=market))


def on_sale(market: Market) -> QuerySet[Variant]:
    return Variant.objects.filter(
        is_active=True, product__status=Product.Status.ACTIVE, prices__market=market
    )


@transaction.atomic
def add(cart: Cart, variant: Variant, quantity: int, *, market: Market) -> bool:
    """Put pieces in the cart, at most as many as there are; False where that was less than asked for."""
    price = price_of(variant, market)
    if price is None:
        raise NotSold(f"{variant.sku} in {market.country}")
    line = _line_for(cart, variant, market)
    return _set_quantity(line, line.quantity + quantity, price=price)


def _line_for(cart: Cart, variant: Variant, market: Market) -> CartLine:
    """The one that is there, or a new one. A cart that was only thought of is written down with it."""
    new = CartLine(cart=cart, variant=variant, quantity=0)
    if cart._state.adding:
        cart.save()
        return new
    _move_to(cart, market)
    # The cart's row is locked since it was moved: nobody else adds the same line at this moment.
    line = cart.lines.filter(variant=variant).first() or new
    line.variant = variant
    return line


@transaction.atomic
def change(line: CartLine, quantity: int, *, market: Market) -> bool:
    """Another number of pieces; none takes the line out. False where it was capped."""
    if quantity < 1:
        line.delete()
        return True
    _move_to(line.cart, market)
    price = price_of(line.variant, market)
    return _set_quantity(line, quantity, price=price)


def _set_quantity(line: CartLine, quantity: int, *, price: Price | None) -> bool:
    """The price shown beside the choice counts as seen."""
    wanted = min(quantity, MOST_PIECES)
    line.quantity = max(1, min(wanted, line.variant.stock))
    line.seen_amount = price.amount if price else line.seen_amount
    line.save()
    return line.quantity == quantity


def _move_to(cart: Cart, market: Market) -> None:
    """What a cart holds it keeps in another market; prices seen in another currency mean nothing there."""
    if cart.market_id != market.pk:
        see_prices(look(cart, market, on=timezone.localdate()))
    cart.back_to_shopping()


def see_prices(basket: Basket) -> None:
    """From here on the shopper knows these prices in this market."""
    cart = basket.cart
    if cart.market_id != basket.market.pk:
        cart.market = basket.market
        cart.save(update_fields=["market"])
    for row in basket.bought:
        assert row.unit is not None
        amount = to_minor(row.unit)
        if amount != row.line.seen_amount:
            row.line.seen_amount = amount
            row.line.save(update_fields=["seen_amount"])


def illustrated(basket: Basket) -> Basket:
    """With what only pages show."""
    drawn = thumbs.draw(row.variant for row in basket.rows)
    return replace(basket, rows=[replace(row, thumb=drawn[row.variant.pk]) for row in basket.rows])


def look(cart: Cart, market: Market, *, on: date) -> Basket:
    """A cart that was ordered or purged meanwhile holds nothing."""
    opened = opening.by_id(cart.pk, market)
    return basket_of(Opened(cart, opened.lines if opened else []), market, on=on)


def basket_of(opened: Opened, market: Market, *, on: date) -> Basket:
    return Basket(opened.cart, market, [_row(line, opened.cart, market) for line in opened.lines], on)


def _row(line: CartLine, cart: Cart, market: Market) -> Row:
    amount = line.amount if _is_offered(line.variant) else None
    unit = None if amount is None else from_minor(amount, market.currency)
    seen = from_minor(line.seen_amount, market.currency) if cart.market_id == market.pk else unit
    return Row(line, unit, seen)


def _is_offered(variant: Variant) -> bool:
    return variant.is_active and variant.product.status == Product.Status.ACTIVE


def purge() -> int:
    """Nobody came back for these."""
    deleted, _by_model = Cart.objects.expired().delete()
    return deleted
