"""Suspicious orders are noticed, explained and looked at by a person; none is refused in silence."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from orders import fraud, fulfilment
from orders.fulfilment import UnderReview
from orders.links import path_of
from orders.models import Fulfilment, Order, OrderReview, Suspicion
from privacy.keys import blind_index
from privacy.models import AuditEvent, DataSubject, SubjectIdentifier
from tests.factories import FulfilmentFactory, OrderAddressFactory, OrderFactory


@pytest.fixture
def order_of(market, relays):
    """An order as the checkout writes it, with the fingerprint of its buyer's address."""

    def place(email="zoe@example.org", **values):
        address = OrderAddressFactory(order__email=email, order__market=market, **values)
        order = address.order
        SubjectIdentifier.objects.create(
            subject=order.subject,
            kind=SubjectIdentifier.Kind.EMAIL,
            blind_index=blind_index("email", email),
        )
        return order

    return place


@pytest.fixture
def suspicious(order_of):
    orders = [order_of() for _number in range(fraud.BURST)]
    fraud.assess(orders[-1])
    return orders[-1]


@pytest.mark.promise("A-II.8", "B-2.8")
def test_the_sixth_order_within_a_minute_is_looked_at_first_and_its_buyer_is_told(
    client, shopper, variant, sandbox, django_capture_on_commit_callbacks
):
    variant.stock = 20
    variant.save()
    for _number in range(6):
        with django_capture_on_commit_callbacks(execute=True):
            order = shopper.buy(variant)

    page = client.get(path_of(order))

    review = OrderReview.objects.get(order=order)
    assert review.suspicions == Suspicion.VELOCITY
    assert "Several orders with the same e-mail address" in page.text
    assert f"/contact/?order={order.number}" in page.text
    told = [letter for letter in mail.outbox if letter.subject.startswith("We look at your order")]
    assert [order.number in letter.subject for letter in told] == [False, True]
    assert "Several orders with the same e-mail address" in told[1].body


def test_four_orders_are_nobodys_business(order_of):
    orders = [order_of() for _number in range(fraud.BURST - 1)]

    assert fraud.assess(orders[-1]) is None


def test_many_buyers_at_once_are_a_good_day(order_of):
    orders = [order_of(f"buyer{number}@example.org") for number in range(fraud.BURST + 3)]

    assert fraud.assess(orders[-1]) is None


@pytest.mark.parametrize(("times", "is_noticed"), [(9, False), (11, True)])
def test_a_total_far_above_the_usual_is_noticed(order_of, market, times, is_noticed):
    for number in range(fraud.FEWEST_TO_COMPARE):
        OrderFactory(market=market, email=f"buyer{number}@example.org")
    usual = fraud._usual_total(market)
    order = order_of()
    order.total_gross = int(usual * times)

    review = fraud.assess(order)

    assert bool(review) is is_noticed


def test_nothing_is_usual_in_a_new_shop(order_of):
    order = order_of()
    order.total_gross = 10_000_000

    assert fraud.assess(order) is None


def test_a_foreign_phone_alone_is_not_enough(order_of):
    order = order_of(order__phone="+81312345678")

    assert fraud.RULES[Suspicion.PHONE](order)
    assert fraud.assess(order) is None


def test_it_is_not_packed_before_somebody_has_looked(suspicious, staff):
    Order.objects.filter(pk=suspicious.pk).update(status=Order.Status.PAID)
    FulfilmentFactory(order=suspicious)
    suspicious.refresh_from_db()
    with pytest.raises(UnderReview):
        fulfilment.pack(suspicious)

    fraud.release(suspicious.review, actor=staff("fulfilment"))
    fulfilment.pack(suspicious)

    assert suspicious.fulfilment.status == Fulfilment.Status.PACKED
    assert AuditEvent.objects.filter(action="order.released").exists()


def test_calling_it_off_ends_the_look(suspicious):
    fraud.stop(suspicious, actor=None)

    assert OrderReview.objects.get().status == OrderReview.Status.STOPPED


def test_the_queue_is_worked_through_in_the_back_office(client, suspicious, staff):
    client.force_login(staff("fulfilment"))
    url = reverse("admin:orders_orderreview_changelist")
    page = client.get(url)

    client.post(url, {"action": "release", "_selected_action": [suspicious.review.pk]})

    assert "Several orders with the same e-mail address" in re.sub(r"\s+", " ", page.text)
    assert OrderReview.objects.get().status == OrderReview.Status.RELEASED


def test_who_answers_questions_decides_nothing(client, suspicious, staff):
    client.force_login(staff("support"))

    page = client.get(reverse("admin:orders_orderreview_changelist"))

    assert page.status_code == 403


def test_a_restricted_person_is_still_protected_from_fraud(order_of):
    orders = [order_of() for _number in range(fraud.BURST)]
    DataSubject.objects.filter(pk=orders[-1].subject_id).update(status=DataSubject.Status.RESTRICTED)
    orders[-1].refresh_from_db()

    assert fraud.assess(orders[-1]) is not None
