"""What is exported restores the catalogue."""

from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue.exporters.cells import write_properties
from shop.catalogue.exporters.vitrine import export_catalogue
from shop.catalogue.importers.cells import escape, read_paths, read_properties, split, unescape
from shop.catalogue.models import (
    Attribute,
    AttributeValue,
    Brand,
    Category,
    Market,
    Picture,
    Product,
    Variant,
)
from shop.catalogue.richtext import clean_html
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
    plain_picture,
)


@pytest.fixture
def catalogue(db):
    """A small one with everything that could get lost."""
    japan = MarketFactory(country="JP", currency="JPY", position=1)
    tableware = CategoryFactory(name_en="Tableware", name_de="Geschirr > mehr", slug="tableware")
    CategoryFactory(name="Empty", slug="empty", position=1, description_en="Nothing; here")
    bowls = CategoryFactory(name="Bowls", slug="bowls", parent=tableware, position=2)
    size = AttributeFactory(code="size", name_en="Size", name_de="Größe", position=1)
    capacity = AttributeFactory(
        code="capacity", name="Capacity", type=Attribute.Type.NUMBER, unit="ml", position=0
    )
    washable = AttributeFactory(
        code="washable", name="Washable: always", type=Attribute.Type.BOOLEAN, position=2
    )
    small = AttributeValueFactory(attribute=size, code="s", label_en="S; tiny", label_de="K", position=0)
    large = AttributeValueFactory(attribute=size, code="l", label_en="yes", position=1)
    half = AttributeValueFactory(
        attribute=capacity, code="500-5", label_en="500.5 ml", number=Decimal("500.500"), position=0
    )
    never = AttributeValueFactory(attribute=washable, code="no", label_en="No", position=0)
    bowl = ProductFactory(
        slug="moon-bowl", name_en="Moon bowl", name_de="Mondschale", category=bowls, status="draft", rank=7,
        brand=BrandFactory(name="=Studio", slug="studio"),
        description_en="<p>A “bowl”\nof clay &amp; glaze</p>",
        warnings_fr="Chaud !", maker="A maker", values=[half, never],
    )  # fmt: skip
    picture = PictureFactory(product=bowl, image=plain_picture("moon.webp"), alt_en="A bowl", position=0)
    PictureFactory(product=bowl, image=plain_picture("side.webp"), alt_en="From the side", position=1)
    first = VariantFactory(
        product=bowl, sku="MOON-S", options=[small], stock=3, unit_amount=Decimal("1.5"), unit="l"
    )
    VariantFactory(
        product=bowl, sku="MOON-L", options=[large], position=1, picture=picture, price__amount=3000,
        price__compare_at=3500, is_active=False, length_mm=120,
    )  # fmt: skip
    PriceFactory(variant=first, market=japan, amount=4200)
    ProductFactory(slug="unsold", category=tableware)


def exported() -> str:
    file = StringIO(newline="")
    export_catalogue(file)
    return file.getvalue()


def empty_the_shop() -> None:
    for model in (Product, Brand, Attribute):
        model.objects.all().delete()
    Category.objects.filter(parent__isnull=False).delete()
    Category.objects.all().delete()


def test_an_export_restores_an_empty_shop_to_the_letter(catalogue, tmp_path, settings):
    before = exported()
    (tmp_path / "all.csv").write_text(before, encoding="utf-8", newline="")
    pictures = Path(settings.MEDIA_ROOT) / "products"
    settings.MEDIA_ROOT = tmp_path / "new media"
    empty_the_shop()

    call_command("import_catalogue", tmp_path / "all.csv", pictures=pictures, stdout=StringIO())

    assert exported().splitlines() == before.splitlines()
    assert (Product.objects.count(), Variant.objects.count(), Picture.objects.count()) == (2, 2, 2)
    assert AttributeValue.objects.get(code="500-5").number == Decimal("500.5")
    assert Product.objects.get(slug="moon-bowl").values.count() == 4


def test_importing_an_export_into_the_same_shop_changes_nothing(catalogue, tmp_path, settings):
    (tmp_path / "all.csv").write_text(exported(), encoding="utf-8", newline="")
    out = StringIO()

    call_command(
        "import_catalogue", tmp_path / "all.csv", pictures=Path(settings.MEDIA_ROOT) / "products", stdout=out
    )

    assert "0 created, 0 changed, 2 unchanged" in out.getvalue()


def test_prices_of_a_market_the_shop_lacks_are_told_once(catalogue, tmp_path, settings):
    (tmp_path / "all.csv").write_text(exported(), encoding="utf-8", newline="")
    Market.objects.get(country="JP").delete()
    pictures = Path(settings.MEDIA_ROOT) / "products"
    out, err = StringIO(), StringIO()

    call_command("import_catalogue", tmp_path / "all.csv", pictures=pictures, stdout=out, stderr=err)

    assert err.getvalue().count("there is no such market") == 1


def test_the_number_of_queries_does_not_grow_with_the_products(catalogue, django_assert_num_queries):
    for _ in range(10):
        VariantFactory(product=ProductFactory(category=Category.objects.get(slug="bowls")))

    with django_assert_num_queries(13):
        exported()


text = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1)


@given(st.lists(text, min_size=1))
def test_any_texts_survive_in_one_cell(parts):
    cell = "; ".join(escape(part, ";") for part in parts)

    assert [unescape(part) for part in split(cell, ";")] == parts


@given(st.lists(text, min_size=1))
def test_any_names_survive_as_a_path(names):
    cell = " > ".join(escape(name, ">") for name in names)

    assert [category["en"] for category in read_paths({"en": cell}) or []] == names


@given(text, text)
def test_any_attribute_survives(name, label):
    attribute = Attribute(name_en=name)
    value = AttributeValue(attribute=attribute, label_en=label)

    (read,) = read_properties({"en": write_properties([value], "en")})

    assert (read.attribute["en"], read.value["en"], read.type) == (name, label, Attribute.Type.CHOICE)


@given(st.text() | st.from_regex(r"<(p|b|script|a href='x')>[^<]*(</p>)?", fullmatch=True))
def test_cleaning_a_description_twice_is_cleaning_it_once(html):
    once = clean_html(html)

    assert clean_html(once) == once
