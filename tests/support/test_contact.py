"""The contact form: with and without an account, without cookies, and with nothing given away."""

import json

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.utils.html import escape

from orders.models import Order
from privacy.card_numbers import contains_card_number
from privacy.models import PrivacyRequest
from support.models import Ticket
from tests.factories import (
    AgentFactory,
    MarketFactory,
    OrderFactory,
    OrderLineFactory,
    ProductFactory,
    plain_picture,
)

pytestmark = pytest.mark.django_db

QUESTION = {"category": "product", "body": "Is the glaze lead-free?"}


@pytest.fixture(autouse=True)
def market():
    return MarketFactory()


@pytest.fixture
def ask(client, path_of):
    """Sends the form, and says what became of it."""

    def ask(query="", **values):
        cache.clear()
        return client.post(path_of("support:contact") + query, QUESTION | values)

    return ask


@pytest.mark.promise("A-I.17")
def test_a_guest_asks_without_cookies_and_is_told_by_when_we_answer(client, path_of, ask):
    form = client.get(path_of("support:contact"))

    answer = ask(email="zoe.muller@example.org", name="Zoë")
    page = client.get(answer["Location"])

    ticket = Ticket.objects.with_keys().get()
    assert (ticket.name, ticket.email, ticket.country) == ("Zoë", "zoe.muller@example.org", "DE")
    assert ticket.reference in page.text
    assert "We answer by the time" in form.text
    assert "We answer by" in page.text
    assert not client.cookies
    stored = Ticket.objects.values_list("name", "email").get()
    assert all(b"Zo" not in sealed.data and b"zoe" not in sealed.data for sealed in stored)


def test_whoever_leaves_no_address_is_told_to_keep_the_link(client, ask):
    page = client.get(ask()["Location"])

    assert "keep this link" in page.text
    assert Ticket.objects.get().subject.notifications.filter(channel="email").count() == 0


def test_whoever_leaves_one_gets_a_mail_with_the_link(client, ask, mailoutbox):
    client.get(ask(email="zoe.muller@example.org")["Location"])

    notification = Ticket.objects.get().subject.notifications.get(channel="email")
    assert notification.event == "ticket_received"


@pytest.mark.parametrize("with_order", [True, False])
def test_an_order_is_linked_only_with_its_address_and_nobody_learns_whether(client, ask, with_order):
    order = OrderFactory(email="zoe.muller@example.org")

    email = "Zoe.Muller@Example.org" if with_order else "eve@example.org"
    answer = ask(order_number=order.number.lower(), email=email)
    page = client.get(answer["Location"].replace("received/", ""))

    ticket = Ticket.objects.get()
    assert (ticket.order == order) is with_order
    assert page.text.count(order.number.lower()) == 1  # in what was written
    assert order.number not in page.text


def test_whoever_is_signed_in_chooses_among_their_own_orders(client, path_of, ask):
    user = AgentFactory(is_staff=False)
    line = OrderLineFactory(order=OrderFactory(subject=user.subject))
    foreign = OrderLineFactory(order__number="FOREIGN22")
    client.force_login(user)

    form = client.get(path_of("support:contact") + f"?order={line.order.number}")
    refused = ask(about=f"{foreign.order.number}:{foreign.pk}")
    ask(about=f"{line.order.number}:{line.pk}")

    assert f'value="{line.order.number}" selected' in form.text
    assert foreign.order.number not in form.text
    assert refused.status_code == 200
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.order, ticket.order_line) == (user.subject, line.order, line)


def test_the_page_of_a_product_fills_in_what_it_is_about(client, path_of):
    ProductFactory(slug="moon-jar", name="Moon jar")

    form = client.get(path_of("support:contact") + "?product=moon-jar")

    assert 'value="Moon jar"' in form.text


@pytest.mark.promise("B-6.2", "B-10.1", "B-10.2")
@pytest.mark.parametrize("right", ["access", "rectification"])
def test_a_question_about_rights_opens_a_request_with_a_day_to_answer_by(client, ask, right):
    answer = ask(category="privacy", right=right)
    page = client.get(answer["Location"])

    request = PrivacyRequest.objects.get()
    assert (request.kind, request.source) == (right, "contact")
    assert Ticket.objects.get().privacy_request == request
    assert request.reference in page.text
    assert f"{request.due_on:%Y}" in page.text


@pytest.mark.promise("B-7.4")
def test_a_guardian_opens_a_request_too(ask):
    ask(category="guardian")

    assert PrivacyRequest.objects.get().kind == "guardian"


def test_whoever_asks_for_a_right_says_which(ask):
    page = ask(category="privacy")

    assert "which right" in page.text
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("field", ["body", "title", "name", "order_number"])
def test_a_card_number_is_refused_and_kept_nowhere(ask, field):
    page = ask(**{field: "4111 1111 1111 1111"})

    assert "card number" in page.text
    assert not Ticket.objects.exists()


def test_a_message_without_words_is_refused(ask):
    page = ask(body="  \r\n ")

    assert "Please write something." in page.text


def test_a_nul_character_is_refused_with_a_word_of_why(ask):
    page = ask(body="Hello\0there")

    assert page.status_code == 200
    assert "Null characters are not allowed." in page.text


def test_photos_come_along(client, ask):
    answer = ask(evidence=[plain_picture("a.png"), plain_picture("b.jpg")])

    ticket = Ticket.objects.get()
    page = client.get(answer["Location"].replace("received/", ""))
    assert ticket.messages.get().attachments.count() == 2
    assert page.text.count("<img") >= 2


def test_what_is_no_photo_is_refused_and_the_words_are_kept(ask):
    page = ask(body="The words", evidence=ContentFile(b"MZ\x90\0not a photo", "photo.jpg"))

    assert page.status_code == 200
    assert "The words" in page.text
    assert "choose your photos again" in page.text
    assert not Ticket.objects.exists()


def test_who_writes_too_often_is_told_to_wait(client, path_of):
    answers = [client.post(path_of("support:contact"), QUESTION) for _try in range(6)]

    assert [answer.status_code for answer in answers] == [303] * 5 + [200]
    assert "wait a few minutes" in answers[-1].text


def test_a_form_from_another_site_is_refused(path_of):
    client = Client(enforce_csrf_checks=True)

    answer = client.post(path_of("support:contact"), QUESTION, headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403


def test_the_other_ways_to_reach_us_are_on_the_page(client, path_of, settings):
    page = client.get(path_of("support:contact"))

    for word in (settings.SHOP_PHONE, settings.SHOP_EMAIL, settings.SHOP_ADDRESS, "09:00–17:00"):
        assert word in page.text


def test_a_page_of_the_form_costs_few_questions_to_the_database(
    client, path_of, django_assert_max_num_queries
):
    user = AgentFactory(is_staff=False)
    for _order in range(3):
        OrderLineFactory(order=OrderFactory(subject=user.subject))
    client.force_login(user)
    client.get(path_of("support:contact"))

    with django_assert_max_num_queries(8):
        client.get(path_of("support:contact"))

    assert Order.objects.count() == 3


def test_every_naughty_string_comes_back_unchanged_and_harmless(client, path_of, shared_data):
    strings = json.loads((shared_data / "text" / "blns.json").read_text())
    for text in strings:
        cache.clear()
        values = {"body": text, "title": text, "name": text} | {"category": "other"}
        refused = {name for name in ("body", "title", "name") if is_refused(name, text)}
        answer = client.post(path_of("support:contact"), values | dict.fromkeys(refused, "x"))
        assert answer.status_code == 303, text

        ticket = Ticket.objects.with_keys().latest("pk")
        message = ticket.messages.select_related("subject__key").get()
        kept = {"body": message.body, "title": ticket.title, "name": ticket.name}
        assert {name: value for name, value in kept.items() if name not in refused} == {
            name: text for name in kept if name not in refused
        }
    assert Ticket.objects.count() == len(strings)


def test_every_naughty_string_is_escaped_on_the_page(client, path_of, shared_data):
    strings = json.loads((shared_data / "text" / "blns.json").read_text())
    texts = [text for text in strings if text.strip() and not contains_card_number(text)]
    for some in in_parts(texts, 60):
        cache.clear()
        answer = client.post(path_of("support:contact"), {"category": "other", "body": "\n".join(some)})

        page = client.get(answer["Location"].replace("received/", ""))

        assert [text for text in some if escape(text) not in page.text] == []
        assert "<script>alert" not in page.text


def is_refused(name: str, text: str) -> bool:
    """Empty where words are needed, longer than the field, or with a card number."""
    longest = {"body": 10_000, "title": 200, "name": 120}[name]
    return len(text) > longest or contains_card_number(text) or (name == "body" and not text.strip())


def in_parts(texts, size):
    return [texts[start : start + size] for start in range(0, len(texts), size)]
