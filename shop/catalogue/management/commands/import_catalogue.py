import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.catalogue.importers import (
    NoSuchMarket,
    Notice,
    Outcome,
    Remark,
    Stored,
    UnknownFormat,
    import_catalogue,
)


class Command(BaseCommand):
    help = "Imports products from a Shopify, WooCommerce or Vitrine CSV, recognised by its header."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument(
            "--market", default="", metavar="DE", help="whose prices the file has (default: home)"
        )
        parser.add_argument(
            "--pictures", type=Path, metavar="DIR", help="where picture files are looked for first"
        )
        parser.add_argument("--progress", action=argparse.BooleanOptionalAction, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.")
        self.shows_progress = self.stderr.isatty() if options["progress"] is None else options["progress"]
        self.counts: Counter[str] = Counter()
        try:
            for item in import_catalogue(
                options["file"],
                country=options["market"].upper(),
                pictures=options["pictures"],
                dry_run=options["dry_run"],
            ):
                self._tell(item, every=options["verbosity"] > 1)
        except (UnknownFormat, NoSuchMarket) as error:
            raise CommandError(str(error)) from None
        self._sum_up(dry_run=options["dry_run"])

    def _tell(self, item: Stored | Remark, *, every: bool) -> None:
        if isinstance(item, Stored):
            self.counts[item.outcome] += 1
            if every:
                self.stdout.write(f"line {item.line}: {item.slug} {item.outcome}")
        elif isinstance(item, Notice):
            self.counts["notices"] += 1
            self.stderr.write(self.style.NOTICE(str(item)))
        else:
            self.counts["problems"] += 1
            self.stderr.write(self.style.ERROR(str(item)))
        if self.shows_progress and self.counts.total() % 20 == 0:
            self.stderr.write(f"\r{self._products()} products", ending="")

    def _products(self) -> int:
        return sum(self.counts[outcome] for outcome in Outcome)

    def _sum_up(self, *, dry_run: bool) -> None:
        would_be = " (dry run: nothing was stored)" if dry_run else ""
        outcomes = ", ".join(f"{self.counts[outcome]} {outcome}" for outcome in Outcome)
        self.stdout.write(f"{self._products()} products: {outcomes}{would_be}")
        if problems := self.counts["problems"]:
            raise CommandError(f"{problems} problems; everything else went in.", returncode=1)
