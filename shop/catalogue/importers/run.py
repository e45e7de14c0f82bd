"""Import a catalogue from a file."""

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, transaction

from shop.catalogue.importers.imported import ImportedProduct, Shelves
from shop.catalogue.importers.importer import Importer
from shop.catalogue.importers.pictures import PictureFolder
from shop.catalogue.importers.shopify import ShopifyImporter
from shop.catalogue.importers.table import BadCell, Notice, Problem, Remark, Table
from shop.catalogue.importers.vitrine import VitrineImporter
from shop.catalogue.importers.woocommerce import WooCommerceImporter
from shop.catalogue.importers.writer import Stored, Writer
from shop.catalogue.models import Market

IMPORTERS: list[type[Importer]] = [ShopifyImporter, WooCommerceImporter, VitrineImporter]
AT_ONCE = 100
SECONDS = 1


class UnknownFormat(ValueError):
    """The header is of no format the shop reads; the message names what was missing."""


class NoSuchMarket(ValueError):
    """Prices need a market that exists."""


def import_catalogue(
    path: Path, *, country: str = "", pictures: Path | None = None, dry_run: bool = False
) -> Iterator[Stored | Remark]:
    """Stores product after product and tells of each, and of every cell that could not be used.

    Prices of formats that know no markets go to the market of `country`, else to the shop's home. Nothing is
    read before the first item is asked for; a dry run undoes everything when the last one was.
    """
    table = Table(path)
    importer_class = recognise(table)
    markets = {market.country: market for market in Market.objects.all()}
    home = markets.get(country or settings.SHOP_COUNTRY)
    if home is None:
        raise NoSuchMarket(f"there is no market '{country or settings.SHOP_COUNTRY}'")
    importer = importer_class(table, home=home, markets=markets)
    folder = PictureFolder(path.parent, pictures)
    writer = Writer(
        markets=markets, folder=folder, columns=importer.columns, remarks=table.remarks, dry_run=dry_run
    )
    with transaction.atomic() if dry_run else nullcontext():
        yield from _write_all(importer, writer)
        if dry_run:
            transaction.set_rollback(True)


def recognise(table: Table) -> type[Importer]:
    if not any(table.header):
        raise UnknownFormat(f"{table.path.name} is empty")
    missing = {importer: importer.missing(table.header) for importer in IMPORTERS}
    nearest = min(IMPORTERS, key=lambda importer: len(missing[importer]) / len(importer.required))
    if missing[nearest]:
        columns = ", ".join(sorted(missing[nearest]))
        raise UnknownFormat(
            f"{table.path.name} looks most like a {nearest.name}, but has no column {columns}"
        )
    table.rename(nearest.aliases)
    return nearest


def _write_all(importer: Importer, writer: Writer) -> Iterator[Stored | Remark]:
    remarks = importer.remarks
    items = importer.products()
    while (told := _write_batch(writer, items, remarks)) is not None:
        yield from told
    if writer.not_fetched:
        text = (
            f"{writer.not_fetched} pictures are on other hosts and were not fetched; give a folder of copies"
        )
        yield Notice(0, "", text)
    cache.delete("markets")


def _write_batch(
    writer: Writer, items: Iterator[ImportedProduct | Shelves], remarks: list[Remark]
) -> list[Stored | Remark] | None:
    """A few products in one transaction, each behind its own savepoint; told when they are committed.

    A second is enough: on SQLite everybody else who writes waits for the end of it. None when all is done.
    """
    told: list[Stored | Remark] = []
    item = None
    ends = monotonic() + SECONDS
    with transaction.atomic():
        for item in islice(items, AT_ONCE):
            stored = _write(writer, item, remarks)
            told += _drained(remarks)
            if stored:
                told.append(stored)
            if monotonic() > ends:
                break
        writer.index()
    told += _drained(remarks)
    return told if told or item else None


def _write(writer: Writer, item: ImportedProduct | Shelves, remarks: list[Remark]) -> Stored | None:
    try:
        if isinstance(item, ImportedProduct):
            return writer.write(item)
        writer.declare(item)
    except BadCell as error:
        remarks.append(error.problem)
    except DatabaseError as error:
        remarks.append(Problem(item.line, "", f"the database refused it: {error}"))
    return None


def _drained(remarks: list[Remark]) -> list[Remark]:
    drained = sorted(remarks, key=lambda remark: remark.line)
    remarks.clear()
    return drained
