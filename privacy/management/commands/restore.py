import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy import closed, drill, restore
from privacy.journal import JournalBroken
from privacy.sealed_files import BackupBroken

UNDER_WAY = 2  # seconds until every process has seen that the shop is closed


class Command(BaseCommand):
    help = (
        "Puts a backup in the place of the whole database. The shop answers 503 until what people had "
        "erased, withdrawn, restricted or corrected since is done again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", nargs="?", type=Path, help="one of `backup --list`")
        what.add_argument(
            "--drill",
            action="store_true",
            help="the newest backup, into a database made for this and thrown away",
        )

    def handle(self, *, file: Path | None, **options: Any) -> None:
        try:
            report = drill.rehearse() if file is None else self.restore(file)
        except restore.DoesNotFit as problem:
            raise CommandError(
                f"The backup was made by another version of the shop. Migrations that differ: {problem}. "
                "Restore it with that version, then migrate."
            ) from None
        except restore.JournalTooOld as problem:
            raise CommandError(
                f"The rights journal is older than the backup: {problem}. Bring its newest copy."
            ) from None
        except JournalBroken as problem:
            raise CommandError(f"The rights journal was changed: {problem}.") from None
        except BackupBroken as problem:
            raise CommandError(f"The backup is broken: {problem}.") from None
        self.stdout.write(json.dumps(report))

    def restore(self, file: Path) -> dict[str, Any]:
        restore.inspect(file)
        closed.close()
        time.sleep(UNDER_WAY)
        return restore.restore(file)
