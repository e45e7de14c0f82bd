"""Which pages are asked for. The larger shop has all that the smaller one has, so both are asked the same."""

from itertools import cycle
from urllib.parse import quote_plus

from tests.bench.load import Ask
from tests.bench.servers import Shop, sql

PREFIXES = ["/en-de/", "/de-de/"]
FILTERS = [
    "colour=blue", "colour=blue&colour=teal", "material=stoneware&style=nordic", "brand=brand-3", "stock=1",
    "colour=white&material=oak&material=glass", "min=20&max=80", "capacity=500-ml",
    "brand=brand-1&colour=sand&sort=price", "dishwasher=yes&size=small",
]  # fmt: skip
QUERIES = [
    "teapot", "blue moon vase", "stoneware mug", "quiet harbour bowl", "vt-004217-0", "speckled plate",
    "becher", "woven basket", "teal lantern", "tepot", "juniper", "oak board", "frosted glass jug",
    "copper kettle", "small dish",
]  # fmt: skip


def bare(shop: Shop) -> list[Ask]:
    return [Ask(f"/{pk}/") for pk in shelves(shop, "id", depth=2)]


def home(shop: Shop) -> list[Ask]:
    return [
        Ask(path) for path in ("/en-de/", "/de-de/", "/fr-fr/", "/en-gb/", "/en-us/", "/de-ch/", "/en-jp/")
    ]


def category(shop: Shop) -> list[Ask]:
    """Departments, shelves and the shelves on them; the first two pages of each."""
    slugs = [slug for depth in range(3) for slug in shelves(shop, "slug", depth=depth)[:6]]
    pages = ["", "?page=2"]
    return [
        Ask(f"{prefix}category/{slug}/{page}")
        for page in pages
        for prefix, slug in zip(cycle(PREFIXES), slugs, strict=False)
    ]


def facet(shop: Shop) -> list[Ask]:
    slugs = [slug for depth in range(2) for slug in shelves(shop, "slug", depth=depth)[:3]]
    return [
        Ask(f"{prefix}category/{slug}/?{chosen}")
        for slug in slugs
        for prefix, chosen in zip(cycle(PREFIXES), FILTERS, strict=False)
    ]


def search(shop: Shop) -> list[Ask]:
    return [Ask(f"{prefix}search/?q={quote_plus(query)}") for prefix in PREFIXES for query in QUERIES]


def product(shop: Shop) -> list[Ask]:
    slugs = rows(shop, "SELECT slug FROM catalogue_product WHERE id % 97 = 0 AND id <= 10000 ORDER BY id")
    return [Ask(f"{prefix}products/{slug}/") for prefix, slug in zip(cycle(PREFIXES), slugs, strict=False)]


def add_to_cart(shop: Shop) -> list[Ask]:
    return [Ask("/en-de/cart/add/", f"variant={pk}&quantity=1") for pk in variants(shop)]


def variants(shop: Shop) -> list[int]:
    in_stock = (
        "SELECT id FROM catalogue_variant WHERE product_id % 23 = 0 AND product_id <= 10000 AND stock > 0"
    )
    return [int(pk) for pk in rows(shop, f"{in_stock} ORDER BY id")]


def shelves(shop: Shop, column: str, *, depth: int) -> list[str]:
    """Categories so far below the top."""
    parents = "parent_id IS NULL"
    for _level in range(depth):
        parents = f"parent_id IN (SELECT id FROM catalogue_category WHERE {parents})"
    return rows(shop, f"SELECT {column} FROM catalogue_category WHERE {parents} ORDER BY id")


def rows(shop: Shop, statement: str) -> list[str]:
    return [str(value) for (value,) in sql(statement, database=shop.database)]
