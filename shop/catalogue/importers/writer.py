"""The only place that writes what was imported. It compares first, so that a second run changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from shop.catalogue import editing, search, stock
from shop.catalogue.images import UnusablePicture
from shop.catalogue.importers.imported import (
    ImportedPicture,
    ImportedPrice,
    ImportedProduct,
    ImportedVariant,
    Property,
    Shelves,
    Texts,
)
from shop.catalogue.importers.lookups import Lookups, Unfit
from shop.catalogue.importers.pictures import NoSuchPicture, NotFetched, PictureFile, PictureFolder, store
from shop.catalogue.importers.table import BadCell, Problem, Remark
from shop.catalogue.models import AttributeValue, Market, Picture, Price, Product, StockMovement, Variant

OTHER: list[Texts] = [{"en": "Other", "de": "Sonstiges", "fr": "Divers"}]


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Stored:
    line: int
    slug: str
    outcome: Outcome


class Writer:
    def __init__(
        self,
        *,
        markets: Mapping[str, Market],
        folder: PictureFolder,
        columns: Mapping[str, str],
        remarks: list[Remark],
        dry_run: bool = False,
    ) -> None:
        self.markets = markets
        self.folder = folder
        self.columns = columns
        self.remarks = remarks
        self.dry_run = dry_run
        self.lookups = Lookups()
        self.not_fetched = 0
        self.changed: list[Product] = []

    @transaction.atomic
    def declare(self, shelves: Shelves) -> None:
        if shelves.category:
            self.lookups.category(shelves.category, shelves.category_description)
        self._values(shelves.line, "attributes", shelves.values or [])

    def write(self, data: ImportedProduct) -> Stored:
        """One product, whole or not at all. Of its variants and pictures those that are usable."""
        stored: list[Picture] = []
        try:
            with transaction.atomic():
                outcome = self._write(data, stored)
        except Exception:
            self.lookups.reset()
            for picture in stored:
                picture.image.delete(save=False)
            raise
        return Stored(data.line, data.slug, outcome)

    def _write(self, data: ImportedProduct, stored: list[Picture]) -> Outcome:
        product, outcome = self._product(data)
        pictures, new_pictures = self._pictures(product, data.pictures, stored)
        before = _options(product)
        changes = [
            new_pictures,
            *(self._variant(product, variant, n, pictures) for n, variant in enumerate(data.variants)),
        ]
        if (data.variants or data.lost_variant) and not product.variants.exists():
            raise BadCell(Problem(data.line, "", f"'{data.slug}' has no usable variant"))
        changes.append(self._describe(product, data, before))
        if outcome == Outcome.UNCHANGED and any(changes):
            outcome = Outcome.CHANGED
        if outcome != Outcome.UNCHANGED:
            self.changed.append(product)
        return outcome

    def index(self) -> None:
        """Makes findable what was written since the last time; belongs into the same transaction."""
        search.index(self.changed)
        self.changed.clear()

    # --- the product itself ---------------------------------------------------------------------------------

    def _product(self, data: ImportedProduct) -> tuple[Product, Outcome]:
        product = Product.objects.filter(slug=data.slug).first()
        fields = dict(data.fields)
        if product is None or data.category:
            fields["category_id"] = self.lookups.category(
                data.category or OTHER, data.category_description
            ).pk
        if data.brand is not None:
            brand = self.lookups.brand(data.brand)
            fields["brand_id"] = brand.pk if brand else None
        if product is None:
            product = Product()
            self._assign(product, data.line, {"slug": data.slug, **fields})
            return product, Outcome.CREATED
        changed = self._assign(product, data.line, fields)
        return product, Outcome.CHANGED if changed else Outcome.UNCHANGED

    def _assign(self, row: models.Model, line: int, fields: dict[str, Any]) -> bool:
        """Sets, checks and saves what differs; says whether anything did."""
        different = {
            name: value for name, value in fields.items() if (getattr(row, name) or "") != (value or "")
        }
        for name, value in different.items():
            setattr(row, name, value)
        try:
            row.clean_fields(exclude={field.name for field in row._meta.fields} - fields.keys())
        except ValidationError as error:
            name, reasons = next(iter(error.message_dict.items()))
            text = f"'{fields[name]}': {' '.join(reasons)}"
            raise BadCell(Problem(line, self.columns.get(name, name), text)) from None
        if different or row.pk is None:
            if isinstance(row, Variant):
                editing.save_variant(row)
            else:
                row.save()
        return bool(different)

    def _describe(self, product: Product, data: ImportedProduct, old_options: set[int]) -> bool:
        """Its own values and those of its variants, which the facets count."""
        before = set(product.values.values_list("pk", flat=True))
        own = before - old_options
        if data.values is not None:
            own = {value.pk for value in self._values(data.line, "attributes", data.values)}
        after = own | _options(product)
        if after == before:
            return False
        product.values.set(after)
        return True

    def _values(self, line: int, column: str, wanted: list[Property]) -> list[AttributeValue]:
        try:
            return [self.lookups.value(each) for each in wanted]
        except Unfit as error:
            raise BadCell(Problem(line, column, str(error))) from None

    # --- what is bought -------------------------------------------------------------------------------------

    def _variant(
        self, product: Product, data: ImportedVariant, position: int, pictures: dict[str, Picture]
    ) -> bool:
        try:
            with transaction.atomic():
                return self._write_variant(product, data, position, pictures)
        except BadCell as error:
            self.remarks.append(error.problem)
            return False

    def _write_variant(
        self, product: Product, data: ImportedVariant, position: int, pictures: dict[str, Picture]
    ) -> bool:
        variant = Variant.objects.filter(sku=data.sku).first() or Variant(product=product, sku=data.sku)
        if variant.product_id != product.pk:
            reason = f"'{data.sku}' already belongs to another product"
            raise BadCell(Problem(data.line, self.columns.get("sku", "sku"), reason))
        fields = {**data.fields, "sku": data.sku, "position": position}
        if data.picture in pictures:
            fields["picture_id"] = pictures[data.picture].pk
        options = self._values(data.line, "options", data.options)
        changed = self._assign(variant, data.line, fields)
        if {value.pk for value in options} != set(variant.options.values_list("pk", flat=True)):
            variant.options.set(options)
            changed = True
        changed = self._price(variant, data.prices) or changed
        if data.stock is not None and data.stock != variant.stock:
            stock.count(variant, data.stock, reason=StockMovement.Reason.IMPORTED)
            changed = True
        return changed

    def _price(self, variant: Variant, prices: list[ImportedPrice]) -> bool:
        stored = {price.market_id: price for price in variant.prices.all()}
        changed = False
        for data in prices:
            market = self.markets[data.country]
            price = stored.get(market.pk) or Price(variant=variant, market=market)
            if price.pk is None or (price.amount, price.compare_at) != (data.amount, data.compare_at):
                price.amount, price.compare_at = data.amount, data.compare_at
                price.save()
                changed = True
        return changed

    # --- pictures -------------------------------------------------------------------------------------------

    def _pictures(
        self, product: Product, wanted: list[ImportedPicture], stored: list[Picture]
    ) -> tuple[dict[str, Picture], bool]:
        """The product's pictures by the name the file gives them, and whether one is new or different."""
        existing = list(product.pictures.all())
        found: dict[str, Picture] = {}
        changed = False
        for position, data in enumerate(wanted):
            try:
                picture, is_new = self._picture(
                    product, PictureFile.read(self.folder.find(data.source)), existing
                )
            except NotFetched:
                self.not_fetched += 1
                continue
            except (NoSuchPicture, UnusablePicture) as error:
                self.remarks.append(Problem(data.line, data.column, str(error)))
                continue
            if is_new and picture.pk:
                stored.append(picture)
            if picture in existing:
                existing.remove(picture)  # the same file twice is two pictures
            if picture.pk:
                found[data.source] = picture
                alt = {f"alt_{language}": text for language, text in data.alt.items() if text}
                changed = self._assign(picture, data.line, {**alt, "position": position}) or changed
            changed = changed or is_new
        return found, changed

    def _picture(self, product: Product, file: PictureFile, existing: list[Picture]) -> tuple[Picture, bool]:
        if picture := file.among(existing):
            return picture, False
        if self.dry_run:
            file.cleaned()
            return Picture(product=product), True
        return store(product, file, file.replaces(existing)), True


def _options(product: Product) -> set[int]:
    return set(AttributeValue.objects.filter(variants__product=product).values_list("pk", flat=True))
