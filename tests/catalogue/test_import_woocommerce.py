from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from shop.catalogue.models import Product, Variant

pytestmark = pytest.mark.django_db

HEADER = (
    "ID,Type,SKU,Name,Published,Visibility in catalog,Short description,Description,Date sale price starts,"
    "Date sale price ends,Tax status,Tax class,In stock?,Stock,Weight (kg),Length (cm),Sale price,"
    "Regular price,Categories,Images,Parent,Attribute 1 name,Attribute 1 value(s),Attribute 2 name,"
    "Attribute 2 value(s)"
)


def row(**cells: object) -> str:
    columns = {
        "ID": "1", "Type": "simple", "Published": "1", "Regular price": "10", "Stock": "3", "In stock?": "1"
    }  # fmt: skip
    columns.update({name.replace("_", " "): str(value) for name, value in cells.items()})
    return ",".join('"{}"'.format(columns.get(name, "").replace('"', '""')) for name in HEADER.split(","))


@pytest.fixture
def load(tmp_path):
    def load(*rows: str) -> str:
        path: Path = tmp_path / "woo.csv"
        path.write_text("\n".join([HEADER, *rows]), encoding="utf-8-sig")
        err = StringIO()
        try:
            call_command("import_catalogue", path, stdout=StringIO(), stderr=err)
        except CommandError as error:
            err.write(str(error))
        return err.getvalue()

    return load


def test_a_simple_product_goes_in(load):
    told = load(
        row(SKU="T-1", Name="Teapot &amp; lid", Categories="Tea > Pots > Clay, Tea, Sale", **{
            "Weight (kg)": "1.25", "Length (cm)": "20.5", "Short description": "A <b>pot</b>",
            "Description": "First\\n\\nSecond", "Attribute 1 name": "Material",
            "Attribute 1 value(s)": "Clay, Tin\\, thin",
        })
    )  # fmt: skip

    product = Product.objects.get()
    variant = product.variants.get()
    assert told == ""
    assert (product.name, product.slug, product.summary) == ("Teapot & lid", "teapot-lid", "A pot")
    assert product.description == "<p>First</p>\n\n<p>Second</p>"
    assert [category.name for category in product.category.ancestors(include_self=True)] == [
        "Tea",
        "Pots",
        "Clay",
    ]
    assert {value.label for value in product.values.all()} == {"Clay", "Tin, thin"}
    assert (variant.sku, variant.weight_g, variant.length_mm, variant.stock) == ("T-1", 1250, 205, 3)


def test_variations_find_their_product_wherever_they_stand(load):
    told = load(
        row(ID=1, Type="variable", SKU="SHIRT", Name="Shirt", **{
            "Attribute 1 name": "Size", "Attribute 1 value(s)": "S, M", "Attribute 2 name": "Fabric",
            "Attribute 2 value(s)": "Linen", "Weight (kg)": "0.2",
        }),
        row(ID=2, SKU="CAP", Name="Cap"),
        row(ID=3, Type="variation", SKU="S-S", Name="Shirt - S", Parent="SHIRT", **{
            "Attribute 1 name": "Size", "Attribute 1 value(s)": "S",
        }),
        row(ID=4, Type="variation", SKU="S-M", Name="Shirt - M", Parent="SHIRT", **{
            "Attribute 1 name": "Size", "Attribute 1 value(s)": "M", "Weight (kg)": "0.3",
        }),
    )  # fmt: skip

    shirt = Product.objects.get(slug="shirt")
    assert told == ""
    assert [(v.sku, v.options.get().label, v.weight_g) for v in shirt.variants.all()] == [
        ("S-S", "S", 200),
        ("S-M", "M", 300),
    ]
    assert {value.label for value in shirt.values.all()} == {"S", "M", "Linen"}


def test_a_parent_can_be_named_by_its_id(load):
    load(row(ID=7, Type="variable", Name="Shirt"), row(ID=8, Type="variation", SKU="A", Parent="id:7"))

    assert Variant.objects.get().product.slug == "shirt"


def test_a_variation_without_a_parent_is_told(load):
    told = load(row(ID=8, Type="variation", SKU="A", Parent="id:7"))

    assert "line 2, Parent: no usable product 'id:7'" in told


def test_a_sale_price_makes_the_regular_price_the_earlier_one(load):
    load(row(SKU="A", Name="Pot", **{"Sale price": "8", "Regular price": "10"}))

    price = Variant.objects.get().prices.get()
    assert (price.amount, price.compare_at) == (800, 1000)


@time_machine.travel(date(2026, 6, 1))
def test_a_sale_that_is_over_counts_no_more(load):
    load(row(SKU="A", Name="Pot", **{"Sale price": "8", "Date sale price ends": "2026-05-31"}))

    price = Variant.objects.get().prices.get()
    assert (price.amount, price.compare_at) == (1000, None)


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"Published": 1}, "active"),
        ({"Published": 0}, "draft"),
        ({"Published": -1}, "draft"),
        ({"Published": 1, "Visibility in catalog": "hidden"}, "draft"),
    ],
)
def test_what_is_not_published_is_a_draft(load, cells, status):
    load(row(SKU="A", Name="Pot", **cells))

    assert Product.objects.get().status == status


@pytest.mark.parametrize(
    ("cells", "tax_class"),
    [({}, "standard"), ({"Tax class": "reduced-rate"}, "reduced"), ({"Tax status": "none"}, "zero")],
)
def test_tax_classes_are_translated(load, cells, tax_class):
    load(row(SKU="A", Name="Pot", **cells))

    assert Product.objects.get().tax_class == tax_class


def test_stock_that_is_not_counted_is_told(load):
    told = load(row(SKU="A", Name="Pot", Stock=""))

    assert "line 2, Stock: is not counted there" in told
    assert Variant.objects.get().stock == 0


def test_a_missing_sku_is_made_up_and_found_again(load):
    rows = [row(Name="Pot")]
    load(*rows)

    told = load(*rows)

    assert "it became POT" in told
    assert Variant.objects.get().sku == "POT"


def test_two_products_of_one_name_stay_two(load):
    load(row(ID=1, SKU="A", Name="Pot"), row(ID=2, SKU="B", Name="Pot"))

    assert set(Product.objects.values_list("slug", flat=True)) == {"pot", "pot-b"}


def test_pictures_on_other_hosts_are_not_fetched(load):
    told = load(row(SKU="A", Name="Pot", Images="https://example.com/a.jpg, https://example.com/b.jpg"))

    assert "2 pictures are on other hosts and were not fetched" in told
    assert Product.objects.exists()


def test_a_kind_that_is_not_sold_is_told(load):
    told = load(row(SKU="A", Name="Set", Type="grouped"))

    assert "line 2, Type: 'grouped' is not a kind of product this shop sells" in told
