"""`import_catalogue`, run as a shop does: a file in, products out."""

import csv
import tracemalloc
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from shop.catalogue import search
from shop.catalogue.importers import UnknownFormat, import_catalogue
from shop.catalogue.importers.shopify import ShopifyImporter
from shop.catalogue.importers.table import Table
from shop.catalogue.models import Category, Market, Picture, Price, Product, StockMovement, Variant
from tests.factories import MarketFactory, ProductFactory, VariantFactory, plain_picture

pytestmark = pytest.mark.django_db

SHOPIFY = (
    "Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,"
    "Variant Inventory Qty,Image Src"
)


@pytest.fixture
def write(tmp_path):
    """`write(header, row, row…)`: a CSV file."""

    def write(*rows: str, encoding: str = "utf-8", newline: str = "\n") -> Path:
        path: Path = tmp_path / "catalogue.csv"
        path.write_bytes(newline.join([*rows, ""]).encode(encoding))
        return path

    return write


def run(path: Path, **options) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_catalogue", path, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def problems(path: Path, **options) -> str:
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError):
        call_command("import_catalogue", path, stdout=out, stderr=err, **options)
    return err.getvalue()


def test_a_product_with_its_variants_goes_in(write):
    path = write(SHOPIFY, "bowl,Bowl,Studio,Tableware > Bowls,Size,S,B-S,19.99,4,", "bowl,,,,,M,B-M,24.99,0,")

    out, _ = run(path)

    assert "1 created" in out
    product = Product.objects.get(slug="bowl")
    assert (product.name, product.brand.name, product.category.name) == ("Bowl", "Studio", "Bowls")
    assert product.category.parent.name == "Tableware"
    assert [(v.sku, v.stock, v.prices.get().amount) for v in product.variants.all()] == [
        ("B-S", 4, 1999),
        ("B-M", 0, 2499),
    ]
    assert {value.label for value in product.values.all()} == {"S", "M"}


def test_what_was_imported_is_found(write):
    path = write(SHOPIFY, "bowl,Celadon bowl,Studio,Bowls,,,B-1,19.99,4,")

    run(path)

    assert Product.objects.get() in search.search("celadon", language="en")


def test_stock_comes_with_a_movement_that_says_why(write):
    path = write(SHOPIFY, "bowl,Bowl,,Bowls,,,B-1,19.99,4,")

    run(path)

    movement = StockMovement.objects.get()
    assert (movement.quantity, movement.reason) == (4, StockMovement.Reason.IMPORTED)


def test_a_second_run_changes_nothing(write):
    path = write(SHOPIFY, "bowl,Bowl,Studio,Bowls,Size,S,B-S,19.99,4,", "bowl,,,,,M,B-M,24.99,-3,")
    run(path)
    before = list(Product.objects.values()), list(Variant.objects.values()), list(Price.objects.values())

    out, _ = run(path)

    assert "0 created, 0 changed, 1 unchanged" in out
    after = list(Product.objects.values()), list(Variant.objects.values()), list(Price.objects.values())
    assert after == before
    assert StockMovement.objects.count() == 1


def test_a_changed_price_is_the_only_change(write):
    run(write(SHOPIFY, "bowl,Bowl,,Bowls,,,B-1,19.99,4,", "cup,Cup,,Cups,,,C-1,9.99,4,"))

    out, _ = run(write(SHOPIFY, "bowl,Bowl,,Bowls,,,B-1,21.00,4,", "cup,Cup,,Cups,,,C-1,9.99,4,"))

    assert "0 created, 1 changed, 1 unchanged" in out
    assert Price.objects.get(variant__sku="B-1").amount == 2100


def test_a_dry_run_says_what_it_would_do_and_does_nothing(write, tmp_path):
    (tmp_path / "bowl.png").write_bytes(plain_picture("bowl.png").read())
    path = write(SHOPIFY, "bowl,Bowl,Studio,Bowls,,,B-1,19.99,4,bowl.png")

    out, _ = run(path, dry_run=True)

    assert "1 created" in out
    assert "nothing was stored" in out
    assert not Product.objects.exists()
    assert not Category.objects.exists()
    assert not StockMovement.objects.exists()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("cup,Cup,,Cups,,,C-1,abc,4,", "line 3, Variant Price: 'abc' is not an amount"),
        ("cup,Cup,,Cups,,,C-1,-1,4,", "line 3, Variant Price: '-1' is not an amount"),
        (
            "cup,Cup,,Cups,,,C-1,1.999,4,",
            "line 3, Variant Price: '1.999' is finer than the smallest unit of EUR",
        ),
        ('cup,Cup,,Cups,,,C-1,"1,234",4,', "line 3, Variant Price: '1,234' can be read in two ways"),
        ("cup,Cup,,Cups,,,C-1,,4,", "line 3, Variant Price: is missing"),
        ("cup,Cup,,Cups,,,C-1,1.00,many,", "line 3, Variant Inventory Qty: 'many' is not a whole number"),
        ("cup,,,Cups,,,C-1,1.00,4,", "line 3, Title: is missing"),
        (",Cup,,Cups,,,C-1,1.00,4,", "line 3, Handle: is missing"),
        ("cup,Cup,,Cups,,,B-1,1.00,4,", "line 3, Variant SKU: 'B-1' already belongs to another product"),
        (f"cup,{'C' * 300},,Cups,,,C-1,1.00,4,", "line 3, Title: "),
        ("cup,Cup,,Cups,,,C-1,1.00,4,,,,,,extra", "line 3: the row has 15 cells, the header 10"),
        ('cup,"Cup" of tea,,Cups,,,C-1,1.00,4,', "line 3: the row cannot be read"),
        ("cup,Cup,,Cups,,,C-1,1.00,4,/etc/passwd", "line 3, Image Src: '/etc/passwd' must be relative"),
        ("cup,Cup,,Cups,,,C-1,1.00,4,gone.png", "line 3, Image Src: there is no file 'gone.png'"),
    ],
)
def test_a_bad_row_is_told_and_the_others_go_in(write, row, told):
    path = write(SHOPIFY, "bowl,Bowl,,Bowls,,,B-1,19.99,4,", row, "jug,Jug,,Jugs,,,J-1,29.99,4,")

    err = problems(path)

    assert told in err
    assert {"bowl", "jug"} <= set(Product.objects.values_list("slug", flat=True))


def test_a_bad_variant_does_not_take_its_product_with_it(write):
    path = write(SHOPIFY, "bowl,Bowl,,Bowls,Size,S,B-S,abc,4,", "bowl,,,,,M,B-M,24.99,4,")

    problems(path)

    assert [variant.sku for variant in Product.objects.get().variants.all()] == ["B-M"]


def test_a_product_without_a_usable_variant_stays_out(write):
    path = write(SHOPIFY, "bowl,Bowl,,Bowls,Size,S,B-S,abc,4,")

    err = problems(path)

    assert "'bowl' has no usable variant" in err
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("a,b,c", "has no column"),
        (
            "Handle,Title,Variant SKU",
            "looks most like a Shopify product CSV, but has no column Variant Price",
        ),
        (
            "Type,SKU,Name,Published",
            "looks most like a WooCommerce product CSV, but has no column Regular price",
        ),
        ("product,sku,name:en", "looks most like a Vitrine's own CSV, but has no column category:en"),
        ("", "is empty"),
    ],
)
def test_an_unknown_header_is_refused_with_what_was_missing(write, header, told):
    with pytest.raises(CommandError, match=told):
        run(write(header, "1,2,3"))


def test_prices_go_to_the_market_that_was_named(write):
    MarketFactory(country="JP", currency="JPY")
    path = write(SHOPIFY, "bowl,Bowl,,Bowls,,,B-1,1999,4,")

    run(path, market="jp")

    price = Price.objects.get()
    assert (price.market.country, price.amount) == ("JP", 1999)


def test_a_market_that_does_not_exist_is_refused(write):
    with pytest.raises(CommandError, match="no market 'XX'"):
        run(write(SHOPIFY, "bowl,Bowl,,Bowls,,,B-1,1999,4,"), market="XX")


def test_what_the_file_does_not_name_is_left_alone(write):
    variant = VariantFactory(sku="OTHER", product=ProductFactory(slug="bowl", maker="A maker"))

    run(write(SHOPIFY, "bowl,Bowl,,Bowls,,,B-1,19.99,4,"))

    product = Product.objects.get(slug="bowl")
    assert product.maker == "A maker"
    assert variant in product.variants.all()


def test_html_is_cleaned(write):
    path = write(
        "Handle,Title,Body (HTML),Variant SKU,Variant Price",
        'bowl,Bowl,"<p onclick=""x()"">Hand<script>alert(1)</script> <b>made</b> '
        '<a href=""javascript:x()"">a</a><a href=""https://example.com"">b</a></p>",B-1,1.00',
    )

    run(path)

    description = Product.objects.get().description
    assert "script" not in description
    assert "onclick" not in description
    assert "<strong>made</strong>" in description
    assert 'href="https://example.com"' in description


# --- the file itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_line_ends_are_recognised(write, encoding, newline):
    path = write(SHOPIFY, "bowl,Schüssel é,,Bowls,,,B-1,19.99,4,", encoding=encoding, newline=newline)

    run(path)

    assert Product.objects.get().name == "Schüssel é"


def test_semicolons_and_decimal_commas_are_recognised(write):
    path = write(SHOPIFY.replace(",", ";"), "bowl;Bowl;;Bowls;;;B-1;19,99;4;")

    run(path)

    assert Price.objects.get().amount == 1999


def test_quoted_line_breaks_count_as_lines(write):
    path = write(SHOPIFY, 'bowl,"Bowl\nand ""lid""",,Bowls,,,B-1,19.99,4,', "cup,Cup,,Cups,,,C-1,abc,4,")

    err = problems(path)

    assert Product.objects.get().name == 'Bowl\nand "lid"'
    assert "line 4, Variant Price" in err


SPECTRUM = {
    "comma_in_quotes": (1, "address", "120 any st."),
    "empty": (1, "b", ""),
    "empty_crlf": (1, "b", ""),
    "escaped_quotes": (2, "b", 'ha "ha" ha'),
    "json": (1, "val", '{"type": "Point", "coordinates": [102.0, 0.5]}'),
    "location_coordinates": (1, None, None),
    "newlines": (3, "a", "1"),
    "newlines_crlf": (3, "a", "1"),
    "quotes_and_newlines": (2, "b", 'ha \n"ha" \nha'),
    "simple": (1, "c", "3"),
    "simple_crlf": (1, "c", "3"),
    "utf8": (2, "c", "ʤ"),
}


@pytest.mark.parametrize("name", SPECTRUM)
def test_odd_csv_files_are_read(name, shared_data):
    _, column, value = SPECTRUM[name]
    path = shared_data / "text" / "csv-spectrum" / f"{name}.csv"

    table = Table(path)
    rows = list(table.rows())

    with path.open(encoding="utf-8", newline="") as file:
        expected = [dict(row) for row in csv.DictReader(file) if any(row.values())]
    assert [dict(reversed(row.cells.items())) for row in rows] == expected
    assert not table.remarks
    assert column is None or value in {row.cells[column].strip() for row in rows} | {""}


# --- real catalogues ----------------------------------------------------------------------------------------


def test_a_real_shopify_catalogue_fills_an_empty_shop(shared_data):
    path = shared_data / "catalogues" / "outdoor_shopify.csv"

    out, _ = run(path)

    assert "101 created" in out
    assert (Product.objects.count(), Variant.objects.count(), Picture.objects.count()) == (101, 196, 101)
    assert Product.objects.sold_in(Market.objects.get()).count() == 101
    assert "101 unchanged" in run(path)[0]


@pytest.mark.parametrize("name", ["oscar_books.essential.csv", "spree_products.csv", "spree_customers.csv"])
def test_catalogues_of_other_systems_are_refused_clearly(name, shared_data):
    with pytest.raises(UnknownFormat, match="has no column"):
        list(import_catalogue(shared_data / "catalogues" / name))


def test_products_are_read_in_a_stream(tmp_path):
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{SHOPIFY}\n")
        file.writelines(f"p-{n},Product {n},Studio,Bowls,,,P-{n},9.99,1,\n" for n in range(2000))
    home = MarketFactory()
    products = ShopifyImporter(Table(path), home=home, markets={"DE": home}).products()

    tracemalloc.start()
    count = sum(1 for _ in products)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 2000
    assert peak < 1024 * 1024


def test_an_unchanged_product_costs_the_same_few_queries(write, django_assert_max_num_queries):
    rows = [f"p-{n},Product {n},Studio,Bowls,,,P-{n},9.99,1," for n in range(20)]
    path = write(SHOPIFY, *rows)
    run(path)

    with django_assert_max_num_queries(20 * 13 + 20):
        run(path)
