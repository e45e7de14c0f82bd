"""Whoever's data is restricted orders nothing, and reads why."""

import pytest
from django.utils import timezone

from orders import carts, checkout
from orders.models import Cart, Order
from privacy import minors
from privacy.models import DataSubject, MinorCase
from tests.accounts.people import PASSWORD, new_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def journal(settings, tmp_path):
    settings.RIGHTS_JOURNAL = str(tmp_path / "rights.jsonl")


@pytest.fixture
def zoe(market):
    return new_person()


def protect(subject):
    minors.protect(subject, signal=MinorCase.Signal.BIRTH_DATE)


@pytest.mark.promise("A-VI.4")
def test_a_child_reads_why_it_cannot_order_and_keeps_its_cart(shopper, variant, zoe):
    shopper.post("account/login/", {"login": zoe.email, "password": PASSWORD})
    shopper.add(variant)
    protect(zoe.subject)

    page = shopper.begin()

    assert page.status_code == 403
    assert "Ordering rests" in page.text
    assert Cart.objects.get().lines.get().variant == variant


def test_who_is_protected_while_looking_at_the_review_orders_nothing(shopper, variant, zoe):
    shopper.post("account/login/", {"login": zoe.email, "password": PASSWORD})
    shopper.add(variant)
    shopper.begin()
    review = shopper.review()
    protect(zoe.subject)

    page = shopper.place(review)

    assert page.status_code == 403
    assert not Order.objects.exists()


def test_who_is_protected_in_the_very_moment_of_ordering_orders_nothing(shopper, variant, zoe, market):
    shopper.post("account/login/", {"login": zoe.email, "password": PASSWORD})
    shopper.add(variant)
    basket = carts.look(Cart.objects.get(), market, on=timezone.localdate())
    contact = checkout.Contact(email=zoe.email, name="Zoë Field", street="Hauptstraße 5")
    protect(DataSubject.objects.get(pk=zoe.subject.pk))

    with pytest.raises(checkout.OrderingRests):
        checkout.place_order(
            basket, basket.quote(basket.offer("")), contact, subject=zoe.subject, language="en"
        )


def test_a_mere_report_stops_no_order(shopper, variant, zoe):
    shopper.post("account/login/", {"login": zoe.email, "password": PASSWORD})
    shopper.add(variant)
    minors.suspect(zoe.subject, signal=MinorCase.Signal.REPORT)

    page = shopper.begin()

    assert page.status_code == 200
    assert "form" in page.context
