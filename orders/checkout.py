"""From a cart to an order: the order's row comes first, money moves afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from orders import carts, fraud, tax_archive
from orders.carts import Basket, Row
from orders.models import Cart, Event, Fulfilment, Order, OrderAddress, OrderLine
from orders.pricing import Quote, QuoteLine
from privacy import audit, gate, policies
from privacy.keys import blind_index
from privacy.models import DataSubject, SubjectIdentifier
from privacy.purposes import Purpose
from shop.catalogue import stock
from shop.catalogue.models import Market
from shop.money import to_minor

# Whoever kept the address of a checkout must not find the order behind it days later.
SECOND_PRESS_WITHIN = timedelta(minutes=5)


class CartGone(Exception):
    """The cart was ordered a moment ago, or has expired."""


class OrderingRests(Exception):
    """This person's data may not be used at present: by their own wish, or because they may be a child."""


@dataclass(frozen=True)
class Contact:
    """What the shopper typed, checked by the form and kept nowhere before the order is placed."""

    email: str
    name: str
    street: str
    phone: str = ""
    note: str = ""
    company: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""


def may_order(subject: DataSubject | None) -> bool:
    """A guest is not known yet."""
    return subject is None or gate.permits(subject, Purpose.FULFILMENT)


@transaction.atomic
def begin(basket: Basket) -> str:
    """Open the checkout under a new token, which lasts for an hour of silence and for one order."""
    carts.see_prices(basket)
    return basket.cart.rotate_token()


@transaction.atomic(savepoint=False)
def place_order(
    basket: Basket, quote: Quote, contact: Contact, *, subject: DataSubject | None, language: str
) -> Order:
    """Hold the stock and write the contract, both or neither. Two presses of the button make one order.

    Raises `OutOfStock` for the first line that is no longer there, `CartGone` where nothing is to order,
    `OrderingRests` where this person's data was restricted a moment ago.
    """
    cart = Cart.objects.select_for_update().filter(pk=basket.cart.pk)
    if not cart.order_by().values_list("pk"):
        raise CartGone
    if subject is not None:
        subject.refresh_from_db(fields=["status"], from_queryset=DataSubject.objects.select_for_update())
    if not may_order(subject):
        raise OrderingRests
    order = _write_order(basket, quote, contact, subject or _guest(basket.market.country), language)
    for row in sorted(basket.bought, key=lambda row: row.variant.pk):  # one order of locks for all buyers
        stock.hold(row.variant, row.line.quantity, reference=order.number)
    OrderLine.objects.bulk_create(_lines(order, carts.illustrated(basket).priced_rows(quote)))
    _write_address(order, contact)
    _remember_email(order)
    Fulfilment.objects.create(order=order, carrier=order.delivery_carrier)
    Event.objects.create(order=order, machine=Event.Machine.ORDER, became=Order.Status.PLACED)
    Cart(pk=basket.cart.pk).delete()
    fraud.assess(order, of_a_stranger=subject is None)
    audit.record("order.placed", subject=order.subject, obj=order, reference=order.number)
    return order


@transaction.atomic
def take_what_is_left(cart: Cart, variant_id: str, *, market: Market) -> None:
    """As many of a variant as there are, or none: the answer to "fewer are left than you want"."""
    line = (
        cart.lines.select_related("variant").filter(variant__pk=variant_id).first()
        if variant_id.isdecimal()
        else None
    )
    if line and carts.price_of(line.variant, market) and line.variant.stock:
        line.quantity = min(line.quantity, line.variant.stock)
        line.save(update_fields=["quantity"])
    elif line:
        line.delete()


def order_of(cart_hash: str) -> Order | None:
    """The order a checkout's token was spent on a moment ago; later the token opens nothing any more."""
    placed_after = timezone.now() - SECOND_PRESS_WITHIN
    return Order.objects.with_keys().filter(cart_hash=cart_hash, placed_at__gt=placed_after).first()


def _guest(country: str) -> DataSubject:
    return DataSubject.objects.create(kind=DataSubject.Kind.GUEST, jurisdiction=country)


def _write_order(
    basket: Basket, quote: Quote, contact: Contact, subject: DataSubject, language: str
) -> Order:
    delivery = quote.delivery
    assert delivery is not None  # the form demands a method
    method = delivery.offer.method
    told = policies.in_force()
    order = Order(
        number=tax_archive.free_number(),
        subject=subject,
        market=basket.market,
        language=language,
        cart_hash=basket.cart.token_hash,
        currency=basket.market.currency,
        delivery_code=method.code,
        delivery_name=method.name,
        delivery_carrier=method.carrier,
        delivery_needs_phone=method.needs_phone,
        days_min=method.days_min,
        days_max=method.days_max,
        delivery_net=to_minor(delivery.price.net),
        delivery_tax=to_minor(delivery.price.tax),
        delivery_gross=to_minor(delivery.price.gross),
        delivery_tax_rate=delivery.price.rate,
        delivery_tax_reason=delivery.reason,
        total_net=to_minor(quote.total.net),
        total_tax=to_minor(quote.total.tax),
        total_gross=to_minor(quote.total.gross),
        terms=told.get("terms"),
        privacy_policy=told.get("privacy"),
    )
    order.email, order.phone, order.note = contact.email, contact.phone, contact.note
    order.save()
    return order


def _lines(order: Order, priced: Iterable[tuple[Row, QuoteLine]]) -> list[OrderLine]:
    return [
        OrderLine(
            order=order,
            variant=row.variant,
            sku=row.variant.sku,
            name=row.product.name,
            options=row.thumb.options[:250],
            quantity=row.line.quantity,
            unit_gross=to_minor(quoted.goods.unit),
            net=to_minor(quoted.price.net),
            tax=to_minor(quoted.price.tax),
            gross=to_minor(quoted.price.gross),
            tax_rate=quoted.price.rate,
            tax_reason=quoted.reason,
            hs_code=row.product.hs_code,
            country_of_origin=row.product.country_of_origin,
            customs_text=row.product.customs_text,
            weight_g=row.variant.weight_g,
        )
        for row, quoted in priced
    ]


def _remember_email(order: Order) -> None:
    """A fingerprint finds the order when its buyer asks for it. Typed is not proven: it stays unverified."""
    identifier = SubjectIdentifier(
        subject=order.subject,
        kind=SubjectIdentifier.Kind.EMAIL,
        blind_index=blind_index("email", order.email),
    )
    SubjectIdentifier.objects.bulk_create([identifier], ignore_conflicts=True)


def _write_address(order: Order, contact: Contact) -> None:
    address = OrderAddress(order=order, subject=order.subject, country=order.market.country)
    for name in ("name", "company", "street", "postcode", "city", "region"):
        setattr(address, name, getattr(contact, name))
    address.save()
