from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy import audit


class Command(BaseCommand):
    help = "Follows the audit trail from its first event to its last and reports whether it is whole."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = audit.verify()
        except audit.ChainBroken as problem:
            raise CommandError(f"The audit trail is broken: {problem}.") from None
        self.stdout.write(f"The audit trail is whole: {count} events.")
