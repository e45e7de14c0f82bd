from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from privacy.keys import current_key
from privacy.models.subjects import WrappedKey


class Command(BaseCommand):
    help = (
        "Wraps every key in the database by the first key of PRIVACY_KEYS. No personal data is rewritten. "
        "Can be stopped and started again; afterwards the older keys may leave the setting."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch-size", type=int, default=500)

    def handle(self, *args: Any, batch_size: int, **options: Any) -> None:
        name, _key = current_key("PRIVACY_KEYS")
        count = 0
        for model in apps.get_models():
            while issubclass(model, WrappedKey) and (rewrapped := rewrap_batch(model, name, batch_size)):
                count += rewrapped
        self.stdout.write(f"{count} keys are now wrapped by {name!r}.")


@transaction.atomic
def rewrap_batch(model: type[WrappedKey], key_name: str, size: int) -> int:
    batch = list(model._base_manager.select_for_update().exclude(key_name=key_name)[:size])
    for key in batch:
        key.rewrap()
    model._base_manager.bulk_update(batch, ["key_name", "wrapped"])
    return len(batch)
