"""The demo's catalogue and its pictures: complete, in three languages, and drawn by a command."""

import csv
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from shop.demo import scenes

DEMO = Path(scenes.__file__).parent
PICTURES = DEMO / "pictures"
LANGUAGES = ("en", "de", "fr")
COUNTRIES = ("DE", "FR", "GB", "US", "CH", "JP")
NOT_IN_FRENCH = {"bonsai-bowl", "incense-holder", "da-hong-pao", "lemon-verbena"}
SHELVES = {"hero", "tableware", "tea", "tea-ware", "home"}

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with (DEMO / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def products(rows: list[Row]) -> dict[str, Row]:
    """The first row of each product, which carries what is true of all its variants."""
    return {row["product"]: row for row in reversed(rows)}


@pytest.fixture(scope="module")
def variants(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["sku"]]


def test_the_catalogue_fills_a_shop(products, variants):
    shelves = {row["category:en"] for row in products.values()}

    assert len(products) >= 64
    assert len(variants) >= 200
    assert len(shelves) >= 12
    assert len({shelf.split(" > ")[0] for shelf in shelves}) == 4


def test_every_variant_can_be_sold_in_every_market(variants):
    skus = [row["sku"] for row in variants]

    assert len(skus) == len(set(skus))
    for row in variants:
        assert all(float(row[f"price:{country}"]) > 0 for country in COUNTRIES), row["sku"]
        assert row["price:JP"].isdigit(), row["sku"]
        assert int(row["weight_g"]) > 0, row["sku"]
        assert int(row["stock"]) >= 0, row["sku"]


def test_some_variants_are_sold_out_and_some_nearly(variants):
    stock = [int(row["stock"]) for row in variants]

    assert 2 <= stock.count(0) <= 10
    assert sum(1 <= left <= 3 for left in stock) >= 5


def test_a_reduced_price_is_lower_than_the_earlier_one(variants):
    reduced = [row for row in variants if row["compare_at:DE"]]

    assert len(reduced) >= 5
    for row in reduced:
        for country in COUNTRIES:
            assert float(row[f"compare_at:{country}"]) > float(row[f"price:{country}"]), row["sku"]


def test_barcodes_are_the_shops_own(variants):
    barcodes = [row["barcode"] for row in variants if row["barcode"]]

    assert len(barcodes) == len(set(barcodes))
    for code in barcodes:
        weighted = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(code))
        assert re.fullmatch(r"2\d{12}", code)
        assert weighted % 10 == 0, code


@pytest.mark.parametrize("column", ["name", "summary", "description", "warnings"])
def test_texts_are_translated_except_where_meant(products, column):
    for slug, row in products.items():
        for language in LANGUAGES:
            is_missing = bool(row[f"{column}:en"]) and not row[f"{column}:{language}"]
            assert is_missing == (language == "fr" and slug in NOT_IN_FRENCH and bool(row[f"{column}:en"])), (
                slug
            )


def test_descriptions_say_enough_in_plain_html(products):
    for slug, row in products.items():
        for language in LANGUAGES:
            if text := row[f"description:{language}"]:
                tags = set(re.findall(r"</?(\w+)", text))
                words = re.sub(r"<[^>]+>", " ", text).split()
                assert tags <= {"p", "ul", "li", "strong"}, slug
                assert 60 <= len(words) <= 125, (slug, language, len(words))


@pytest.mark.parametrize("column", ["category", "attributes", "options"])
def test_lists_are_as_long_in_every_language(rows, column):
    mark = ">" if column == "category" else ";"
    for row in rows:
        counts = {row[f"{column}:{language}"].count(mark) for language in LANGUAGES}
        assert len(counts) == 1, row["sku"]


def test_the_variants_of_a_product_differ_by_their_options(variants):
    options = defaultdict(list)
    for row in variants:
        options[row["product"]].append(row["options:en"])

    for slug, kinds in options.items():
        assert len(kinds) == len(set(kinds)), slug
        assert len({kind.count(";") for kind in kinds}) == 1, slug


def test_goods_that_cross_borders_are_described(products):
    for slug, row in products.items():
        assert re.fullmatch(r"\d{6}", row["hs_code"]), slug
        assert re.fullmatch(r"[A-Z]{2}", row["origin"]), slug
        assert row["customs_text"], slug
        assert ".example" in row["maker"], slug
        is_european = row["maker"].rsplit(",", 2)[1].strip() in {"Germany", "France"}
        assert is_european or row["responsible_person"], slug


def test_only_tea_is_taxed_as_food(products):
    for slug, row in products.items():
        assert (row["tax_class"] == "reduced") == row["category:en"].startswith("Tea > "), slug


def test_every_picture_is_there_and_tells_what_it_shows(rows, products):
    pictures = {row["picture"]: row for row in reversed(rows) if row["picture"]}  # the first row describes it

    assert {row["product"] for row in pictures.values()} == set(products)
    for name, row in pictures.items():
        with Image.open(PICTURES / name) as picture:
            assert picture.format == "WEBP", name
            assert picture.size == (1200, 1200), name
        assert all(row[f"picture_alt:{language}"] for language in LANGUAGES), name


def test_no_picture_is_left_over_and_all_are_light(rows):
    used = {row["picture"] for row in rows if row["picture"]} | {f"{name}.webp" for name in SHELVES}
    files = {path.name: path.stat().st_size for path in PICTURES.iterdir()}

    assert set(files) == used
    assert sum(files.values()) < 6_000_000
    assert all(size <= 60_000 for size in files.values())


def test_every_picture_can_be_drawn_again():
    drawn = {
        f"{file}.webp" for name, drawing in scenes.DRAWINGS.items() for file, _glaze in drawing.names(name)
    }

    assert {path.name for path in PICTURES.iterdir()} == drawn


def test_drawing_twice_gives_the_same_picture(tmp_path):
    for folder in ("one", "two"):
        call_command("draw_demo", "tumbler", scale=0.1, processes=1, folder=tmp_path / folder, verbosity=0)

    first = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    second = {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert set(first) == {"tumbler-sea.webp", "tumbler-shino.webp", "tumbler-charcoal.webp"}
    assert first == second


def test_an_unknown_arrangement_is_refused():
    with pytest.raises(CommandError, match="umbrella"):
        call_command("draw_demo", "umbrella")


def test_the_shops_own_pages_are_written_in_every_language():
    pages = tomllib.loads((DEMO / "pages.toml").read_text(encoding="utf-8"))

    assert set(pages) == {"home", "story", "delivery", "returns", "care"}
    for page in pages.values():
        assert set(page) == set(LANGUAGES)
        assert all(text["title"] and text["body"] for text in page.values())
