"""The pages shoppers see, through their addresses."""

import warnings

import html5lib
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from orders.models import DeliveryMethod
from shop.catalogue import cards
from shop.catalogue.models import Market, Product
from shop.catalogue.search import index
from tests.factories import (
    AttributeFactory,
    AttributeValueFactory,
    BrandFactory,
    CategoryFactory,
    MarketFactory,
    PictureFactory,
    PriceFactory,
    ProductFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def germany():
    return MarketFactory()


@pytest.fixture
def bowl(germany):
    """A bowl in two glazes with a picture, on a shelf under another one."""
    tableware = CategoryFactory(name="Tableware", slug="tableware")
    bowls = CategoryFactory(name="Bowls", slug="bowls", parent=tableware, description="Thrown one at a time.")
    CategoryFactory(name="Tea", slug="tea")
    glaze = AttributeFactory(code="glaze", name="Glaze")
    product = ProductFactory(
        name="Morning bowl",
        slug="morning-bowl",
        category=bowls,
        brand=BrandFactory(name="Töpferhof"),
        summary="Deep and light.",
        description="<p>For porridge &amp; soup.</p>",
        maker="Töpferhof 4, Berlin",
        warnings="Hot when filled.",
        values=[
            AttributeValueFactory(attribute=AttributeFactory(code="body", name="Body"), label="Stoneware")
        ],
    )
    for label, amount, stock in (("Celadon", 2800, 3), ("Tenmoku", 3200, 0)):
        value = AttributeValueFactory(attribute=glaze, code=label.lower(), label=label)
        VariantFactory(product=product, stock=stock, price__amount=amount, options=[value])
    PictureFactory(product=product, alt="A bowl seen from above")
    return product


@pytest.fixture
def indexed(bowl):
    index([bowl])
    return bowl


def add_delivery(market: Market) -> None:
    terms = {"name": "Standard", "amount": 490, "free_from": 6900, "days_min": 2, "days_max": 3}
    DeliveryMethod.objects.update_or_create(market=market, code="standard", defaults=terms)


# --- every page ---------------------------------------------------------------------------------------------

PAGES = [
    ("catalogue:home",),
    ("catalogue:all",),
    ("catalogue:category", "bowls"),
    ("catalogue:product", "morning-bowl"),
    ("catalogue:page", "delivery"),
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_few_queries_and_a_kept_one_none(
    client, bowl, path_of, page, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        first = client.get(path_of(*page))
    with django_assert_max_num_queries(0):
        kept = client.get(path_of(*page))

    assert first.status_code == 200
    assert kept.content == first.content


@pytest.mark.parametrize("page", PAGES)
def test_with_the_page_cache_off_a_warm_page_asks_the_database_nothing(
    client, settings, bowl, path_of, page, django_assert_num_queries
):
    settings.PAGE_CACHE_SECONDS = 0
    client.get(path_of(*page))

    with django_assert_num_queries(0):
        client.get(path_of(*page))


@pytest.mark.parametrize("page", [*PAGES, ("catalogue:search",)])
def test_looking_around_sets_no_cookie(client, bowl, path_of, page):
    response = client.get(path_of(*page), {"q": "bowl"})

    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.text


def test_an_unchanged_page_is_not_sent_twice(client, bowl, path_of):
    first = client.get(path_of("catalogue:all"))

    again = client.get(path_of("catalogue:all"), headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert "Cookie" in first["Vary"]
    assert first["Cache-Control"].startswith("public")


@pytest.mark.parametrize("page", [*PAGES, ("catalogue:search",), ("account_login",), ("privacy_cookies",)])
def test_pages_are_valid_html(client, bowl, path_of, page):
    response = client.get(path_of(*page), {"q": "bowl"} if page == ("catalogue:search",) else {})

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        html5lib.HTMLParser(strict=True).parse(response.text)
    assert "style=" not in response.text
    assert "<script>" not in response.text
    assert response.text.count("<h1") == 1


def test_the_chooser_leads_to_the_same_page_everywhere(client, bowl, path_of):
    MarketFactory(country="FR", languages="fr en")

    page = client.get(path_of("catalogue:all") + "?f-glaze=celadon").text

    for place in ("de-de", "en-de", "fr-de", "fr-fr", "en-fr"):
        assert f'href="/{place}/products/?f-glaze=celadon"' in page


def test_a_carried_cart_stays_in_every_link(client, bowl, path_of):
    token = "t" * 22

    page = client.get(path_of("catalogue:all", token=token))

    plain = [link for link in page.text.split('href="')[1:] if link.startswith(("/en-", "/de-", "/fr-"))]
    assert plain == []
    assert f'href="/c/{token}/en-de/products/morning-bowl/"' in page.text
    assert page["Cache-Control"] == "no-store"


def test_a_carried_cart_never_enters_what_is_remembered(client, settings, bowl, path_of):
    settings.PAGE_CACHE_SECONDS = 0
    for page in PAGES:
        client.get(path_of(*page, token="t" * 22))

    for page in PAGES:
        assert "t" * 22 not in client.get(path_of(*page)).text


@pytest.mark.parametrize(
    "path",
    ["/en-de/category/none/", "/en-de/products/none/", "/en-de/pages/none/", "/en-de/products/?page=9"],
)
def test_what_does_not_exist_says_so_kindly(client, bowl, path):
    response = client.get(path)

    assert response.status_code == 404
    assert "The shelves and the search" in response.text


def test_someone_signed_in_gets_a_page_of_their_own(client, bowl, path_of):
    user = User.objects.create_user("alice@example.com", "secret-enough-42")
    client.force_login(user)

    response = client.get(path_of("catalogue:product", "morning-bowl"))

    assert "csrfmiddlewaretoken" in response.text
    assert "ETag" not in response


# --- first page and lists -----------------------------------------------------------------------------------


def test_the_first_page_shows_shelves_and_goods(client, bowl, path_of):
    page = client.get(path_of("catalogue:home")).text

    assert path_of("catalogue:category", "tableware") in page
    assert path_of("catalogue:category", "tea") in page
    assert "Morning bowl" in page


def test_a_category_shows_where_it_stands_and_what_it_holds(client, bowl, path_of):
    page = client.get(path_of("catalogue:category", "tableware")).text

    assert path_of("catalogue:category", "bowls") in page
    assert "1 product" in page
    assert "from €28.00" in page


def test_a_hidden_category_hides_its_children(client, bowl, path_of):
    bowl.category.parent.is_active = False
    bowl.category.parent.save()

    assert client.get(path_of("catalogue:category", "bowls")).status_code == 404


def test_htmx_gets_only_the_list(client, bowl, path_of):
    response = client.get(
        path_of("catalogue:all"),
        {"f-glaze": "celadon"},
        headers={"HX-Request": "true", "HX-Target": "listing"},
    )

    assert response.text.startswith('<div class="listing')
    assert "<html" not in response.text
    assert "HX-Request" in response["Vary"]
    assert response["Cache-Control"] == "no-store"


def test_nothing_under_these_filters_offers_a_way_out(client, bowl, path_of):
    page = client.get(path_of("catalogue:all"), {"min": "900"}).text

    assert "Nothing fits all these filters" in page
    assert "Remove all filters" in page


def test_more_than_a_page_is_linked_both_ways(client, germany, path_of):
    for number in range(50):
        VariantFactory(product=ProductFactory(name=f"Pot {number}", category=CategoryFactory(slug="pots")))

    page = client.get(path_of("catalogue:all"), {"page": 2, "sort": "name"}).text

    assert '<a href="?sort=name" rel="prev">' in page
    assert '<a href="?sort=name&amp;page=3" rel="next">' in page


def test_only_the_first_pictures_are_fetched_at_once(client, germany, path_of):
    for number in range(6):
        product = ProductFactory(name=f"Pot {number}")
        VariantFactory(product=product)
        PictureFactory(product=product)

    page = client.get(path_of("catalogue:all")).text

    assert page.count("<img") == 6
    assert page.count('loading="lazy"') == 2
    assert page.count('width="64" height="64"') == 6


# --- search -------------------------------------------------------------------------------------------------


def test_a_search_finds_and_lists(client, indexed, path_of):
    page = client.get(path_of("catalogue:search"), {"q": "bowl"}).text

    assert "Results for “bowl”" in page
    assert "Morning bowl" in page
    assert 'value="bowl"' in page


def test_a_misspelt_search_says_what_it_looked_for_instead(client, indexed, path_of):
    page = client.get(path_of("catalogue:search"), {"q": "morninh"}).text

    assert "Nothing in the shop is called “morninh”" in page
    assert "Morning bowl" in page


def test_a_search_without_a_hit_offers_the_shelves(client, indexed, path_of):
    page = client.get(path_of("catalogue:search"), {"q": "xyzzyqw"}).text

    assert "Nothing found" in page
    assert path_of("catalogue:category", "tableware") in page


@pytest.mark.parametrize(
    "text", ['"', "<script>alert(1)</script>", "a" * 500, "%00", "' OR 1=1 --", "", "  "]
)
def test_a_strange_search_is_answered(client, indexed, path_of, text):
    response = client.get(path_of("catalogue:search"), {"q": text})

    assert response.status_code == 200
    assert "<script>alert" not in response.text


def test_typing_is_completed(client, indexed, path_of):
    response = client.get(path_of("catalogue:suggest"), {"q": "mor"})

    assert "?q=morning" in response.text


COLD = [
    ("en", "bowl"),
    ("en", "morning teapot"),  # only some of the words
    ("en", "mornign bowk"),  # both misspelt
    ("en", "wholly strange"),
    ("de", "schale"),  # a part of a longer word
    ("de", "morgenschahle blau"),
]


@pytest.mark.parametrize(("language", "text"), COLD)
def test_a_search_costs_few_queries_with_all_caches_cold(
    client, germany, indexed, language, text, django_assert_max_num_queries
):
    cache.clear()

    with django_assert_max_num_queries(8):
        response = client.get(f"/{language}-de/search/", {"q": text})

    assert response.status_code == 200


def test_a_card_shows_the_first_picture_as_it_is_stored(germany, bowl):
    first = bowl.pictures.get()
    PictureFactory(product=bowl, alt="Another", position=first.position + 1)

    shown = cards.read([bowl.pk], germany)[0].picture

    assert shown == first
    assert (shown.image.name, shown.alt, shown.width) == (first.image.name, first.alt, first.width)


# --- product ------------------------------------------------------------------------------------------------


def test_a_product_tells_price_stock_origin_and_safety(client, germany, bowl, path_of):
    add_delivery(germany)

    page = client.get(path_of("catalogue:product", "morning-bowl")).text

    for words in (
        "€28.00", "€32.00", "Only 3 left", "Sold out", "VAT included", "Germany", "Stoneware",
        "Töpferhof 4, Berlin", "Hot when filled.", "A bowl seen from above", "2 to 3 working days",
        "free from €69.00",
    ):  # fmt: skip
        assert words in page


def test_a_variant_that_is_sold_out_cannot_be_chosen(client, bowl, path_of):
    sold_out = bowl.variants.get(stock=0)

    page = client.get(path_of("catalogue:product", "morning-bowl")).text

    choice = page[page.index(f'id="variant-{sold_out.pk}"') :].split(">")[0]
    assert "disabled" in choice


def test_an_earlier_price_is_named_as_such(client, bowl, path_of):
    price = bowl.variants.get(stock=3).prices.get()
    price.compare_at = 3500
    price.save()

    page = client.get(path_of("catalogue:product", "morning-bowl")).text

    assert "before <s>€35.00</s>" in page


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [("50", "g", "€50.00 / 100 g"), ("500", "g", "€50.00 / kg"), ("2", "l", "€12.50 / l")],
)
def test_goods_sold_by_measure_show_their_unit_price(client, germany, path_of, amount, unit, words):
    product = ProductFactory(slug="tea")
    VariantFactory(product=product, unit_amount=amount, unit=unit)

    assert words in client.get(path_of("catalogue:product", "tea")).text


def test_a_market_without_tax_in_its_prices_says_so(client, bowl, path_of):
    usa = MarketFactory(country="US", currency="USD", languages="en", prices_include_tax=False)
    PriceFactory(variant=bowl.variants.get(stock=3), market=usa, amount=3900)

    page = client.get(path_of("catalogue:product", "morning-bowl", country="US")).text

    assert "$39.00" in page
    assert "Without tax" in page
    assert "VAT included" not in page


def test_a_product_not_sold_here_says_where_it_is(client, bowl, path_of):
    MarketFactory(country="FR", languages="fr en")

    response = client.get(path_of("catalogue:product", "morning-bowl", country="FR"))

    assert response.status_code == 404
    assert "We do not send this product to France" in response.text
    assert "Germany" in response.text


def test_drafts_are_not_shown(client, bowl, path_of):
    Product.objects.update(status=Product.Status.DRAFT)

    assert client.get(path_of("catalogue:product", "morning-bowl")).status_code == 404
    assert "Morning bowl" not in client.get(path_of("catalogue:all")).text


def test_a_text_that_is_not_translated_says_which_language_it_is_in(client, bowl, path_of):
    page = client.get(path_of("catalogue:product", "morning-bowl", language="de")).text

    assert '<div class="prose" lang="en">' in page
    assert '<h1 lang="en">Morning bowl</h1>' in page


def test_a_translated_text_is_shown_without_a_note(client, bowl, path_of):
    Product.objects.filter(pk=bowl.pk).update(name_de="Morgenschale", description_de="<p>Für Suppe.</p>")

    page = client.get(path_of("catalogue:product", "morning-bowl", language="de")).text

    assert "<h1>Morgenschale</h1>" in page
    assert '<div class="prose"><p>Für Suppe.</p></div>' in page


def test_other_products_of_the_shelf_are_shown(client, bowl, path_of):
    VariantFactory(product=ProductFactory(name="Noodle bowl", category=bowl.category))

    page = client.get(path_of("catalogue:product", "morning-bowl")).text

    assert "More in Bowls" in page
    assert "Noodle bowl" in page


def test_names_are_escaped(client, germany, path_of):
    name = '<b>Bowl</b> & "cup" </script>'
    VariantFactory(product=ProductFactory(name=name, slug="odd"))

    for page in (client.get(path_of("catalogue:product", "odd")), client.get(path_of("catalogue:all"))):
        assert escape(name) in page.text
        assert name not in page.text


def test_only_reading_is_allowed(client: Client, bowl, path_of):
    assert client.post(path_of("catalogue:all")).status_code == 405
