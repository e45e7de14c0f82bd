import pytest
from django.core import mail

from orders import cancellation, fulfilment, links
from orders.links import status_token
from orders.models import Order
from shop.states import InvalidTransition
from tests.factories import MarketFactory
from tests.orders.conftest import DETAILS, Shopper

pytestmark = pytest.mark.django_db


def page_of(order: Order, name: str = "") -> str:
    return f"/en-de/orders/status/{status_token(order)}/{name}"


def test_the_status_page_hides_the_address_until_the_postcode_is_given(shopper, paid_order):
    page = shopper.get(page_of(paid_order))
    wrong = shopper.post(page_of(paid_order), {"postcode": "10117"})
    right = shopper.post(page_of(paid_order), {"postcode": " 10115 "})

    assert "your order is paid" in page.text
    assert "Moon jar" in page.text
    for secret in ("Zoë", "Hauptstraße", "zoe.muller"):
        assert secret not in page.text
        assert secret not in wrong.text
        assert secret in right.text


def test_guessing_postcodes_ends_after_five(shopper, paid_order):
    for guess in range(5):
        shopper.post(page_of(paid_order), {"postcode": f"1000{guess}"})

    page = shopper.post(page_of(paid_order), {"postcode": "10115"})

    assert "Too many tries" in page.text
    assert "Zoë" not in page.text


def test_the_page_is_not_stored_and_sets_no_cookie(shopper, paid_order):
    shopper.client.cookies.clear()

    page = shopper.get(page_of(paid_order))

    assert page["Cache-Control"] == "no-store"
    assert not page.cookies


@pytest.mark.parametrize("name", ["", "returned/", "pay/", "cancel/"])
def test_a_stranger_finds_nothing(client, paid_order, name):
    token = status_token(paid_order)
    forged = [token[:-1] + ("A" if token[-1] != "A" else "B"), "x" * 52, paid_order.number, "é" * 40]

    for other in forged:
        assert client.post(f"/en-de/orders/status/{other}/{name}").status_code in (404, 405)
        if name != "pay/":
            assert client.get(f"/en-de/orders/status/{other}/{name}").status_code == 404


def test_links_survive_a_change_of_the_secret(shopper, paid_order, settings):
    path = page_of(paid_order)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret"

    assert shopper.client.get(path).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert shopper.client.get(path).status_code == 404


def test_the_database_holds_no_token(paid_order):
    values = str(list(Order.objects.values_list()))

    assert status_token(paid_order)[9:] not in values


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "is confirmed"), ("de", "Ihre Bestellung"), ("fr", "Votre commande")],
)
def test_the_confirmation_comes_once_in_the_shoppers_language(
    client, variant, sandbox, deliver, language, subject
):
    order = Shopper(client, language=language).buy(variant)
    sandbox.pay(order.payments.get().page_url)

    deliver(1)
    deliver(1, again=True)

    message = mail.outbox[0]
    assert len(mail.outbox) == 1
    assert message.to == [DETAILS["email"]]
    assert order.number in message.subject
    assert f"/{language}-de/orders/status/{status_token(order)}/" in message.body
    assert message.alternatives[0].mimetype == "text/html"
    assert f'lang="{language}"' in message.alternatives[0].content
    assert "Zoë Müller" in message.body
    assert subject in message.subject


def test_the_mail_names_the_tax_within_the_total_after_it(paid_order):
    [text] = [message.body for message in mail.outbox]

    total, tax = text.index("\nTotal: "), text.index("\nof which VAT 19 %: ")
    assert total < tax


def test_the_link_in_the_mail_opens_the_order(client, paid_order):
    link = links.page_of(paid_order)

    assert link in mail.outbox[0].body
    assert client.get(link.removeprefix("http://localhost:8000")).status_code == 200


def test_an_unpaid_order_can_be_called_off(shopper, variant, sandbox):
    order = shopper.buy(variant, 2)
    shopper.get(page_of(order, "cancel/"))

    page = shopper.post(page_of(order, "cancel/"))

    variant.refresh_from_db()
    assert "This order is called off" in page.text
    assert variant.stock == 10


def test_paying_later_leaves_the_next_cart_alone(shopper, variant, sandbox, cart_cookie):
    order = shopper.buy(variant)
    shopper.add(variant)

    shopper.client.post(page_of(order, "pay/"))

    assert shopper.client.cookies[cart_cookie].value


def test_a_packed_order_cannot_be_called_off_by_its_buyer(shopper, paid_order):
    fulfilment.pack(paid_order)

    page = shopper.post(page_of(paid_order, "cancel/"))

    paid_order.refresh_from_db()
    assert paid_order.status == Order.Status.PAID
    assert "Call the order off" not in page.text


def test_a_shipped_order_cannot_be_cancelled_at_all(paid_order):
    fulfilment.pack(paid_order)
    fulfilment.ship(paid_order)

    with pytest.raises(InvalidTransition):
        cancellation.cancel(paid_order)


def test_the_waiting_page_gives_up_looking_at_last(shopper, variant, sandbox):
    order = shopper.buy(variant)

    page = shopper.get(page_of(order, "returned/?look=20"))

    assert "Refresh" not in page
    assert "You need not wait here" in page.text


def test_numbers_tell_no_volume(shopper, variant, sandbox):
    MarketFactory()
    numbers = {shopper.buy(variant).number for _order in range(2)}

    assert len(numbers) == 2
    assert all(len(number) == 9 for number in numbers)
