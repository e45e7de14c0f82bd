import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from privacy.data_map import Row, rows


class Command(BaseCommand):
    help = "Prints the register of personal data: each column, why it is kept, for how long and how it goes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=FORMATS, default="table")

    def handle(self, *args: Any, format: str, **options: Any) -> None:
        self.stdout.write(FORMATS[format](list(rows())))


def as_table(found: Iterable[Row]) -> str:
    lines = [Row._fields, *found]
    widths = [min(40, max(len(line[column]) for line in lines)) for column in range(len(Row._fields))]
    return "\n".join(
        "  ".join(f"{cell[:width]:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def as_json(found: Iterable[Row]) -> str:
    return json.dumps([row._asdict() for row in found], indent=2, ensure_ascii=False)


def as_csv(found: Iterable[Row]) -> str:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerows([Row._fields, *found])
    return output.getvalue().rstrip("\n")


FORMATS = {"table": as_table, "json": as_json, "csv": as_csv}
