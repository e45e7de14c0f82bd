"""Vitrine's own CSV: one row for each variant, product columns on the first row of a product.

`docs/catalogue-csv.md` describes the columns.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, ClassVar, TypeVar

from django.conf import settings

from shop.catalogue.importers.cells import read_paths, read_properties
from shop.catalogue.importers.imported import (
    ImportedPicture,
    ImportedPrice,
    ImportedProduct,
    ImportedVariant,
    Property,
    Shelves,
    Texts,
)
from shop.catalogue.importers.importer import LANGUAGE, Importer
from shop.catalogue.importers.table import BadCell, Notice, Row
from shop.catalogue.richtext import clean_html

LANGUAGES = [code for code, name in settings.LANGUAGES]
PLAIN = {  # field of the product → its column
    "status": "status",
    "tax_class": "tax_class",
    "hs_code": "hs_code",
    "country_of_origin": "origin",
    "customs_text": "customs_text",
    "maker": "maker",
    "responsible_person": "responsible_person",
}
TRANSLATED = ("name", "summary", "description", "warnings")
MEASURES = ("weight_g", "length_mm", "width_mm", "height_mm")
Result = TypeVar("Result")


class VitrineImporter(Importer):
    name = "Vitrine's own CSV"
    required = frozenset({"product", "sku", f"name:{LANGUAGE}", f"category:{LANGUAGE}"})
    columns: ClassVar[dict[str, str]] = {
        **PLAIN,
        **{f"{name}_{language}": f"{name}:{language}" for name in TRANSLATED for language in LANGUAGES},
        "slug": "product",
    }

    def products(self) -> Iterator[ImportedProduct | Shelves]:
        self.priced = self._markets()
        for slug, rows in groupby(self.table.rows(), key=lambda row: row.cells["product"].strip()):
            first, *others = list(rows)
            try:
                if slug:
                    yield self._product(first, others)
                else:
                    for row in [first, *others]:
                        yield self._shelves(row)
            except BadCell as error:
                self.remarks.append(error.problem)

    def _markets(self) -> list[str]:
        """The countries of the price columns that the shop sells to; the others are told once."""
        countries = [
            column.removeprefix("price:") for column in self.table.columns if column.startswith("price:")
        ]
        for country in countries:
            if country not in self.markets:
                self.remarks.append(
                    Notice(1, f"price:{country}", "there is no such market; its prices are left out")
                )
        return [country for country in countries if country in self.markets]

    def _shelves(self, row: Row) -> Shelves:
        return Shelves(
            line=row.line,
            category=read(row, "category", read_paths),
            category_description=translations(row, "category_description"),
            values=read(row, "attributes", read_properties),
        )

    def _product(self, first: Row, others: list[Row]) -> ImportedProduct:
        first.required(f"name:{LANGUAGE}")
        product = ImportedProduct(
            line=first.line,
            slug=first.text("product"),
            fields=self._fields(first),
            category=read(first, "category", read_paths),
            category_description=translations(first, "category_description"),
            brand=first.text("brand") if "brand" in first else None,
            values=self._values(first),
        )
        for row in [first, *others]:
            self._add_row(product, row)
        return product

    def _fields(self, row: Row) -> dict[str, Any]:
        """What the file has a column for. A blank status or tax class is left as it is."""
        plain = {field: row.text(column) for field, column in PLAIN.items() if column in row}
        for field in ("status", "tax_class"):
            if not plain.get(field):
                plain.pop(field, None)
        for name in TRANSLATED:
            for language, text in translations(row, name).items():
                plain[f"{name}_{language}"] = clean_html(text) if name == "description" else text
        rank = row.whole("rank")
        return {**plain, "rank": rank} if rank is not None else plain

    def _values(self, row: Row) -> list[Property] | None:
        return read(row, "attributes", read_properties) if f"attributes:{LANGUAGE}" in row else None

    def _add_row(self, product: ImportedProduct, row: Row) -> None:
        try:
            if source := row.text("picture"):
                known = {picture.source for picture in product.pictures}
                if source not in known:
                    alt = translations(row, "picture_alt")
                    product.pictures.append(ImportedPicture(row.line, "picture", source, alt))
            if row.text("sku"):
                product.variants.append(self._variant(row))
        except BadCell as error:
            product.lost_variant = True
            self.remarks.append(error.problem)

    def _variant(self, row: Row) -> ImportedVariant:
        fields: dict[str, Any] = {field: row.whole(field) for field in MEASURES if field in row}
        fields.update({field: row.text(field) for field in ("barcode", "unit") if field in row})
        if "unit_amount" in row:
            fields["unit_amount"] = row.decimal("unit_amount")
        if "active" in row:
            fields["is_active"] = row.flag("active", default=True)
        if fields.get("weight_g", 0) is None:
            fields["weight_g"] = 0
        return ImportedVariant(
            line=row.line,
            sku=row.text("sku"),
            fields=fields,
            options=read(row, "options", read_properties) or [],
            prices=[price for country in self.priced if (price := self._price(row, country))],
            stock=self.counted(row, "stock"),
            picture=row.text("picture"),
        )

    def _price(self, row: Row, country: str) -> ImportedPrice | None:
        currency = self.markets[country].currency
        amount = row.amount(f"price:{country}", currency)
        compare_at = row.amount(f"compare_at:{country}", currency)
        if amount is None:
            return None
        return ImportedPrice(country, amount, self.higher(row, f"compare_at:{country}", amount, compare_at))


def translations(row: Row, column: str) -> Texts:
    """The column in every language the file has."""
    return {language: row.text(name) for language in LANGUAGES if (name := f"{column}:{language}") in row}


def read(row: Row, column: str, parse: Callable[[Texts], Result]) -> Result:
    cells = translations(row, column)
    try:
        return parse(cells)
    except ValueError as error:
        raise row.bad(column, str(error)) from None
