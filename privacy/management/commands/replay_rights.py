import json
from typing import Any

from django.core.management.base import BaseCommand

from privacy import restore


class Command(BaseCommand):
    help = (
        "Does again what people had done with their data since the database was last backed up or restored, "
        "as the rights journal says, and opens the shop. For a database that came back by other means."
    )

    def handle(self, **options: Any) -> None:
        self.stdout.write(json.dumps(restore.replay_again()))
