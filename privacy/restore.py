"""Put a backup in the place of the database, and open the shop only when people's rights hold in it.

From the first step to the last the shop is closed (`privacy.closed`); killed at any moment it stays closed,
and a second run does everything again from the start. A backup that is broken, or does not fit, is refused
before anything is touched.
"""

import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from . import audit, backup, closed, journal, replay, retention, rows, safety, sealed_files
from .models import DataSubject, PurgeRun, Restriction, SafetyCheck, SubjectKey
from .sealed_files import BackupBroken

# A deed stands in the journal a moment before it takes effect: longer than any transaction lasts.
MARGIN = timedelta(hours=1)
BEGINNING = datetime.min.replace(tzinfo=UTC)

_rebuilders: list[Callable[[], Any]] = []


class DoesNotFit(Exception):
    """The backup was made of other tables than the database has."""


class JournalTooOld(Exception):
    """The rights journal ends before the backup, or is another one: what is missing cannot be done again."""


@dataclass(frozen=True)
class Manifest:
    at: datetime
    journal: dict[str, Any] | None
    migrations: list[str]
    columns: dict[str, list[str]]

    @classmethod
    def read(cls, content: bytes) -> "Manifest":
        values = json.loads(content)
        return cls(**values | {"at": datetime.fromisoformat(values["at"])})


def register(rebuild: Callable[[], Any]) -> Callable[[], Any]:
    """What is computed from the tables and in no backup, such as a search index, is made anew."""
    _rebuilders.append(rebuild)
    return rebuild


def restore(path: Path) -> dict[str, Any]:
    """Returns what was done, in numbers."""
    manifest = inspect(path)
    closed.close()
    with safety.noted(SafetyCheck.Kind.RESTORE) as report:
        report |= _load(path, manifest)
        report |= _make_right(manifest.at - MARGIN)
    closed.reopen()
    return report


def replay_again() -> dict[str, Any]:
    """Only the second half: after a database was brought back by other means, such as the disk's own copy.

    How old it is, its last backup or restore says.
    """
    closed.close()
    kinds = (SafetyCheck.Kind.BACKUP, SafetyCheck.Kind.RESTORE)
    known = SafetyCheck.objects.passed().filter(kind__in=kinds).last()
    with safety.noted(SafetyCheck.Kind.RESTORE) as report:
        report |= _make_right(known.at - MARGIN if known else BEGINNING)
    closed.reopen()
    return report


# --- Before anything is touched -----------------------------------------------------------------------------


def inspect(path: Path) -> Manifest:
    """Refuses what is broken or does not fit; changes nothing."""
    with path.open("rb") as file:
        sealed_files.verify(file)
    with backup.key_copy().open("rb") as file:
        sealed_files.verify(file)
    with _members(path) as members:
        _name, content = next(members)
        manifest = Manifest.read(content.read())
    if manifest.migrations != backup.migrations():
        differing = sorted(set(manifest.migrations) ^ set(backup.migrations()))
        raise DoesNotFit(", ".join(differing))
    _check_journal(manifest)
    return manifest


def _check_journal(manifest: Manifest) -> None:
    """Follows the whole chain; raises `journal.JournalBroken` where it is not whole."""
    known = manifest.journal
    signatures = {
        entry.seq: entry.signature for entry in journal.read() if known and entry.seq == known["seq"]
    }
    if known and signatures.get(known["seq"]) != known["signature"]:
        raise JournalTooOld(f"entry {known['seq']}, written before the backup, is not in it")


# --- The data -----------------------------------------------------------------------------------------------


def _load(path: Path, manifest: Manifest) -> dict[str, Any]:
    """The tables in one transaction: killed in the middle, the database is as it was."""
    with transaction.atomic(durable=True):
        rows.empty()
        report = {"rows": _load_rows(path, manifest), "keys": _load_keys()}
        rows.seal()
    return report | {"files": _load_files(path)}


def _load_rows(path: Path, manifest: Manifest) -> int:
    count = 0
    with _members(path) as members:
        for name, content in members:
            kind, _slash, rest = name.partition("/")
            if kind == "rows":
                label = rest.partition("/")[0]
                count += rows.load(apps.get_model(label), manifest.columns[label], json.load(content))
    return count


def _load_keys() -> int:
    """Of those who are in the backup; who was erased since has none any more."""
    count = 0
    names = [field.name for field in rows.columns(SubjectKey)]
    place = names.index("subject")
    with _members(backup.key_copy()) as members:
        for _name, content in members:
            batch = json.load(content)
            people = DataSubject.objects.filter(pk__in=[row[place] for row in batch])
            known = {str(pk) for pk in people.values_list("pk", flat=True)}
            count += rows.load(SubjectKey, names, [row for row in batch if row[place] in known])
    return count


def _load_files(path: Path) -> int:
    """What people uploaded after the backup has no row any more, so it goes."""
    count, kept = 0, set()
    with _members(path) as members:
        for name, content in members:
            kind, _slash, rest = name.partition("/")
            if kind == "files":
                storage_name, _slash, file_name = rest.partition("/")
                storage = storages[storage_name]
                storage.delete(file_name)
                storage.save(file_name, File(content))
                kept.add(rest)
                count += 1
    private = storages["private"]
    for file_name in list(backup.files_of(private)):
        if f"private/{file_name}" not in kept:
            private.delete(file_name)
    return count


@contextmanager
def _members(path: Path) -> Iterator[Iterator[tuple[str, Any]]]:
    """The contents by name, one after the other."""
    with path.open("rb") as file:
        opening = sealed_files.OpeningFile(file)
        try:
            with tarfile.open(mode="r|gz", fileobj=opening) as archive:  # type: ignore[call-overload]
                yield ((member.name, archive.extractfile(member)) for member in archive)
        except tarfile.TarError as problem:
            raise BackupBroken(str(problem)) from None


# --- The rights ---------------------------------------------------------------------------------------------


def _make_right(since: datetime) -> dict[str, Any]:
    replayed = replay.replay(since=since)
    purged = _purge()
    for rebuild in _rebuilders:
        rebuild()
    cache.clear()
    audit.record("database.restored")
    check()
    return {"replayed": dict(replayed), "purged": purged}


def _purge() -> int:
    """What fell due since the backup is more than on a usual night, so the brake is off: the backup is still
    there if a rule was wrong. A rule that had been stopped waits for somebody's word as before."""
    latest: dict[str, str] = dict(PurgeRun.objects.order_by("started_at", "pk").values_list("rule", "status"))
    stopped = {rule for rule, status in latest.items() if status == PurgeRun.Status.BRAKED}
    rules = [period.rule for period in retention.periods()]
    runs = [
        run
        for rule in rules
        for run in retention.purge(as_of=timezone.localdate(), only=rule, allow_volume=rule not in stopped)
    ]
    return sum(run.erased for run in runs)


def check() -> None:
    """Whether it holds; what was erased `replay` has looked for."""
    audit.verify()
    total = Restriction.objects.active().total()
    free = DataSubject.objects.filter(restrictions__in=total, status=DataSubject.Status.ACTIVE)
    if free.exists():
        raise replay.NotHeld("somebody who is restricted is not")
