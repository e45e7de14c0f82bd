"""`python -m tests.bench.products 10000`: fills an empty shop, with the same products every time.

A larger shop has the smaller one's products and more of them on the same shelves, under the same filters.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice, product
from random import Random

import django

django.setup()

from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from shop.catalogue import search
from shop.catalogue.models import (
    Attribute,
    AttributeValue,
    Brand,
    Category,
    Market,
    Picture,
    Price,
    Product,
    Variant,
)
from shop.demo.loading import load_markets, load_partners
from tests.factories import plain_picture

CHUNK = 5_000
SHELVES = (8, 5, 5)  # 8 departments with 5 shelves each, and 5 on each of those: 200 shelves at the end
BRANDS = 300
FRENCH_EVERY = 2  # every second product is not yet translated into French
OPENED = timezone.now() - timedelta(days=365)
IN_STOCK, SOLD_OUT_EVERY = 10_000, 20
PIECE_G = 450

Row = tuple[object, ...]
KINDS = "jar bowl mug plate vase teapot cup dish jug tray planter lamp pot basket board kettle caddy strainer spoon tile".split()
LOOKS = "quiet amber misty coastal speckled fluted burnt tidal slender broad rustic pale ribbed smoky woven frosted".split()
NAMES = "moon harbour meadow thistle ember willow pebble lantern cinder heron juniper marrow orchard saffron tundra velvet".split()
COLOURS = "white black blue green grey red ochre sand teal rust plum ivory".split()
MATERIALS = "stoneware porcelain earthenware glass oak walnut linen brass iron bamboo cork marble slate copper wool".split()
STYLES = "modern country nordic japanese classic studio workshop festive".split()
SIZES = "small medium large grand".split()
CAPACITIES = range(100, 2_100, 100)
GERMAN = {
    "jar": "Dose",
    "bowl": "Schale",
    "mug": "Becher",
    "plate": "Teller",
    "vase": "Vase",
    "teapot": "Teekanne",
}
WORDS = (
    "turned by hand on a slow wheel and fired twice in a small kiln near the river so that no two pieces are quite "
    "the same the glaze breaks over every edge and feels warm to the touch fit for oven dishwasher and daily use "
    "stacks neatly keeps its heat pours without a drop and comes packed in straw with a card from the workshop"
).split()


def copy_in(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """PostgreSQL's COPY, ten times as fast as INSERT. Columns that are not named get the model's defaults."""
    blank = model()
    rest = {
        field.column: field.get_db_prep_save(field.pre_save(blank, True), connection)
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.primary_key
    }
    names = ", ".join(f'"{column}"' for column in (*columns, *rest))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row((*row, *rest.values()))


def fill(count: int) -> None:
    load_markets()
    load_partners()
    shelves, values = list(build_shelves()), build_attributes()
    Brand.objects.bulk_create(
        Brand(pk=n, name=f"{NAMES[n % 16].title()} & {n}", slug=f"brand-{n}") for n in range(1, BRANDS + 1)
    )
    image = default_storage.save("products/plain.webp", plain_picture(size=(1280, 1280)))
    numbers = iter(range(1, count + 1))
    while chunk := list(islice(numbers, CHUNK)):
        with transaction.atomic():
            write([Piece(n, shelves, values) for n in chunk], image)
            search.index(Product.objects.filter(pk__in=chunk))
        print(f"\r{chunk[-1]:,} of {count:,} products", end="", flush=True)
    print()
    tidy_up()


def build_shelves() -> Iterator[int]:
    """The tree of categories; yields the keys of the shelves at its ends."""
    keys = iter(range(1, 10_000))
    parents: list[int | None] = [None]
    for depth, width in enumerate(SHELVES):
        nodes = [(next(keys), parent) for parent in parents for _position in range(width)]
        names = [f"{LOOKS[pk % 16].title()} {KINDS[pk % 20]}s {pk}" for pk, _parent in nodes]
        copy_in(
            Category,
            ["id", "parent_id", "slug", "name", "name_en", "name_de", "position"],
            [
                (pk, parent, f"shelf-{pk}", name, name, f"Regal {pk}", pk)
                for (pk, parent), name in zip(nodes, names, strict=True)
            ],
        )
        parents = [pk for pk, _parent in nodes]
        if depth == len(SHELVES) - 1:
            yield from (pk for pk, _parent in nodes)


def build_attributes() -> dict[str, list[int]]:
    """Five filters of words, one of numbers and one of yes and no; gives the keys of each one's values."""
    words = {
        "colour": COLOURS,
        "material": MATERIALS,
        "style": STYLES,
        "size": SIZES,
        "dishwasher": ["yes", "no"],
    }
    keys: dict[str, list[int]] = {}
    for code, labels in words.items():
        kind = Attribute.Type.BOOLEAN if code == "dishwasher" else Attribute.Type.CHOICE
        attribute = Attribute.objects.create(
            code=code, name_en=code.title(), name_de=f"{code.title()} (de)", type=kind
        )
        values = [
            AttributeValue(
                attribute=attribute, code=label, label_en=label, label_de=f"{label} (de)", position=position
            )
            for position, label in enumerate(labels)
        ]
        keys[code] = [value.pk for value in AttributeValue.objects.bulk_create(values)]
    capacity = Attribute.objects.create(
        code="capacity", name_en="Capacity", type=Attribute.Type.NUMBER, unit="ml"
    )
    numbers = [
        AttributeValue(attribute=capacity, code=f"{n}-ml", label_en=f"{n} ml", number=n) for n in CAPACITIES
    ]
    keys["capacity"] = [value.pk for value in AttributeValue.objects.bulk_create(numbers)]
    return keys


class Piece:
    """One product with its variants: everything about it follows from its number."""

    def __init__(self, number: int, shelves: list[int], values: dict[str, list[int]]) -> None:
        dice = Random(number)
        self.number = number
        self.category = dice.choice(shelves)
        self.brand = 1 + min(int(dice.expovariate(1 / 60)), BRANDS - 1)  # a few brands make most of it
        self.rank = dice.randrange(1_000)
        self.material = dice.randrange(len(MATERIALS))
        self.look, self.label, self.kind = dice.choice(LOOKS), dice.choice(NAMES), dice.choice(KINDS)
        self.colour = dice.randrange(len(COLOURS))
        chosen = {"colour": self.colour, "material": self.material}
        self.values = [
            keys[chosen[code]] if code in chosen else dice.choice(keys)
            for code, keys in values.items()
            if code != "size"
        ]
        self.sizes = dice.sample(values["size"], k=dice.choice((1, 1, 2, 3, 4)))
        self.amount = dice.randrange(900, 20_000, 10)
        self.words = " ".join(dice.choices(WORDS, k=40))

    @property
    def slug(self) -> str:
        return f"{self.look}-{self.label}-{self.kind}-{self.number}"

    @property
    def name(self) -> str:
        return f"{self.look.title()} {COLOURS[self.colour]} {self.label} {self.kind}"

    @property
    def row(self) -> Row:
        french = self.name if self.number % FRENCH_EVERY else None
        german = f"{self.look.title()} {self.label.title()} {GERMAN.get(self.kind, self.kind.title())}"
        text = f"<p>{MATERIALS[self.material].title()}, {self.words}.</p>"
        summary = f"{MATERIALS[self.material].title()} {self.kind}, {self.words[:60]}"
        return (
            self.number, self.slug, self.category, self.brand, self.name, self.name, german, french,
            summary, summary, f"{german}, {self.words[:40]}", text, text, f"<p>{german}: {self.words}.</p>",
            "691200", "DE", "Stoneware tableware", self.rank, OPENED + timedelta(minutes=self.number),
        )  # fmt: skip

    @property
    def variants(self) -> Iterator[Row]:
        for position, _size in enumerate(self.sizes):
            key = self.key_of(position)
            stock = 0 if key % SOLD_OUT_EVERY == 0 else IN_STOCK
            yield key, self.number, f"VT-{self.number:06}-{position}", stock, PIECE_G, position

    def key_of(self, position: int) -> int:
        return self.number * 10 + position

    def prices(self, markets: Sequence[Market]) -> Iterator[Row]:
        for (position, _size), market in product(enumerate(self.sizes), markets):
            amount = self.amount + 500 * position
            earlier = round(amount * 1.25) if self.number % 9 == 0 else None
            yield self.key_of(position), market.pk, amount, earlier


PRODUCT = (
    "id slug category_id brand_id name name_en name_de name_fr summary summary_en summary_de "
    "description description_en description_de hs_code country_of_origin customs_text rank created_at"
).split()


def write(pieces: list[Piece], image: str) -> None:
    markets = list(Market.objects.all())
    copy_in(Product, PRODUCT, (piece.row for piece in pieces))
    copy_in(
        Variant,
        ["id", "product_id", "sku", "stock", "weight_g", "position"],
        (row for piece in pieces for row in piece.variants),
    )
    copy_in(
        Price,
        ["variant_id", "market_id", "amount", "compare_at"],
        (row for piece in pieces for row in piece.prices(markets)),
    )
    copy_in(
        Picture,
        ["product_id", "image", "width", "height", "alt", "alt_en", "position"],
        ((piece.number, image, 1280, 1280, piece.name, piece.name, n) for piece in pieces for n in range(2)),
    )
    copy_in(
        Product.values.through,
        ["product_id", "attributevalue_id"],
        ((piece.number, value) for piece in pieces for value in (*piece.values, *piece.sizes)),
    )
    copy_in(
        Variant.options.through,
        ["variant_id", "attributevalue_id"],
        ((piece.key_of(n), size) for piece in pieces for n, size in enumerate(piece.sizes)),
    )


def tidy_up() -> None:
    """Rows with keys of our choice leave the counters behind; and statistics make good plans."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Category, Brand, Product, Variant]):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    fill(int(sys.argv[1]))
