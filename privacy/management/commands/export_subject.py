from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from privacy import export
from privacy.management.commands.erase_subject import find


class Command(BaseCommand):
    help = "Writes a ZIP file with a copy of everything the shop holds about one person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subject", help="the person's id, or their e-mail address")
        parser.add_argument("file", type=Path, help="must not exist yet")
        parser.add_argument("--language", default="en")

    def handle(self, *, subject: str, file: Path, language: str, **options: Any) -> None:
        if file.exists():
            raise CommandError(f"{file} exists already.")
        person = find(subject)
        with translation.override(language), file.open("xb") as target:
            file.chmod(0o600)
            copy = export.write(person, target)
        self.stdout.write(f"{file}: {sum(len(dataset.rows) for dataset in copy.datasets)} rows")
