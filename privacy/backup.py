"""The nightly backup: every table and every file, encrypted, kept for 35 days.

The keys of people are not in it. They lie in a copy of their own, of which there is only the latest, so that
who is erased today cannot be read in last month's backup tomorrow. Sessions are in neither.

A backup is a tar file inside `privacy.sealed_files`: first `manifest.json`, then `rows/<table>/<number>.json`
with a thousand rows each, then `files/<storage>/<name>`.
"""

import gzip
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import Storage, storages
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from . import audit, closed, journal, rows, safety
from .models import SafetyCheck, SubjectKey
from .sealed_files import SealingFile

KEPT_FOR = timedelta(days=35)
SUFFIX = ".backup"
STAMP = "%Y%m%dT%H%M%S%fZ"
QUICK = 1  # of gzip's levels
STORAGES = ("default", "private")
LEFT_OUT: tuple[type[models.Model], ...] = (SubjectKey, Session)


class ShopIsClosed(Exception):
    """Half a restore is nothing to go back to: what people had done since is not done again yet."""


@dataclass(frozen=True)
class Backup:
    path: Path

    @property
    def at(self) -> datetime:
        return datetime.strptime(self.path.name.removesuffix(SUFFIX), STAMP).replace(tzinfo=UTC)

    @property
    def is_over(self) -> bool:
        return self.at <= timezone.now() - KEPT_FOR


def folder() -> Path:
    return Path(settings.BACKUP_DIR)


def key_copy() -> Path:
    return Path(settings.BACKUP_KEY_COPY)


def kept() -> list[Backup]:
    """Every backup there is, the newest first."""
    return [Backup(path) for path in sorted(folder().glob(f"*{SUFFIX}"), reverse=True)]


def make() -> Backup:
    """Write a backup and the copy of the keys that belongs to it; the result is noted either way."""
    with safety.noted(SafetyCheck.Kind.BACKUP) as report:
        if closed.is_closed():
            raise ShopIsClosed
        return _write(report)


def prune() -> list[Backup]:
    """What is older than we say goes, even where no newer one was made."""
    over = [backup for backup in kept() if backup.is_over]
    for backup in over:
        backup.path.unlink()
    if over:
        audit.record("backup.pruned", count=len(over))
    return over


def _write(report: dict[str, Any]) -> Backup:
    """Both files show the same moment, and are there only when they are whole."""
    at = timezone.now()
    known = journal.head()  # before the snapshot: a deed between the two is done twice, never missed
    backup = Backup(folder() / f"{at.strftime(STAMP)}{SUFFIX}")
    with _replacing(backup.path) as data, _replacing(key_copy()) as keys, transaction.atomic(durable=True):
        _see_one_moment()
        with _archive(keys) as archive:
            _add_rows(archive, SubjectKey)
        with _archive(data) as archive:
            _add(archive, "manifest.json", manifest(at, known))
            kept = [model for model in rows.tables() if model not in LEFT_OUT]
            report["rows"] = sum(_add_rows(archive, model) for model in kept)
            report["files"] = sum(_add_files(archive, name) for name in STORAGES)
    report |= {"bytes": backup.path.stat().st_size, "journal": known.seq if known else 0}
    return backup


def manifest(at: datetime, known: journal.Entry | None) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "journal": {"seq": known.seq, "signature": known.signature} if known else None,
        "migrations": migrations(),
        "columns": {
            model._meta.label_lower: [field.name for field in rows.columns(model)] for model in rows.tables()
        },
    }


def migrations() -> list[str]:
    """Which tables a backup fits into."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _see_one_moment() -> None:
    """SQLite shows a transaction nothing else anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        yield unfinished
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _archive(path: Path) -> Iterator[tarfile.TarFile]:
    with open(path, "wb", opener=journal.only_ours) as file:
        sealing: Any = SealingFile(file)
        with (
            gzip.GzipFile(fileobj=sealing, mode="wb", compresslevel=QUICK) as packed,
            tarfile.open(mode="w|", fileobj=packed) as archive,
        ):
            yield archive
        sealing.close()
        file.flush()
        os.fsync(file.fileno())


def _add_rows(archive: tarfile.TarFile, model: type[models.Model]) -> int:
    """Write a table; returns how many rows it has."""
    count = 0
    for number, batch in enumerate(rows.dump(model)):
        _add(archive, f"rows/{model._meta.label_lower}/{number}.json", batch)
        count += len(batch)
    return count


def _add(archive: tarfile.TarFile, name: str, content: Any) -> None:
    encoded = json.dumps(content).encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(encoded)
    archive.addfile(entry, io.BytesIO(encoded))


def _add_files(archive: tarfile.TarFile, storage_name: str) -> int:
    storage, count = storages[storage_name], 0
    for name in files_of(storage):
        entry = tarfile.TarInfo(f"files/{storage_name}/{name}")
        try:
            entry.size = storage.size(name)
            with storage.open(name) as file:
                archive.addfile(entry, file)
        except FileNotFoundError:  # deleted meanwhile, with its row
            continue
        count += 1
    return count


def files_of(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever uploaded
        return
    prefix = f"{folder}/" if folder else ""
    for name in names:
        yield prefix + name
    for inner in folders:
        yield from files_of(storage, prefix + inner)
