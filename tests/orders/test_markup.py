"""The pages of orders are valid HTML, in every state a reader can bring them into."""

import html5lib
import pytest
from django.core import mail

from orders.links import status_token
from shop.catalogue.models import Price

pytestmark = pytest.mark.django_db


def assert_valid(page) -> None:
    assert page.status_code in (200, 409), page
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert page.text.count("<h1") == 1
    assert " style=" not in page.text
    assert "onclick" not in page.text


def test_cart_and_checkout(shopper, variant, market):
    empty = shopper.get("/en-de/cart/")
    full = shopper.add(variant, 99)
    Price.objects.update(amount=100)
    changed = shopper.get("cart/")
    removed = shopper.post(f"cart/lines/{variant.pk}/", {"remove": "1"})
    shopper.add(variant)
    details = shopper.begin()
    wrong = shopper.review(email="", postcode="x", street="4242424242424242")
    review = shopper.review(note="<b>&")
    variant.stock = 0
    variant.save()
    sold_out = shopper.place(review)

    for page in (empty, full, changed, removed, details, wrong, review, sold_out):
        assert_valid(page)
    assert "&lt;b&gt;&amp;" in review.text


def test_the_pages_of_an_order(shopper, paid_order, variant):
    path = f"/en-de/orders/status/{status_token(paid_order)}/"
    unpaid = shopper.buy(variant)
    waiting = f"/en-de/orders/status/{status_token(unpaid)}/returned/"

    for page in (
        shopper.get(path),
        shopper.post(path, {"postcode": "1"}),
        shopper.post(path, {"postcode": "10115"}),
        shopper.get(waiting),
        shopper.get(path + "cancel/"),
        shopper.post(path + "cancel/"),
    ):
        assert_valid(page)


def test_the_mail(paid_order):
    html = mail.outbox[0].alternatives[0].content

    html5lib.HTMLParser(strict=True).parse(html)
    assert "src=" not in html  # nothing is fetched when it is read
