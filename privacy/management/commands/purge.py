from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy import retention
from privacy.data_map import period as words_of
from privacy.retention import Period


class Command(BaseCommand):
    help = "Ends what was kept long enough, rule by rule, and says what went and why. Runs every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD", help="as if it were that day"
        )
        parser.add_argument(
            "--rule", default="", metavar="MODEL", help="one rule only, such as accounts.signin"
        )
        parser.add_argument("--allow-volume", action="store_true", help="also where it is abnormally much")

    def handle(self, **options: Any) -> None:
        as_of = options["as_of"] or timezone.localdate()
        rules = {period.rule: period for period in retention.periods()}
        if options["rule"] and options["rule"] not in rules:
            raise CommandError(f"No such rule. There are: {', '.join(sorted(rules))}")
        if as_of > timezone.localdate() and not options["dry_run"]:
            raise CommandError("A day to come can only be looked at: add --dry-run.")
        if options["dry_run"]:
            chosen = [period for rule, period in rules.items() if options["rule"] in ("", rule)]
            rows = [(period, period.expired(as_of).count(), "would go") for period in chosen]
        else:
            runs = retention.purge(as_of=as_of, only=options["rule"], allow_volume=options["allow_volume"])
            rows = [(rules[run.rule], run.erased, run.get_status_display()) for run in runs]
        for period, count, status in rows:
            self.line(period, count, str(status))

    def line(self, period: Period, count: int, status: str) -> None:
        deed = "archived" if period.data.archive else "deleted"
        self.stdout.write(f"{period.rule:32} {count:>9}  {deed}, {status:12} {words_of(period.data)}")
