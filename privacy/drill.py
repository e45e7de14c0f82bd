"""The rehearsal of a restore: the newest backup in a database of its own, with a copy of the rights journal.

It runs in processes of its own, which have neither the shop's queue nor its mail: nothing of it is seen
outside.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from . import backup, safety
from .models import SafetyCheck


class NothingToRehearse(LookupError):
    """There is no backup."""


class RehearsalFailed(Exception):
    """What the rehearsal said last."""


def rehearse() -> dict[str, Any]:
    with safety.noted(SafetyCheck.Kind.DRILL) as report:
        kept = backup.kept()
        if not kept:
            raise NothingToRehearse
        with _stage() as environment:
            _manage(environment, "migrate", "--skip-checks", "--verbosity", "0")
            report |= json.loads(_manage(environment, "restore", str(kept[0].path)))
            report["backup"] = kept[0].path.name
    return report


@contextmanager
def _stage() -> Iterator[dict[str, str]]:
    Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="drill-", dir=settings.VAR_DIR) as name, _database(name) as url:
        folder = Path(name)
        journal = folder / "rights.jsonl"
        if Path(settings.RIGHTS_JOURNAL).exists():
            shutil.copy(settings.RIGHTS_JOURNAL, journal)
        yield os.environ | {
            "DATABASE_URL": url,
            "VAR_DIR": name,
            "RIGHTS_JOURNAL": str(journal),
            "BACKUP_KEY_COPY": str(settings.BACKUP_KEY_COPY),
            "REDIS_URL": "",
            "BROKER_URL": "filesystem://",
            "EMAIL_URL": "dummymail://",
            "SMS_URL": "",
        }


@contextmanager
def _database(folder: str) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder}/drill.sqlite3"
        return
    name = Path(folder).name.replace("-", "_")
    quoted = connection.ops.quote_name(name)
    _run(f"CREATE DATABASE {quoted}")
    try:
        yield os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + name
    finally:
        _run(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603  (our own)
    if done.returncode:
        raise RehearsalFailed((done.stderr.strip().splitlines() or ["no word"])[-1])
    return done.stdout
