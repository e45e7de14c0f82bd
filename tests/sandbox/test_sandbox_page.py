"""The hosted page, as a browser without JavaScript and cookies sees it."""

import sqlite3
from datetime import date

import pytest
import requests

from orders.sandbox.cards import Card, mistakes
from tests.sandbox.test_sandbox_api import params
from tests.sandbox_server import wait_until

TODAY = date(2026, 6, 15)


@pytest.fixture
def session(client):
    return client.v1.checkout.sessions.create(params())


@pytest.mark.parametrize(
    ("locale", "currency", "amount", "shown"),
    [
        ("en", "eur", 4850, "€48.50"),
        ("de", "eur", 4850, "48,50\xa0€"),
        ("fr", "jpy", 12800, "12\u202f800\xa0JPY"),
        ("en", "jpy", 12800, "¥12,800"),
        ("de", "kwd", 12340, "12,340\xa0KWD"),
        ("en", "ugx", 500000, "UGX5,000"),
    ],
)
def test_the_amount_is_written_as_its_reader_writes_it(client, locale, currency, amount, shown):
    price = {"currency": currency, "unit_amount": amount}
    session = client.v1.checkout.sessions.create(params(locale=locale, price=price))

    page = requests.get(session.url, timeout=10)

    assert shown in page.text
    assert f'<html lang="{locale}">' in page.text
    assert "Kiln &amp; Leaf" in page.text


def test_without_a_locale_the_browser_is_asked(client):
    session = client.v1.checkout.sessions.create(params(locale="auto"))

    page = requests.get(session.url, headers={"Accept-Language": "sv, fr-CH;q=0.8, en;q=0.5"}, timeout=10)

    assert "Paiement d’essai – aucun argent ne circule" in page.text


def test_the_page_runs_no_script_and_sets_no_cookie(session):
    page = requests.get(session.url, timeout=10)

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://localhost:8000" in policy
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_paying_leads_back_to_the_shop(client, sandbox, session):
    answer = sandbox.pay(session.url)

    assert (answer.status_code, answer.headers["Location"]) == (303, "http://localhost:8000/done/")
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert paid.payment_intent.amount_received == 4800
    assert "This payment is done" in requests.get(f"{sandbox.url}/pay/{session.id}", timeout=10).text


def test_pressing_the_button_twice_pays_once(client, sandbox, session):
    sandbox.pay(session.url)
    again = sandbox.pay(session.url)

    assert again.status_code == 303
    assert len(client.v1.events.list().data) == 1


def test_a_declined_card_leaves_another_try(client, sandbox, session):
    page = sandbox.pay(session.url, Card.DECLINED)

    assert "The card was declined. Nothing has been paid" in page.text
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    assert sandbox.pay(session.url, Card.PAYS).status_code == 303
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_leaving_changes_nothing(client, session):
    page = requests.get(session.url, timeout=10)

    assert 'href="http://localhost:8000/cart/"' in page.text
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_a_late_payment_is_complete_first_and_paid_later(client, sandbox, session):
    answer = sandbox.pay(session.url, late=True)

    assert answer.headers["Location"] == "http://localhost:8000/done/"
    assert client.v1.checkout.sessions.retrieve(session.id).status == "complete"
    wait_until(lambda: client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid")


def test_a_late_payment_may_fail(client, sandbox, session):
    sandbox.pay(session.url, Card.INSUFFICIENT, late=True)

    wait_until(lambda: client.v1.events.list({"type": "checkout.session.async_payment_failed"}).data)
    failed = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert failed.payment_status == "unpaid"
    assert failed.payment_intent.last_payment_error.decline_code == "insufficient_funds"


def test_an_expired_page_takes_no_money(client, sandbox, session):
    client.v1.checkout.sessions.expire(session.id)

    page = sandbox.pay(session.url)

    assert "This payment page has expired" in page.text
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"


def test_an_unknown_page_says_so(sandbox):
    page = requests.get(f"{sandbox.url}/pay/cs_test_nothing", headers={"Accept-Language": "de"}, timeout=10)

    assert page.status_code == 404
    assert "Diese Zahlung gibt es nicht" in page.text


def test_a_test_card_can_be_filled_in_without_typing(session):
    page = requests.get(session.url, params={"card": "DECLINED"}, timeout=10)

    assert 'value="4000 0000 0000 0002"' in page.text


def test_a_real_number_is_refused_and_neither_repeated_nor_kept(session, sandbox, tmp_path):
    form = {"number": "4111 1111 1111 1111", "expiry": "12 / 34", "cvc": "987", "deed": "pay"}

    page = requests.post(session.url, data=form, timeout=10)

    assert "Please never type a real card number" in page.text
    assert "4111" not in page.text
    assert "987" not in page.text
    assert "4111" not in "\n".join(sqlite3.connect(tmp_path / "sandbox.sqlite3").iterdump())


def test_no_card_number_is_kept_after_paying(session, sandbox, tmp_path):
    sandbox.pay(session.url)

    dump = "\n".join(sqlite3.connect(tmp_path / "sandbox.sqlite3").iterdump())
    assert session.id in dump
    assert "4242" not in dump


@pytest.mark.parametrize(
    ("number", "expiry", "cvc", "found"),
    [
        ("4242 4242 4242 4242", "12 / 34", "123", {}),
        ("4242-4242-4242-4242", "06/26", "1234", {}),
        ("", "", "", {"number": "number_wrong", "expiry": "expiry_wrong", "cvc": "cvc_wrong"}),
        ("4242 4242 4242 4243", "12/34", "123", {"number": "number_wrong"}),
        ("4111 1111 1111 1111", "12/34", "123", {"number": "number_not_for_tests"}),
        ("4242424242424242", "05/26", "123", {"expiry": "expiry_past"}),
        ("4242424242424242", "13/34", "123", {"expiry": "expiry_wrong"}),
        ("4242424242424242", "12/34", "12a", {"cvc": "cvc_wrong"}),
        ("४२४२४२४२४२४२४२४२", "12/34", "123", {"number": "number_wrong"}),
    ],
)
def test_what_is_typed_is_checked(number, expiry, cvc, found):
    assert mistakes(number, expiry, cvc, today=TODAY) == found
