from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import dumpdata


class Command(dumpdata.Command):
    help = "Django's dumpdata. Leaves encrypted columns out, and is refused where real people's data lies."

    def handle(self, *app_labels: str, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("dumpdata writes personal data in clear, so it works only in the demo.")
        super().handle(*app_labels, **options)
