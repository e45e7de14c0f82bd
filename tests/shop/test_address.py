import pytest
from django.urls import reverse

from shop.address import PREFIX, page_url
from shop.catalogue.models import Market
from tests.factories import MarketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def markets():
    Market.objects.all().delete()
    MarketFactory(country="DE", currency="EUR", languages="de en", position=0)
    MarketFactory(country="FR", currency="EUR", languages="fr en", position=1)
    MarketFactory(country="CH", currency="CHF", languages="de en fr", position=2)
    MarketFactory(country="US", currency="USD", languages="en", position=3)
    MarketFactory(country="JP", currency="JPY", languages="en", position=4)


@pytest.mark.parametrize(
    ("accept_language", "prefix"),
    [
        ("de-CH,de;q=0.9,en;q=0.5", "/de-ch/"),
        ("fr", "/fr-fr/"),
        ("fr-CA,fr;q=0.8", "/fr-fr/"),
        ("ja,en;q=0.8", "/en-jp/"),
        ("en", "/en-us/"),
        ("en-DE", "/en-de/"),
        ("xx-YY", "/de-de/"),
        ("", "/de-de/"),
        ("*;q=nonsense", "/de-de/"),
    ],
)
@pytest.mark.promise("B-5.2")
def test_the_bare_address_leads_to_the_best_market(client, accept_language, prefix):
    response = client.get("/", headers={"accept-language": accept_language})

    assert response.status_code == 302
    assert response["Location"] == prefix
    assert "Accept-Language" in response["Vary"]
    assert client.get(prefix).status_code == 200


def test_an_address_without_prefix_keeps_its_path_and_query(client):
    response = client.get("/search/?q=bowl", headers={"accept-language": "fr-FR"})

    assert response["Location"] == "/fr-fr/search/?q=bowl"


@pytest.mark.parametrize(
    "path", ["/xx-de/", "/en-zz/", "/fr-us/", "/en-de/nowhere/", "/nowhere/", "/en-d/", "/c/short/en-de/"]
)
def test_an_unknown_prefix_or_path_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.promise("B-5.2")
def test_links_keep_language_market_and_a_carried_cart(client):
    token = "t" * 22

    plain = client.get("/de-ch/")
    carried = client.get(f"/c/{token}/de-ch/")

    assert 'href="/de-ch/cart/"' in plain.text
    assert f'href="/c/{token}/de-ch/cart/"' in carried.text


@pytest.mark.promise("B-5.5")
def test_a_page_that_carries_a_cart_is_private(client):
    response = client.get(f"/c/{'t' * 22}/en-de/")

    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert '<link rel="canonical" href="http://localhost:8000/en-de/">' in response.text
    assert not response.cookies


def test_a_browser_that_took_the_cookie_leaves_the_long_address(client, settings):
    token = "t" * 22
    client.cookies[settings.CART_COOKIE_NAME] = token

    response = client.get(f"/c/{token}/en-de/search/?q=bowl")

    assert response.status_code == 302
    assert response["Location"] == "/en-de/search/?q=bowl"


def test_page_url_names_language_market_and_token():
    assert page_url("catalogue:home", language="fr", country="CH") == "http://localhost:8000/fr-ch/"
    assert reverse("catalogue:home") == "/"


def test_a_token_of_the_wrong_shape_is_no_token():
    assert PREFIX.match("/c/../en-de/") is None
    assert PREFIX.match("/c/" + "a" * 65 + "/en-de/") is None


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/robots.txt", "/sitemap.xml", "/sitemap-en-de-1.xml", "/media/x.webp"]
    + [f"/en-de/privacy/{page}/" for page in ("cookies", "data-map", "partners")],
)
def test_what_is_only_read_answers_no_other_method(client, path):
    assert client.trace(path).status_code == 405
    assert client.post(path).status_code == 405
