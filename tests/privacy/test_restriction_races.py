"""A limit and a parcel at the same moment, with real threads: whoever comes second sees the first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from orders import fulfilment
from orders.models import Fulfilment, Order, OrderAddress
from privacy import restriction
from privacy.models import DataSubject, Restriction
from tests.factories import FulfilmentFactory, OrderAddressFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LIMITS = [
    {},
    {"scope": Restriction.Scope.DATA, "data": OrderAddress},
]


@pytest.fixture
def order(settings, tmp_path):
    settings.RIGHTS_JOURNAL = str(tmp_path / "rights.jsonl")
    address = OrderAddressFactory(order__status=Order.Status.PAID)
    FulfilmentFactory(order=address.order)
    return Order.objects.with_story().get()


@pytest.mark.parametrize("limits", LIMITS)
def test_nobody_packs_while_a_limit_is_being_set(order, limits):
    is_set, is_packed = Event(), Event()

    def limit() -> None:
        with transaction.atomic():
            restriction.restrict(order.subject, why=Restriction.Why.DISPUTED, **limits)
            is_set.set()
            is_packed.wait(1)  # whoever does not wait for us is done by then
        connection.close()

    def pack() -> str:
        is_set.wait()
        try:
            fulfilment.pack(Order.objects.with_story().get(pk=order.pk))
        except fulfilment.OnHold:
            return "waits"
        finally:
            is_packed.set()
            connection.close()
        return "packed"

    with ThreadPoolExecutor(2) as pool:
        _limit, packed = pool.submit(limit), pool.submit(pack)

    assert packed.result() == "waits"
    assert Fulfilment.objects.get().status == Fulfilment.Status.PENDING


def test_two_limits_that_end_at_once_free_the_person(order):
    whys = (Restriction.Why.DISPUTED, Restriction.Why.CLAIM)
    first, second = [restriction.restrict(order.subject, why=why) for why in whys]
    is_lifted, is_over = Event(), Event()

    def lift_first() -> None:
        with transaction.atomic():
            restriction.lift(first)
            is_lifted.set()
            is_over.wait(1)
        connection.close()

    def lift_second() -> None:
        is_lifted.wait()
        restriction.lift(second)
        is_over.set()
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        lifts = [pool.submit(deed) for deed in (lift_first, lift_second)]

    assert [lift.result() for lift in lifts] == [None, None]
    assert DataSubject.objects.get(pk=order.subject_id).status == "active"
