import pytest

from orders.models import Fulfilment, Payment
from shop.states import InvalidTransition
from tests.factories import FulfilmentFactory, PaymentFactory

pytestmark = pytest.mark.django_db


def test_a_move_is_saved_and_written_down():
    fulfilment = FulfilmentFactory()

    fulfilment.advance(Fulfilment.Status.PACKED)

    fulfilment.refresh_from_db()
    assert fulfilment.status == Fulfilment.Status.PACKED
    assert [(event.was, event.became) for event in fulfilment.order.events.all()] == [("pending", "packed")]


def test_a_move_the_table_does_not_know_is_refused():
    fulfilment = FulfilmentFactory()

    with pytest.raises(InvalidTransition):
        fulfilment.advance(Fulfilment.Status.DELIVERED)

    fulfilment.refresh_from_db()
    assert fulfilment.status == Fulfilment.Status.PENDING
    assert not fulfilment.order.events.exists()


def test_the_state_in_the_database_decides_not_the_one_in_memory():
    fulfilment = FulfilmentFactory()
    stale = Fulfilment.objects.get(pk=fulfilment.pk)
    fulfilment.advance(Fulfilment.Status.CANCELLED)

    with pytest.raises(InvalidTransition):
        stale.advance(Fulfilment.Status.PACKED)

    assert stale.status == Fulfilment.Status.CANCELLED


def test_a_move_that_is_still_allowed_is_made_from_where_the_row_is_now():
    payment = PaymentFactory()
    stale = Payment.objects.get(pk=payment.pk)
    payment.advance(Payment.Status.PENDING)

    stale.advance(Payment.Status.CAPTURED, reference="pi_1")

    payment.refresh_from_db()
    assert (payment.status, payment.reference) == (Payment.Status.CAPTURED, "pi_1")
    moves = payment.order.events.values_list("was", "became")
    assert list(moves) == [("started", "pending"), ("pending", "captured")]
