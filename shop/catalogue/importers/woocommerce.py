"""WooCommerce's product export: https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.dateparse import parse_date

from shop.catalogue.importers.imported import (
    ImportedPicture,
    ImportedPrice,
    ImportedProduct,
    ImportedVariant,
    Property,
    Texts,
)
from shop.catalogue.importers.importer import (
    GRAMS,
    LANGUAGE,
    MILLIMETRES,
    Importer,
    category_path,
    texts,
    unit_of,
)
from shop.catalogue.importers.table import BadCell, Row
from shop.catalogue.models import Product
from shop.catalogue.richtext import clean_html, plain_text

TAX_CLASSES = {
    "": Product.TaxClass.STANDARD,
    "standard": Product.TaxClass.STANDARD,
    "reduced-rate": Product.TaxClass.REDUCED,
    "zero-rate": Product.TaxClass.ZERO,
}
BARCODE = "GTIN, UPC, EAN, or ISBN"


class WooCommerceImporter(Importer):
    name = "WooCommerce product CSV"
    required = frozenset({"Type", "SKU", "Name", "Published", "Regular price"})
    columns: ClassVar[dict[str, str]] = {
        f"name_{LANGUAGE}": "Name",
        f"summary_{LANGUAGE}": "Short description",
        "slug": "Name",
        "brand": "Brands",
        "sku": "SKU",
        "barcode": BARCODE,
        "weight_g": "Weight",
        "length_mm": "Length",
        "width_mm": "Width",
        "height_mm": "Height",
    }

    def products(self) -> Iterator[ImportedProduct]:
        """Variations may stand anywhere below their product, which waits until the last of them was read."""
        awaited = self._variations()
        waiting: dict[str, tuple[ImportedProduct, Row]] = {}
        for row in self.table.rows():
            try:
                if is_variation(row):
                    yield from self._variation(row, waiting, awaited)
                else:
                    yield from self._product(row, waiting, awaited)
            except BadCell as error:
                self.remarks.append(error.problem)

    def _variations(self) -> Counter[str]:
        """How many variations each product has; a first pass over the file."""
        found = Counter(row.cells["Parent"].strip() for row in self.table.rows() if is_variation(row))
        self.remarks.clear()
        return found

    def _product(
        self, row: Row, waiting: dict[str, tuple[ImportedProduct, Row]], awaited: Counter[str]
    ) -> Iterator[ImportedProduct]:
        kinds = {kind.strip() for kind in row.text("Type").lower().split(",")}
        if not kinds & {"simple", "variable"}:
            raise row.bad("Type", f"'{row.text('Type')}' is not a kind of product this shop sells")
        product = self._described(row)
        if "variable" not in kinds:
            product.values = self._properties(row) or None
            product.variants.append(self._variant(row, product, []))
            yield product
        elif reference := next((name for name in references(row) if awaited[name]), None):
            waiting[reference] = (product, row)
        else:
            raise row.bad("Type", "a variable product without variations cannot be sold")

    def _variation(
        self, row: Row, waiting: dict[str, tuple[ImportedProduct, Row]], awaited: Counter[str]
    ) -> Iterator[ImportedProduct]:
        reference = row.required("Parent")
        awaited[reference] -= 1
        if reference not in waiting:
            raise row.bad("Parent", f"no usable product '{reference}' stands above this row")
        product, parent = waiting[reference]
        try:
            product.variants.append(self._variant(row, product, self._properties(row), parent))
            self._add_pictures(product, row)
        finally:
            if not awaited[reference]:
                del waiting[reference]
                options = {
                    option.attribute[LANGUAGE] for variant in product.variants for option in variant.options
                }
                own = [
                    value for value in self._properties(parent) if value.attribute[LANGUAGE] not in options
                ]
                product.values = own or None
                yield product

    def _described(self, row: Row) -> ImportedProduct:
        name = html.unescape(row.required("Name"))
        product = ImportedProduct(
            line=row.line,
            slug=self.own_address(row, name, "SKU"),
            fields={
                f"name_{LANGUAGE}": name,
                f"summary_{LANGUAGE}": plain_text(newlines(row.text("Short description")), limit=300),
                f"description_{LANGUAGE}": clean_html(newlines(row.text("Description"))),
                "status": self._status(row),
                "tax_class": self._tax_class(row),
            },
            category=self._category(row),
            brand="".join(split(row.text("Brands"))[:1]) if "Brands" in row else None,
        )
        self._add_pictures(product, row)
        return product

    def _status(self, row: Row) -> str:
        """1 is published, 0 private, -1 a draft; what is hidden from the catalogue is not sold here."""
        published = row.text("Published")
        if published not in {"1", "0", "-1"}:
            raise row.bad("Published", f"'{published}' is none of 1, 0, -1")
        hidden = row.text("Visibility in catalog").lower() == "hidden"
        return Product.Status.ACTIVE if published == "1" and not hidden else Product.Status.DRAFT

    def _tax_class(self, row: Row) -> str:
        if row.text("Tax status").lower() == "none":
            return Product.TaxClass.ZERO
        tax_class = row.text("Tax class").lower()
        if tax_class not in TAX_CLASSES:
            self.remarks.append(
                row.notice("Tax class", f"'{tax_class}' is not known here; standard was taken")
            )
        return TAX_CLASSES.get(tax_class, Product.TaxClass.STANDARD)

    def _category(self, row: Row) -> list[Texts] | None:
        """A product has one category here: the deepest, of several equally deep the first."""
        paths = [category_path(html.unescape(path)) or [] for path in split(row.text("Categories"))]
        return max(paths, key=len, default=[]) or None

    def _properties(self, row: Row) -> list[Property]:
        found = []
        for column in self.table.columns:
            if match := re.fullmatch(r"Attribute (\d+) name", column):
                name = html.unescape(row.text(column))
                values = split(row.text(f"Attribute {match[1]} value(s)"))
                found += [Property(texts(name), texts(html.unescape(value))) for value in values if name]
        return found

    def _variant(
        self, row: Row, product: ImportedProduct, options: list[Property], parent: Row | None = None
    ) -> ImportedVariant:
        measures = self._measures(row)
        if parent is not None:
            measures = {**self._measures(parent), **measures}
        labels = [option.value[LANGUAGE] for option in options]
        pictures = split(row.text("Images"))
        return ImportedVariant(
            line=row.line,
            sku=row.text("SKU") or self.made_up_sku(row, "SKU", product.slug, labels),
            fields={**measures, "barcode": row.text(BARCODE)} if BARCODE in row else measures,
            options=options,
            prices=self._prices(row),
            stock=self._stock(row),
            picture=pictures[0] if pictures and options else "",
        )

    def _prices(self, row: Row) -> list[ImportedPrice]:
        if self._is_on_offer(row):
            return self.home_price(row, price="Sale price", compare_at="Regular price")
        return self.home_price(row, price="Regular price", compare_at="")

    def _is_on_offer(self, row: Row) -> bool:
        today = timezone.localdate()
        starts = parse_date(row.text("Date sale price starts")[:10]) or today
        ends = parse_date(row.text("Date sale price ends")[:10]) or today
        return bool(row.text("Sale price")) and starts <= today <= ends

    def _stock(self, row: Row) -> int | None:
        """Stock that WooCommerce does not count cannot be known; a product out of stock has none."""
        if row.text("Stock") not in {"", "parent"}:
            return self.counted(row, "Stock")
        if not row.flag("In stock?", default=True):
            return 0
        self.remarks.append(row.notice("Stock", "is not counted there; count it here before it can be sold"))
        return None

    def _measures(self, row: Row) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for column in self.table.columns:
            units: dict[str, Decimal] = GRAMS if column.startswith("Weight") else MILLIMETRES
            field = {
                "Weight": "weight_g",
                "Length": "length_mm",
                "Width": "width_mm",
                "Height": "height_mm",
            }.get(column.partition(" ")[0])
            if field and unit_of(column) in units and (number := row.decimal(column)) is not None:
                found[field] = round(number * units[unit_of(column)])
        return found

    def _add_pictures(self, product: ImportedProduct, row: Row) -> None:
        known = {picture.source for picture in product.pictures}
        for source in split(row.text("Images")):
            if source not in known:
                product.pictures.append(ImportedPicture(row.line, "Images", source, {}))


def is_variation(row: Row) -> bool:
    return "variation" in row.cells["Type"].lower()


def references(row: Row) -> list[str]:
    """The ways a variation may name this product."""
    return [row.text("SKU"), f"id:{row.text('ID')}"]


def split(text: str) -> list[str]:
    r"""The parts of a list; a comma inside a part is written `\,`."""
    parts = re.split(r"(?<!\\),", text)
    return [part.replace("\\,", ",").strip() for part in parts if part.strip()]


def newlines(text: str) -> str:
    r"""WooCommerce writes a line break as the two characters `\n`."""
    return text.replace("\\n", "\n")
