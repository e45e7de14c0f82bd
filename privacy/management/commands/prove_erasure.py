import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy import proof


class Command(BaseCommand):
    help = (
        "Looks for somebody in every table, file and queue, and ends with status 1 if they are found. What "
        "to look for (a name, an e-mail address, a phone number) is read from standard input, a line each, "
        "so that it stays out of the shell's history."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Example: manage.py prove_erasure < marks.txt"

    def handle(self, **options: Any) -> None:
        lines = [line.strip() for line in sys.stdin if line.strip()]
        wanted = [proof.Needle(f"line {number}", proof.normal(line)) for number, line in enumerate(lines, 1)]
        if not wanted:
            raise CommandError("Nothing to look for.")
        for kind in proof.inconclusive(wanted):
            self.stdout.write(f"{kind}: too short to be looked for")
        hits = proof.scan(wanted)
        for hit in hits:
            self.stdout.write(f"{hit.kind}: {hit.store}, {hit.place}")
        if hits:
            raise CommandError(f"Found in {len({(hit.store, hit.place) for hit in hits})} places.")
        self.stdout.write("Not found anywhere.")
