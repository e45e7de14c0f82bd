from typing import Any

from django.core.management.commands import flush
from django.db import connections

from privacy import audit_guard
from privacy.table_guard import VIOLATIONS


class Command(flush.Command):
    help = "Django's flush. Emptying the whole database is the one act that may remove what is never deleted."

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        audit_guard.remove(connection)
        VIOLATIONS.remove(connection)
        try:
            super().handle(**options)
        finally:
            audit_guard.install(connection)
            VIOLATIONS.install(connection)
