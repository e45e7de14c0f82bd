"""Remove the files of rows that are gone.

They are written down in the transaction in which the rows go: neither the death of a worker after it nor a
storage that fails leaves a file behind, and where the rows stay after all, the files do.
"""

import logging
from collections.abc import Iterable

from django.apps import apps
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models.fields.files import FieldFile

from .models import DoomedFile

logger = logging.getLogger(__name__)


def doom(files: Iterable[FieldFile]) -> None:
    """Call it in the transaction that deletes the rows."""
    doomed = [DoomedFile(column=str(file.field), name=str(file.name)) for file in files]
    DoomedFile.objects.bulk_create(doomed)
    if doomed:
        transaction.on_commit(lambda: _remove(doomed))


def remove_all() -> bool:
    """What a worker that died or a storage that failed left behind; whether nothing is left any more."""
    return _remove(DoomedFile.objects.order_by("pk"))


def _remove(doomed: Iterable[DoomedFile]) -> bool:
    """A storage that fails is tried again by the next run."""
    is_clean = True
    for file in doomed:
        try:
            _storage_of(file).delete(file.name)
        except OSError:
            logger.exception("file %s", file.pk)
            is_clean = False
        else:
            DoomedFile.objects.filter(pk=file.pk).delete()
    return is_clean


def _storage_of(file: DoomedFile) -> Storage:
    model, _dot, column = file.column.rpartition(".")
    field = apps.get_model(model)._meta.get_field(column)
    return field.storage  # type: ignore[no-any-return]
