from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from privacy import audit, audit_guard


class Command(BaseCommand):
    help = "Follows the audit trail from its first event to its last and reports whether it is whole."

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit.inspect()
        if not found.has_passed:
            raise CommandError(f"The audit trail is broken: {found.report['problem']}.")
        if not audit_guard.is_installed(connection):
            raise CommandError("The database does not guard the audit trail: its triggers are gone.")
        self.stdout.write(f"The audit trail is whole: {found.report['events']} events.")
