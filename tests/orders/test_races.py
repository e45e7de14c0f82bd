"""200 buyers, 20 pieces, real threads. SQLite lets buyers in one by one and would hide an oversell."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from orders import carts, checkout, payments, saved_carts
from orders.checkout import Contact
from orders.gateways import PaymentState, PaymentStatus
from orders.models import Cart, Order, Payment, Refund
from shop.catalogue.models import Market, StockMovement, Variant
from shop.catalogue.stock import OutOfStock
from tests.factories import DataSubjectFactory, DeliveryMethodFactory, MarketFactory, VariantFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
BUYERS, PIECES, AT_ONCE = 200, 20, 20


@pytest.fixture
def last_pieces():
    DeliveryMethodFactory()
    return VariantFactory(stock=PIECES)


def together(deed, times: int) -> list:
    """Run it in threads that all start at once; each with a connection of its own."""
    gate = Barrier(AT_ONCE)

    def run(number: int):
        gate.wait() if number < AT_ONCE else None
        try:
            return deed(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(times)))


def buy(cart: Cart, market: Market) -> str:
    basket = carts.look(cart, market, on=timezone.localdate())
    contact = Contact(email="a@example.org", name="A", street="B 1", postcode="10115", city="Berlin")
    try:
        checkout.place_order(basket, basket.quote(basket.offer("")), contact, subject=None, language="en")
    except OutOfStock:
        return "refused"
    except checkout.CartGone:
        return "gone"
    return "placed"


def test_of_200_buyers_of_20_pieces_exactly_20_get_one(last_pieces):
    market = MarketFactory()
    filled = []
    for _buyer in range(BUYERS):
        cart, _token = Cart.objects.create_with_token(market)
        carts.add(cart, last_pieces, 1, market=market)
        filled.append(cart)

    outcomes = together(lambda number: buy(filled[number], market), BUYERS)

    last_pieces.refresh_from_db()
    assert outcomes.count("placed") == PIECES
    assert outcomes.count("refused") == BUYERS - PIECES
    assert Order.objects.count() == PIECES
    assert last_pieces.stock == 0
    assert StockMovement.objects.count() == PIECES


def test_the_button_pressed_by_20_fingers_places_one_order(last_pieces):
    market = MarketFactory()
    cart, _token = Cart.objects.create_with_token(market)
    carts.add(cart, last_pieces, 1, market=market)

    outcomes = together(lambda number: buy(cart, market), AT_ONCE)

    assert outcomes.count("placed") == 1
    assert outcomes.count("gone") == AT_ONCE - 1
    assert Order.objects.count() == 1


def test_20_pieces_added_at_once_stand_in_one_line(last_pieces):
    market = MarketFactory()
    cart, _token = Cart.objects.create_with_token(market)

    together(lambda number: carts.add(cart, last_pieces, 1, market=market), AT_ONCE)

    assert cart.lines.get().quantity == AT_ONCE


def test_20_devices_of_one_person_fill_one_cart(last_pieces):
    market, person = MarketFactory(), DataSubjectFactory()

    def fill(_device: int) -> None:
        cart, _token = saved_carts.find_or_begin(person, market)
        carts.add(cart, last_pieces, 1, market=market)

    together(fill, PIECES)

    assert Cart.objects.get().lines.get().quantity == PIECES


def test_20_browsers_of_one_person_sign_in_at_once_with_a_cart_each(last_pieces):
    market, person = MarketFactory(), DataSubjectFactory()
    carried = [Cart.objects.create_with_token(market)[0] for _browser in range(AT_ONCE)]
    for number, cart in enumerate(carried, start=1):
        carts.add(cart, last_pieces, number, market=market)

    together(lambda number: saved_carts.keep(carried[number], person), AT_ONCE)

    assert Cart.objects.get().subject == person
    assert Cart.objects.get().lines.get().quantity == AT_ONCE


def test_a_payment_told_by_20_webhooks_at_once_is_captured_once(last_pieces):
    market = MarketFactory()
    cart, _token = Cart.objects.create_with_token(market)
    carts.add(cart, last_pieces, 1, market=market)
    buy(cart, market)
    order = Order.objects.get()
    payment = Payment.objects.create(
        order=order,
        gateway="stripe",
        amount=order.total_gross,
        currency=order.currency,
        expires_at=order.expires_at,
    )
    paid = PaymentState(PaymentStatus.PAID, order.total, payment.token, "pi_x")

    together(lambda number: payments.settle(payment, paid), AT_ONCE)

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert order.events.filter(became__in=("captured", "paid")).count() == 2
    assert not Refund.objects.exists()


def test_without_the_condition_the_same_buyers_oversell(last_pieces):
    """The control: it shows that the race above is a race."""
    gate = Barrier(AT_ONCE)

    def take(number: int) -> bool:
        with transaction.atomic():
            left = Variant.objects.get(pk=last_pieces.pk).stock
            if number < AT_ONCE:
                gate.wait()
            if left < 1:
                return False
            Variant.objects.filter(pk=last_pieces.pk).update(stock=left - 1)
            return True

    sold = together(take, BUYERS)

    assert sum(sold) > PIECES
