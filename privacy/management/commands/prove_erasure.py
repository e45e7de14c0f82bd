import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy import proof, proof_report
from privacy.models import Farewell, PrivacyRequest
from privacy.proof import Needle


class Command(BaseCommand):
    help = (
        "Looks for somebody in every table, file and queue, and ends with status 1 if they are found. What "
        "to look for is what the deletion noted, as long as it is known (three days after its end), or is "
        "read from standard input, a line each, so that it stays out of the shell's history."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "Examples: manage.py prove_erasure K7QW2MZ5R8TX, manage.py prove_erasure < marks.txt"
        parser.add_argument("reference", nargs="?", default="", help="of the request that was carried out")
        parser.add_argument("--deep", action="store_true", help="also beneath the tables: what was deleted")
        parser.add_argument("--report", type=Path, metavar="FILE.json", help="write it down, signed")
        parser.add_argument("--check", type=Path, metavar="FILE.json", help="only say if a report is genuine")

    def handle(self, **options: Any) -> None:
        if options["check"]:
            self.check_report(options["check"])
            return
        request = find(options["reference"]) if options["reference"] else None
        wanted = marks_of(request) if request else typed()
        if not wanted:
            raise CommandError("Nothing to look for.")
        report = proof_report.make(wanted, request=request, deep=options["deep"])
        if options["report"]:
            proof_report.write(report, options["report"])
        self.tell(report)

    def check_report(self, file: Path) -> None:
        try:
            report = proof_report.check(file.read_text(encoding="utf-8"))
        except proof_report.NotGenuine:
            raise CommandError("This report was not made by this shop, or was changed.") from None
        self.stdout.write(f"Genuine, of {report['made_at']}.")

    def tell(self, report: dict[str, Any]) -> None:
        for hit in report["inconclusive"]:
            why = (
                f"{hit['store']}, {hit['place']}: the shop's own"
                if hit["place"]
                else "too short to be looked for"
            )
            self.stdout.write(f"inconclusive: {hit['kind']}: {why}")
        for kept in report["kept_by_law"]:
            fields = ", ".join(kept["fields"])
            self.stdout.write(f"kept until {kept['until']}: {kept['rows']} ({fields}): {kept['law']}")
        for hit in report["found"]:
            self.stdout.write(f"{hit['kind']}: {hit['store']}, {hit['place']}")
        if report["found"]:
            raise CommandError(
                f"Found in {len({(hit['store'], hit['place']) for hit in report['found']})} places."
            )
        self.stdout.write(f"Not found anywhere. ({report['sought']} marks)")


def find(reference: str) -> PrivacyRequest:
    request = PrivacyRequest.objects.filter(reference=reference.upper()).first()
    if request is None:
        raise CommandError("There is no such request.")
    return request


def marks_of(request: PrivacyRequest) -> list[Needle]:
    farewell = Farewell.objects.select_related("subject__key").filter(request=request).first()
    if farewell is None:
        raise CommandError("What to look for is forgotten by now: give it on standard input.")
    return [Needle(kind, text) for kind, text in farewell.marks]


def typed() -> list[Needle]:
    lines = [line.strip() for line in sys.stdin if line.strip()]
    return [Needle(f"line {number}", proof.normal(line)) for number, line in enumerate(lines, 1)]
