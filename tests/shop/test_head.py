"""The head of a page is drawn once for a market and language; a visitor's own part is put in afterwards."""

import re

import pytest

from accounts.models import User
from tests.factories import MarketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def market():
    return MarketFactory()


def head_of(page) -> str:
    return str(re.findall(r'<header class="head">.*?</header>', page.text, re.DOTALL)[0])


def test_what_is_searched_for_stands_in_the_field_and_is_only_text(client):
    client.get("/en-de/search/?q=jar")

    head = head_of(client.get("/en-de/search/", {"q": '@pieces@"><b>@cart@'}))

    assert 'value="@pieces@&quot;&gt;&lt;b&gt;@cart@"' in head


def test_no_mark_is_left_where_there_is_nothing_to_say(client):
    assert "@" not in head_of(client.get("/en-de/"))


def test_who_is_signed_in_finds_the_account_and_everybody_else_the_way_in(client):
    stranger = head_of(client.get("/en-de/"))
    client.force_login(User.objects.create_user("zoe@example.org"))
    known = head_of(client.get("/en-de/"))

    assert 'href="/en-de/account/login/"' in stranger
    assert 'href="/en-de/account/"' in known
    assert "Sign in" not in known


def test_the_other_places_lead_to_the_same_page(client):
    MarketFactory(country="FR", languages="fr")

    assert 'href="/fr-fr/search/?q=jar"' in head_of(client.get("/en-de/search/?q=jar"))


def test_each_language_has_its_own_head(client, market):
    market.languages = "en de"
    market.save()

    assert "Sign in" in head_of(client.get("/en-de/"))
    assert "Anmelden" in head_of(client.get("/de-de/"))
