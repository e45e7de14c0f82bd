"""What search engines are told, checked the way they read it."""

import json
import re
from xml.etree import ElementTree

import pytest

from tests.factories import (
    BrandFactory,
    CategoryFactory,
    MarketFactory,
    PriceFactory,
    ProductFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db
NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture
def jar():
    """A jar sold in Germany (three languages) and Japan (one), on a shelf under another."""
    home = CategoryFactory(name="Home", slug="home")
    product = ProductFactory(
        name="Moon jar",
        slug="moon-jar",
        description="<p>White &amp; round. </script><b>Thrown</b></p>",
        category=CategoryFactory(name="Vases", slug="vases", parent=home),
        brand=BrandFactory(name="Kiln"),
    )
    variant = VariantFactory(product=product, sku="JAR-1", price__amount=12950)
    japan = MarketFactory(country="JP", currency="JPY", languages="en", position=1)
    PriceFactory(variant=variant, market=japan, amount=21000)
    VariantFactory(product=product, sku="JAR-2", stock=0, price__amount=14000)
    MarketFactory(country="FR", languages="fr en", position=2)
    return product


def structured(page: str):
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(script)


def alternates(page: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))


def test_a_product_is_described_with_all_its_offers(client, jar, path_of, settings):
    settings.SHOP_NAME = "Kiln & Leaf"

    graph = structured(client.get(path_of("catalogue:product", "moon-jar")).text)["@graph"]

    product, crumbs = graph
    assert product["name"] == "Moon jar"
    assert product["brand"]["name"] == "Kiln"
    assert product["description"] == "White &amp; round. Thrown"
    assert [(offer["price"], offer["priceCurrency"]) for offer in product["offers"]] == [
        ("129.50", "EUR"),
        ("140.00", "EUR"),
    ]
    assert [offer["availability"].rpartition("/")[2] for offer in product["offers"]] == [
        "InStock",
        "OutOfStock",
    ]
    assert [step["name"] for step in crumbs["itemListElement"]][1:] == ["Home", "Vases", "Moon jar"]
    assert crumbs["itemListElement"][0]["name"] == settings.SHOP_NAME
    assert crumbs["itemListElement"][-1]["item"] == "http://localhost:8000/en-de/products/moon-jar/"


def test_yen_have_no_decimals(client, jar, path_of):
    graph = structured(client.get(path_of("catalogue:product", "moon-jar", country="JP")).text)["@graph"]

    assert [offer["price"] for offer in graph[0]["offers"]] == ["21000"]


def test_a_category_has_its_breadcrumbs(client, jar, path_of):
    data = structured(client.get(path_of("catalogue:category", "vases")).text)

    assert data["@type"] == "BreadcrumbList"
    assert [step["position"] for step in data["itemListElement"]] == [1, 2, 3]


def test_a_product_names_its_alternates_where_it_is_sold(client, jar, path_of):
    page = client.get(path_of("catalogue:product", "moon-jar")).text

    links = alternates(page)

    assert set(links) == {"de-DE", "en-DE", "fr-DE", "en-JP", "x-default"}
    assert links["en-JP"] == "http://localhost:8000/en-jp/products/moon-jar/"
    assert links["x-default"] == "http://localhost:8000/products/moon-jar/"


def test_alternates_answer_and_point_back(client, jar, path_of):
    links = alternates(client.get(path_of("catalogue:product", "moon-jar")).text)

    for language, href in links.items():
        if language != "x-default":
            page = client.get(href.removeprefix("http://localhost:8000"))
            assert page.status_code == 200
            assert alternates(page.text) == links


def test_a_list_names_every_market(client, jar, path_of):
    page = client.get(path_of("catalogue:category", "vases")).text

    assert set(alternates(page)) == {"de-DE", "en-DE", "fr-DE", "en-JP", "fr-FR", "en-FR", "x-default"}


@pytest.mark.parametrize(
    ("query", "canonical", "indexed"),
    [
        ("", "", True),
        ("?sort=price", "", False),
        ("?brand=kiln", "", False),
        ("?utm_source=mail", "", True),
    ],
)
def test_the_canonical_address_is_the_plain_one(client, jar, path_of, query, canonical, indexed):
    page = client.get(path_of("catalogue:category", "vases") + query).text

    assert f'<link rel="canonical" href="http://localhost:8000/en-de/category/vases/{canonical}">' in page
    assert ("noindex" not in page) == indexed


def test_a_further_page_is_its_own_canonical_address(client, jar, path_of):
    for number in range(25):
        VariantFactory(product=ProductFactory(name=f"Vase {number}", category=jar.category))

    page = client.get(path_of("catalogue:category", "vases") + "?page=2").text

    assert '<link rel="canonical" href="http://localhost:8000/en-de/category/vases/?page=2">' in page


def test_a_carried_cart_is_not_indexed_and_not_named(client, jar, path_of):
    page = client.get(path_of("catalogue:product", "moon-jar", token="t" * 22)).text

    assert '<link rel="canonical" href="http://localhost:8000/en-de/products/moon-jar/">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert "ld+json" not in page


def test_the_sitemap_leads_to_every_page_in_every_language(client, jar):
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)

    sections = [element.text or "" for element in index.findall("s:sitemap/s:loc", NAMESPACE)]
    addresses = []
    for section in sections:
        tree = ElementTree.fromstring(client.get(section.removeprefix("http://localhost:8000")).content)
        addresses += [element.text or "" for element in tree.findall("s:url/s:loc", NAMESPACE)]

    assert len(sections) == 6
    assert "http://localhost:8000/fr-de/products/moon-jar/" in addresses
    assert "http://localhost:8000/fr-fr/products/moon-jar/" not in addresses
    assert "http://localhost:8000/en-jp/category/vases/" in addresses
    for address in addresses:
        assert client.get(address.removeprefix("http://localhost:8000")).status_code == 200


@pytest.mark.parametrize("section", ["en-xx-1", "xx-de-1", "en-de-2", "en-de-0", "en-de-x", "en"])
def test_an_unknown_section_is_not_found(client, jar, section):
    assert client.get(f"/sitemap-{section}.xml").status_code == 404


def test_robots_are_kept_out_of_carts_and_led_to_the_sitemap(client):
    text = client.get("/robots.txt").text

    assert "Disallow: /c/" in text
    assert "Sitemap: http://localhost:8000/sitemap.xml" in text
