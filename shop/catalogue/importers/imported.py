"""What importers make of rows and the writer stores. What is `None` or absent, the file does not say."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from shop.catalogue.models import Attribute

Texts = dict[str, str]  # language → text


@dataclass(frozen=True)
class Property:
    """A product's material, a variant's size."""

    attribute: Texts
    value: Texts = field(default_factory=dict)
    type: str = Attribute.Type.CHOICE
    unit: str = ""
    number: Decimal | None = None


@dataclass(frozen=True)
class ImportedPrice:
    country: str
    amount: int
    compare_at: int | None = None


@dataclass(frozen=True)
class ImportedPicture:
    line: int
    column: str
    source: str
    alt: Texts


@dataclass
class ImportedVariant:
    line: int
    sku: str
    fields: dict[str, Any] = field(default_factory=dict)
    options: list[Property] = field(default_factory=list)
    prices: list[ImportedPrice] = field(default_factory=list)
    stock: int | None = None
    picture: str = ""


@dataclass
class ImportedProduct:
    line: int
    slug: str
    fields: dict[str, Any] = field(default_factory=dict)
    category: list[Texts] | None = None
    category_description: Texts = field(default_factory=dict)
    brand: str | None = None
    values: list[Property] | None = None
    variants: list[ImportedVariant] = field(default_factory=list)
    pictures: list[ImportedPicture] = field(default_factory=list)
    lost_variant: bool = False  # one of its variants was not usable


@dataclass
class Shelves:
    """A category or attributes declared before any product has them, which gives them their order."""

    line: int
    category: list[Texts] | None = None
    category_description: Texts = field(default_factory=dict)
    values: list[Property] | None = None
