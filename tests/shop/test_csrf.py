import pytest
from django.test import RequestFactory

from shop.csrf import is_from_this_site

SHOP = {"HTTP_HOST": "testserver"}


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://["}, False),
        ({}, True),
        ({"Cookie": "cart=abc"}, False),
    ],
)
def test_where_a_form_may_come_from(headers, allowed):
    request = RequestFactory(headers=headers).post("/")

    assert is_from_this_site(request) is allowed


def test_a_carried_cart_proves_the_origin_where_the_browser_hides_it():
    request = RequestFactory(headers={"Origin": "null"}).post("/")
    request.carried_token = "t" * 22

    assert is_from_this_site(request)


def test_fetch_metadata_outweighs_a_carried_cart():
    request = RequestFactory(headers={"Sec-Fetch-Site": "cross-site"}).post("/")
    request.carried_token = "t" * 22

    assert not is_from_this_site(request)


def test_a_carried_cart_lets_nobody_sign_others_in():
    """Whoever has a cart of their own could otherwise sign a visitor in to their account."""
    request = RequestFactory(headers={"Origin": "null"}).post("/account/login/")
    request.carried_token = "t" * 22

    assert not is_from_this_site(request)
