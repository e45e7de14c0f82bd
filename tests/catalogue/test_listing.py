"""Lists: what a filter leaves, what a further one would leave, in which order, on how many pages."""

import pytest
from django.http import QueryDict
from django.utils import translation

from shop.catalogue.listing import PAGE_SIZE, Filters, Listing, NoSuchPage, Scope, browse
from shop.catalogue.models import Market, Product
from shop.catalogue.paging import chips, page_links, to_page
from tests.factories import (
    AttributeFactory,
    AttributeValueFactory,
    BrandFactory,
    CategoryFactory,
    MarketFactory,
    PriceFactory,
    ProductFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return MarketFactory()


def listing_of(market: Market, query: str = "", scope: Scope | None = None) -> Listing:
    with translation.override("en"):
        filters = Filters.read(QueryDict(query), market)
        return browse(scope or Scope(), market=market, filters=filters)


def names(listing: Listing) -> list[str]:
    products = Product.objects.in_bulk(listing.pks)
    return [products[pk].name for pk in listing.pks]


def test_what_no_database_takes_is_left_out(market):
    filters = Filters.read(QueryDict("brand=%00&f-%00=x&f-glaze=celadon"), market)

    assert filters.choices == {"f-glaze": {"celadon"}}


def test_an_address_with_hundreds_of_facets_costs_no_more_than_ten(market):
    query = QueryDict("&".join(f"f-{number}=x" for number in range(200)))

    assert len(Filters.read(query, market).choices) == 10


def counts(listing: Listing, code: str) -> dict[str, int]:
    facet = next((facet for facet in listing.facets if facet.code in {code, f"f-{code}"}), None)
    return {option.code: option.count for option in facet.options} if facet else {}


def sell(name: str, *values, price: int = 2500, **fields):
    product = ProductFactory(name=name, values=values, **fields)
    VariantFactory(product=product, price__amount=price)
    return product


@pytest.fixture
def pots():
    """Four pots in two glazes and two forms."""
    glaze = AttributeFactory(code="glaze", name="Glaze")
    form = AttributeFactory(code="form", name="Form")
    celadon, tenmoku = (AttributeValueFactory(attribute=glaze, code=code) for code in ("celadon", "tenmoku"))
    bowl, cup = (AttributeValueFactory(attribute=form, code=code) for code in ("bowl", "cup"))
    shelf = CategoryFactory()
    return [
        sell("Celadon bowl", celadon, bowl, category=shelf, price=3000),
        sell("Celadon cup", celadon, cup, category=shelf, price=1000),
        sell("Tenmoku bowl", tenmoku, bowl, category=shelf, price=4000),
        sell("Tenmoku cup", tenmoku, cup, category=shelf, price=2000),
    ]


def test_without_filters_everything_with_a_price_here_is_listed_and_counted(market, pots):
    ProductFactory(name="Without a price")
    elsewhere = ProductFactory(name="Sold elsewhere")
    VariantFactory(product=elsewhere, price__market=MarketFactory(country="FR"))

    listing = listing_of(market)

    assert listing.total == 4
    assert counts(listing, "glaze") == {"celadon": 2, "tenmoku": 2}
    assert counts(listing, "form") == {"bowl": 2, "cup": 2}


def test_a_choice_narrows_other_facets_but_not_its_own(market, pots):
    listing = listing_of(market, "f-glaze=celadon")

    assert sorted(names(listing)) == ["Celadon bowl", "Celadon cup"]
    assert counts(listing, "glaze") == {"celadon": 2, "tenmoku": 2}
    assert counts(listing, "form") == {"bowl": 1, "cup": 1}


def test_choices_of_one_facet_add_up_and_choices_of_two_narrow_down(market, pots):
    listing = listing_of(market, "f-glaze=celadon&f-glaze=tenmoku&f-form=cup")

    assert sorted(names(listing)) == ["Celadon cup", "Tenmoku cup"]
    assert counts(listing, "form") == {"bowl": 2, "cup": 2}


def test_brands_are_a_facet_like_any_other(market):
    sell("One", brand=BrandFactory(name="Atelier"))
    sell("Two", brand=BrandFactory(name="Werkstatt"))

    listing = listing_of(market, "brand=atelier")

    assert names(listing) == ["One"]
    assert counts(listing, "brand") == {"atelier": 1, "werkstatt": 1}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("min=20&max=30", ["Celadon bowl", "Tenmoku cup"]),
        ("max=20,00", ["Celadon cup", "Tenmoku cup"]),
        ("min=40.00", ["Tenmoku bowl"]),
        ("min=nonsense&max=-3", ["Celadon bowl", "Celadon cup", "Tenmoku bowl", "Tenmoku cup"]),
        ("max=1e999", ["Celadon bowl", "Celadon cup", "Tenmoku bowl", "Tenmoku cup"]),
    ],
)
def test_a_price_range_is_read_as_people_type_it(market, pots, query, expected):
    listing = listing_of(market, query)

    assert sorted(names(listing)) == expected


def test_what_the_shop_does_not_know_filters_nothing(market, pots):
    assert listing_of(market, "utm_source=mail&glaze=celadon").total == 4


def test_in_stock_counts_and_filters(market, pots):
    pots[0].variants.update(stock=0)

    everything, only_stock = listing_of(market), listing_of(market, "stock=1")

    assert (everything.total, everything.in_stock) == (4, 3)
    assert "Celadon bowl" not in names(only_stock)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price", ["Celadon cup", "Tenmoku cup", "Celadon bowl", "Tenmoku bowl"]),
        ("-price", ["Tenmoku bowl", "Celadon bowl", "Tenmoku cup", "Celadon cup"]),
        ("name", ["Celadon bowl", "Celadon cup", "Tenmoku bowl", "Tenmoku cup"]),
        ("new", ["Tenmoku cup", "Tenmoku bowl", "Celadon cup", "Celadon bowl"]),
    ],
)
def test_the_list_is_sorted_as_asked(market, pots, sort, expected):
    assert names(listing_of(market, f"sort={sort}")) == expected


def test_the_price_sorted_by_is_the_lowest_of_the_market(market, pots):
    small = VariantFactory(product=pots[2], price=None)
    PriceFactory(variant=small, market=market, amount=500)
    PriceFactory(variant=small, market=MarketFactory(country="FR"), amount=1)

    assert names(listing_of(market, "sort=price"))[0] == "Tenmoku bowl"


def test_a_category_lists_what_stands_on_it_and_below(market):
    tea = CategoryFactory(name="Tea")
    green = CategoryFactory(name="Green", parent=tea)
    sell("Assam", category=tea)
    sell("Sencha", category=green)
    sell("Bowl")

    listing = listing_of(market, scope=Scope(categories=(tea.pk, green.pk)))

    assert sorted(names(listing)) == ["Assam", "Sencha"]


def test_pages_have_24_products_and_an_end(market):
    for number in range(PAGE_SIZE + 1):
        sell(f"Pot {number}", category=CategoryFactory(slug="pots"))

    first, second = listing_of(market), listing_of(market, "page=2")

    assert (len(first.pks), len(second.pks), first.pages) == (24, 1, 2)
    assert not set(first.pks) & set(second.pks)
    for beyond in ("3", "0", "-1", "x", "99999999999"):
        with pytest.raises(NoSuchPage):
            listing_of(market, f"page={beyond}")


def test_page_links_keep_the_filters_and_leave_gaps(market):
    listing = Listing(pks=[], total=24 * 9, in_stock=0, facets=[])
    query = QueryDict("f-glaze=celadon&page=5")

    links = page_links(listing, Filters(page=5), query)

    assert [link and link.number for link in links] == [1, None, 4, 5, 6, None, 9]
    assert to_page(query, 1) == "?f-glaze=celadon"
    assert links[-1] is not None
    assert links[-1].href == "?f-glaze=celadon&page=9"


def test_a_chip_removes_its_own_filter_and_the_page(market, pots):
    query = QueryDict("f-glaze=celadon&f-glaze=tenmoku&min=10&page=1&sort=price")

    with translation.override("en"):
        shown = chips(listing_of(market, query.urlencode()), Filters.read(query, market), query, market)

    assert [chip.label for chip in shown] == ["Celadon", "Tenmoku", "from €10.00"]
    assert shown[0].href == "?f-glaze=tenmoku&min=10&sort=price"


def test_a_listing_costs_three_queries_and_then_none(market, pots, django_assert_num_queries):
    with django_assert_num_queries(3):
        listing_of(market, "f-glaze=celadon&f-form=cup&min=1&stock=1&brand=x")
    with django_assert_num_queries(0):
        listing_of(market, "f-glaze=celadon&f-form=cup&min=1&stock=1&brand=x")
