"""Write the search index anew, after a change of the languages or of how words are taken apart."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from shop.catalogue.search import indexing


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        written = indexing.rebuild()
        self.stdout.write(f"{written} products indexed")
