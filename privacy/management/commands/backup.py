from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from privacy import backup


class Command(BaseCommand):
    help = (
        "Writes an encrypted backup of every table and file to BACKUP_DIR, and a copy of people's keys to "
        "BACKUP_KEY_COPY. Runs every night."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", action="store_true", help="only say which backups there are")
        what.add_argument(
            "--prune", action="store_true", help=f"only delete what is older than {backup.KEPT_FOR.days} days"
        )

    def handle(self, **options: Any) -> None:
        if options["list"]:
            for one in backup.kept():
                self.stdout.write(f"{one.at:%Y-%m-%d %H:%M} UTC  {one.path.stat().st_size:>12,}  {one.path}")
        elif options["prune"]:
            self.stdout.write(f"{len(backup.prune())} backups deleted")
        else:
            self.stdout.write(str(backup.make().path))
