"""Shopify's product export: https://help.shopify.com/en/manual/products/import-export/using-csv"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, ClassVar

from shop.catalogue.importers.imported import ImportedPicture, ImportedProduct, ImportedVariant, Property
from shop.catalogue.importers.importer import GRAMS, LANGUAGE, Importer, category_path, texts
from shop.catalogue.importers.table import BadCell, Row
from shop.catalogue.models import Product
from shop.catalogue.richtext import clean_html

STATUS = {"active": Product.Status.ACTIVE, "draft": Product.Status.DRAFT, "archived": Product.Status.ARCHIVED}


class ShopifyImporter(Importer):
    name = "Shopify product CSV"
    required = frozenset({"Handle", "Title", "Variant SKU", "Variant Price"})
    # What Shopify has called the same columns since 2024.
    aliases: ClassVar[dict[str, str]] = {
        "url handle": "Handle",
        "description": "Body (HTML)",
        "product category": "Product Category",
        "published on online store": "Published",
        "sku": "Variant SKU",
        "barcode": "Variant Barcode",
        "price": "Variant Price",
        "compare-at price": "Variant Compare At Price",
        "charge tax": "Variant Taxable",
        "inventory quantity": "Variant Inventory Qty",
        "weight value (grams)": "Variant Grams",
        "product image url": "Image Src",
        "image position": "Image Position",
        "image alt text": "Image Alt Text",
        "variant image url": "Variant Image",
        "gift card": "Gift Card",
        "option1 name": "Option1 Name",
        "option1 value": "Option1 Value",
        "option2 name": "Option2 Name",
        "option2 value": "Option2 Value",
        "option3 name": "Option3 Name",
        "option3 value": "Option3 Value",
    }
    columns: ClassVar[dict[str, str]] = {
        f"name_{LANGUAGE}": "Title",
        "slug": "Handle",
        "brand": "Vendor",
        "hs_code": "Harmonized System Code",
        "country_of_origin": "Country of Origin",
        "sku": "Variant SKU",
        "barcode": "Variant Barcode",
        "weight_g": "Variant Grams",
    }

    def products(self) -> Iterator[ImportedProduct]:
        for handle, rows in groupby(self.table.rows(), key=lambda row: row.cells["Handle"].strip()):
            first, *others = list(rows)
            try:
                if not handle:
                    raise first.bad("Handle", "is missing")
                yield self._product(first, others)
            except BadCell as error:
                self.remarks.append(error.problem)

    def _product(self, first: Row, others: list[Row]) -> ImportedProduct:
        if first.flag("Gift Card", default=False):
            raise first.bad("Gift Card", "gift cards are not goods and are not imported")
        fields = self._fields(first)
        product = ImportedProduct(
            line=first.line,
            slug=self.own_address(first, first.text("Handle"), "Variant SKU"),
            fields=fields,
            category=category_path(first.text("Product Category")) or category_path(first.text("Type")),
            brand=first.text("Vendor"),
        )
        names = {n: name for n in "123" if (name := first.text(f"Option{n} Name")) and name != "Title"}
        self._add_row(product, first, names, is_variant=True)
        for row in others:
            self._add_row(
                product, row, names, is_variant=bool(row.text("Variant SKU") or row.text("Variant Price"))
            )
        return product

    def _fields(self, row: Row) -> dict[str, Any]:
        status = row.text("Status").lower() or "active"
        if status not in STATUS:
            raise row.bad("Status", f"'{status}' is none of {', '.join(STATUS)}")
        published = row.flag("Published", default=True)
        return {
            f"name_{LANGUAGE}": row.required("Title"),
            f"description_{LANGUAGE}": clean_html(row.text("Body (HTML)")),
            "status": STATUS[status] if published or status != "active" else Product.Status.DRAFT,
            "tax_class": Product.TaxClass.STANDARD
            if row.flag("Variant Taxable", default=True)
            else Product.TaxClass.ZERO,
            "hs_code": row.text("Harmonized System Code").replace(".", ""),
            "country_of_origin": row.text("Country of Origin").upper(),
        }

    def _add_row(
        self, product: ImportedProduct, row: Row, names: dict[str, str], *, is_variant: bool
    ) -> None:
        """A row is a variant, a picture or both."""
        try:
            if source := row.text("Image Src"):
                alt = texts(row.text("Image Alt Text"))
                product.pictures.append(ImportedPicture(row.line, "Image Src", source, alt))
            if is_variant:
                product.variants.append(self._variant(product, row, names))
        except BadCell as error:
            product.lost_variant = True
            self.remarks.append(error.problem)

    def _variant(self, product: ImportedProduct, row: Row, names: dict[str, str]) -> ImportedVariant:
        values = [(name, value) for n, name in names.items() if (value := row.text(f"Option{n} Value"))]
        sku = row.text("Variant SKU")
        variant = ImportedVariant(
            line=row.line,
            sku=sku or self.made_up_sku(row, "Variant SKU", product.slug, [value for name, value in values]),
            fields={"barcode": row.text("Variant Barcode").lstrip("'"), "weight_g": self._grams(row)},
            options=[Property(texts(name), texts(value)) for name, value in values],
            prices=self.home_price(row, price="Variant Price", compare_at="Variant Compare At Price"),
            stock=self.counted(row, "Variant Inventory Qty"),
            picture=row.text("Variant Image"),
        )
        if variant.picture and variant.picture not in {picture.source for picture in product.pictures}:
            product.pictures.append(ImportedPicture(row.line, "Variant Image", variant.picture, {}))
        return variant

    def _grams(self, row: Row) -> int:
        """Shopify writes grams, whatever unit it shows; older files have a weight in a unit of its own."""
        if grams := row.decimal("Variant Grams"):
            return round(grams)
        unit = row.text("Variant Weight Unit").lower() or "g"
        if unit not in GRAMS:
            raise row.bad("Variant Weight Unit", f"'{unit}' is none of {', '.join(GRAMS)}")
        return round((row.decimal("Variant Weight") or 0) * GRAMS[unit])
