"""What the formats have in common."""

import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.utils.text import slugify

from shop.catalogue.importers.imported import ImportedPrice, ImportedProduct, Shelves, Texts
from shop.catalogue.importers.table import Row, Table
from shop.catalogue.models import Market

LANGUAGE: str = settings.MODELTRANSLATION_DEFAULT_LANGUAGE
POUND = Decimal("453.59237")
GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "lb": POUND, "lbs": POUND, "oz": POUND / 16}
MILLIMETRES = {
    "mm": Decimal(1),
    "cm": Decimal(10),
    "m": Decimal(1000),
    "in": Decimal("25.4"),
    "yd": Decimal("914.4"),
}


class Importer(ABC):
    """Turns the rows of one format into products, one product at a time, in the order of the file."""

    name: ClassVar[str]
    required: ClassVar[frozenset[str]]
    aliases: ClassVar[dict[str, str]] = {}
    columns: ClassVar[dict[str, str]] = {}  # field of the model → the column it comes from, for messages

    def __init__(self, table: Table, *, home: Market, markets: dict[str, Market]) -> None:
        """Prices without a country are for the home market."""
        self.table = table
        self.home = home
        self.markets = markets
        self.remarks = table.remarks
        self.slugs: set[str] = set()

    @classmethod
    def missing(cls, header: list[str]) -> set[str]:
        known = {cls.aliases.get(column.lower(), column) for column in header}
        return set(cls.required - known)

    @abstractmethod
    def products(self) -> Iterator[ImportedProduct | Shelves]: ...

    def home_price(self, row: Row, *, price: str, compare_at: str) -> list[ImportedPrice]:
        amount = row.amount(price, self.home.currency)
        if amount is None:
            raise row.bad(price, "is missing")
        earlier = row.amount(compare_at, self.home.currency)
        return [ImportedPrice(self.home.country, amount, self.higher(row, compare_at, amount, earlier))]

    def higher(self, row: Row, column: str, amount: int, compare_at: int | None) -> int | None:
        """An earlier price that is not higher says nothing and is left out."""
        if compare_at is None or compare_at > amount:
            return compare_at
        if compare_at:
            self.remarks.append(row.notice(column, "is not higher than the price and was left out"))
        return None

    def own_address(self, row: Row, text: str, column: str) -> str:
        """Two products that the file calls the same are told apart by their SKU, else by their line."""
        slug = address(text)
        if slug in self.slugs:
            slug = address(f"{slug} {row.text(column) or row.line}")
            self.remarks.append(row.notice("", f"another product is called the same; this one became {slug}"))
        self.slugs.add(slug)
        return slug

    def counted(self, row: Row, column: str) -> int | None:
        stock = row.whole(column)
        if stock is not None and stock < 0:
            self.remarks.append(row.notice(column, f"{stock} pieces cannot lie on a shelf; counted as 0"))
            return 0
        return stock

    def made_up_sku(self, row: Row, column: str, slug: str, options: list[str]) -> str:
        """The same for the same file, so that a second import finds its variants again."""
        sku = "-".join([slug, *(slugify(option) for option in options)]).upper()
        sku = sku if len(sku) <= 64 else f"{sku[:55]}-{zlib.crc32(sku.encode()):08x}"
        self.remarks.append(row.notice(column, f"is missing; it became {sku}"))
        return sku


def texts(text: str) -> Texts:
    """A text of a file that has one language only: the shop's first."""
    return {LANGUAGE: text}


def category_path(text: str) -> list[Texts] | None:
    return [texts(name) for name in (part.strip() for part in text.split(">")) if name] or None


def address(text: str) -> str:
    """A product's slug; a name without a Latin letter still gets one."""
    return slugify(text)[:190] or f"product-{zlib.crc32(text.encode()):08x}"


def unit_of(column: str) -> str:
    """`kg` of `Weight (kg)`."""
    found = re.search(r"\((\w+)\)", column)
    return found.group(1).lower() if found else ""
