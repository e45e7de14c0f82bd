import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shop.catalogue.exporters.vitrine import export_catalogue


class Command(BaseCommand):
    help = "Writes the whole catalogue as Vitrine's own CSV, which import_catalogue reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="default: standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"] is None:
            export_catalogue(sys.stdout)
            return
        with options["file"].open("w", encoding="utf-8", newline="") as file:
            count = export_catalogue(file)
        self.stdout.write(f"{count} products written to {options['file']}")
