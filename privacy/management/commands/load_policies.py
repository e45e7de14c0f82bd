from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from privacy.policies import NotPublishable
from privacy.policy_files import publish_folder


class Command(BaseCommand):
    help = (
        "Publishes policies from a folder of <kind>.<language>.html files, where they differ from the last."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--material", action="store_true", help="takes effect in 30 days")

    @transaction.atomic
    def handle(self, *, folder: Path, material: bool, **options: Any) -> None:
        try:
            published = publish_folder(folder, is_material=material)
        except (NotPublishable, ValueError) as problem:
            raise CommandError(str(problem)) from problem
        for version in published:
            self.stdout.write(f"{version}: in effect from {version.effective_at:%Y-%m-%d}")
