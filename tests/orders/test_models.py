import pytest
from django.db import IntegrityError, connection, transaction

from orders.models import Order
from shop.money import TaxDoesNotAddUp
from tests.factories import (
    CartLineFactory,
    FulfilmentFactory,
    OrderAddressFactory,
    OrderFactory,
    OrderLineFactory,
    PaymentFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (OrderFactory, {"total_gross": 3001}),
        (OrderFactory, {"delivery_net": 421}),
        (OrderLineFactory, {"tax": 400}),
        (CartLineFactory, {"quantity": 0}),
    ],
)
def test_the_database_refuses_amounts_that_do_not_add_up(make, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(**wrong)


def test_a_line_that_does_not_add_up_has_no_price():
    line = OrderLineFactory.build(tax=1, order=OrderFactory.build())

    with pytest.raises(TaxDoesNotAddUp):
        assert line.price


def test_what_people_typed_lies_encrypted_in_the_database():
    OrderAddressFactory(order=OrderFactory(note="Ring twice", phone="+49305550199"))

    with connection.cursor() as cursor:
        stored = ""
        for table in ("orders_order", "orders_orderaddress"):
            cursor.execute(f"SELECT * FROM {table}")
            stored += str([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor])

    for typed in ("zoe.muller", "Ring twice", "5550199", "Müller", "Hauptstra", "10115", "Berlin"):
        assert typed not in stored


def test_a_list_of_orders_decrypts_without_a_query_for_each(django_assert_num_queries):
    for _order in range(3):
        OrderFactory()

    with django_assert_num_queries(1):
        assert {order.email for order in Order.objects.with_keys()} == {"zoe.muller@example.org"}


def test_names_in_the_admins_log_say_nothing():
    order = OrderFactory()
    rows = [
        order,
        OrderAddressFactory(order=order),
        FulfilmentFactory(order=order),
        PaymentFactory(order=order),
    ]

    assert not any(order.number in str(row) or "Zoë" in str(row) for row in rows)
