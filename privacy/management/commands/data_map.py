from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.laws import of


class Command(BaseCommand):
    help = "Prints the laws the shop goes by in a country, where each is written and when it was looked up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--laws", required=True, metavar="COUNTRY", help="such as DE")

    def handle(self, *, laws: str, **options: Any) -> None:
        found = of(laws.upper())
        if not found:
            raise CommandError(f"No law of {laws.upper()} is known here.")
        for law in found:
            self.stdout.write(f"{law.law}: {law.says}")
            looked_up = f"looked up on {law.checked_on}" if law.checked_on else "not looked up yet"
            self.stdout.write(f"    {law.source}, {looked_up}, confidence {law.confidence}")
