"""Texts that break other shops go through the account's, the checkout's and the desk's fields: kept as typed,
shown as text, or refused with a word; never a server error. The support's own fields: `tests.support`."""

import json
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.html import escape

from accounts.models import Address, Profile, User
from privacy.card_numbers import refuse_card_number
from support.models import Message
from tests.factories import MarketFactory, OrderFactory, TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def strings(shared_data: Path) -> list[str]:
    return list(json.loads((shared_data / "text" / "blns.json").read_text()))


@pytest.fixture
def alice(client) -> User:
    MarketFactory()
    user = User.objects.create_user(
        "alice@mail.example", "a long password", name="Alice", language="en", country="DE"
    )
    client.force_login(user)
    return user


def may_be_refused(text: str, most: int) -> bool:
    """Nothing, too much, a card's number, or what no text can hold."""
    try:
        refuse_card_number(text)
    except ValueError:
        return True
    except Exception as problem:  # Django's ValidationError is not a ValueError
        return bool(str(problem))
    return not text.strip() or len(text.strip()) > most or "\x00" in text


def is_harmless(page: str, text: str) -> bool:
    """On the page as text; a tag of its own would stand there unescaped."""
    shown = text.strip()
    return escape(shown).replace("\r\n", "\n") in page.replace("\r\n", "\n") and (
        "<" not in shown or shown not in page
    )


def test_the_name_on_the_profile(client, alice, path_of, strings):
    kept = 0
    for text in strings:
        answer = client.post(path_of("accounts:profile"), {"contact": "1", "name": text, "phone": ""})
        if answer.status_code == 200:
            assert may_be_refused(text, 120), repr(text)
            assert "errorlist" in answer.text or "error" in answer.text
            continue
        kept += 1
        assert answer.status_code == 302
        assert User.objects.select_related("subject__key").get(pk=alice.pk).name == text.strip()
        if "<" in text:
            assert is_harmless(client.get(path_of("accounts:profile")).text, text), repr(text)
    assert kept > 400


def test_gender_in_ones_own_words(client, alice, path_of, strings):
    kept = 0
    for text in [text for text in strings if len(text) <= 40]:
        answer = client.post(path_of("accounts:profile"), {"about": "1", "gender": text, "birth_date": ""})
        if answer.status_code == 200:
            assert may_be_refused(text, 40), repr(text)
            continue
        kept += 1
        assert Profile.objects.select_related("subject__key").get().gender == text.strip()
    assert kept > 200


def test_an_address_of_the_book(client, alice, path_of, strings):
    """Two fields at once: half of the strings is a name, the other half a town."""
    kept = 0
    for name, city in zip(strings[::2], strings[1::2], strict=False):
        typed = {"country": "DE", "name": name, "street": "Hauptstraße 5", "postcode": "10115", "city": city}
        answer = client.post(f"{path_of('accounts:add_address')}?country=DE", typed)
        if answer.status_code == 200:
            assert may_be_refused(name, 120) or may_be_refused(city, 120), repr((name, city))
            continue
        kept += 1
        address = Address.objects.of(alice.subject).latest("pk")
        assert address.name == name.strip()
        assert address.city == city.strip()
        if "<" in name:
            assert is_harmless(client.get(path_of("accounts:addresses")).text, name), repr(name)
        address.delete()
    assert kept > 150


def test_a_note_to_an_order(strings):
    """As the checkout keeps it: in an encrypted column of its own."""
    for text in [text for text in strings if "\x00" not in text]:
        order = OrderFactory(note=text[:1000])
        assert type(order).objects.with_keys().get(pk=order.pk).note == text[:1000]


def test_looking_among_ones_orders(client, alice, path_of, strings):
    for text in strings[::10]:
        page = client.get(path_of("orders:history"), {"q": text})
        assert page.status_code == 200
        assert "<script>" not in page.text.replace("<script src", "")


def test_a_note_of_an_agent(admin_client, strings):
    """Many in each note, a line between them."""
    ticket = TicketFactory()
    path = reverse("admin:support_ticket_deed", args=[ticket.pk, "note"])
    texts = [text for text in strings if text.strip() and "\x00" not in text]
    written = [
        "start\n" + "\n".join(texts[start : start + 20]) + "\nend" for start in range(0, len(texts), 20)
    ]

    for body in written:
        assert admin_client.post(path, {"body": body}).status_code == 302

    notes = Message.objects.select_related("subject__key").filter(kind="note")
    page = admin_client.get(reverse("admin:support_ticket_change", args=[ticket.pk])).text
    assert [note.body for note in notes] == written
    for text in texts:
        if "<" in text and "\n" not in text:
            assert escape(text) in page
            assert text not in page


def test_a_nul_is_refused_with_a_word(client, alice, path_of):
    page = client.post(path_of("accounts:profile"), {"contact": "1", "name": "Al\x00ice", "phone": ""})

    assert page.status_code == 200
    assert "Null characters are not allowed" in page.text
