from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.models import ConsentRecord


class Command(BaseCommand):
    help = "Prints what somebody agreed to or refused: the exact words, their language, when and where."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, help="the number of the choice")

    def handle(self, *args: Any, id: int, **options: Any) -> None:
        record = ConsentRecord.objects.filter(pk=id).first()
        if record is None:
            raise CommandError("There is no such choice.")
        for name, value in facts(record).items():
            self.stdout.write(f"{name}: {value}")


def facts(record: ConsentRecord) -> dict[str, str]:
    return {
        "choice": str(record.pk),
        "decision": record.decision,
        "purpose": record.purpose,
        "channel": record.channel or "-",
        "decided": record.decided_at.isoformat(),
        "lapses": record.expires_at.isoformat(),
        "source": record.source,
        "told of the browser's signal": "yes" if record.knew_signal else "no",
        "who": f"subject {record.subject_id}" if record.subject_id else f"browser {record.browser}",
        "language": record.language or "-",
        "questions": record.version or "-",
        "wording": record.wording or "-",
        "sha256 of the wording": record.wording_hash or "-",
    }
