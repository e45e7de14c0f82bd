"""Everything the sandbox knows, in one SQLite file, so that a restart loses nothing."""

import json
import secrets
import sqlite3
import string
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS objects (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, number);
CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, request TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY, deed TEXT NOT NULL, target TEXT NOT NULL, due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, UNIQUE (deed, target)
);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due_at);
"""


@dataclass(frozen=True)
class Job:
    """Something to do at a moment: expire a session, settle a late payment, deliver an event."""

    id: int
    deed: str
    target: str
    attempts: int


def new_id(prefix: str) -> str:
    """Letters only: digits in a row may look like a card number to whoever scans for those."""
    return prefix + "_" + "".join(secrets.choice(string.ascii_letters) for _ in range(24))


class Store:
    """One connection that the threads share: who holds the lock holds it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator["Books"]:
        """One writer at a time: a request sees everything or nothing of another one."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Books(self._connection)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


class Books:
    """The sandbox's data inside one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.has_due = False  # something that somebody shall do at once

    def find(self, kind: str, object_id: str) -> Json | None:
        query = "SELECT body FROM objects WHERE id = ? AND kind = ?"
        row = self._connection.execute(query, (object_id, kind)).fetchone()
        return json.loads(row[0]) if row else None

    def get(self, kind: str, object_id: str) -> Json:
        found = self.find(kind, object_id)
        if found is None:
            raise KeyError(object_id)
        return found

    def save(self, thing: Json) -> None:
        self._connection.execute(
            "INSERT INTO objects (id, kind, body) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (thing["id"], thing["object"], json.dumps(thing)),
        )

    def newest(self, kind: str) -> Iterator[Json]:
        rows = self._connection.execute(
            "SELECT body FROM objects WHERE kind = ? ORDER BY number DESC", (kind,)
        )
        return (json.loads(body) for (body,) in rows)

    def reply(self, key: str) -> tuple[str, Json] | None:
        """The request an idempotency key was first used for, and its answer."""
        row = self._connection.execute("SELECT request, body FROM replies WHERE key = ?", (key,)).fetchone()
        return (row[0], json.loads(row[1])) if row else None

    def remember(self, key: str, request: str, body: Json) -> None:
        self._connection.execute("INSERT INTO replies VALUES (?, ?, ?)", (key, request, json.dumps(body)))

    def schedule(self, deed: str, target: str, due_at: float) -> None:
        self.has_due |= due_at <= time.time()
        self._connection.execute(
            "INSERT INTO jobs (deed, target, due_at) VALUES (?, ?, ?)"
            " ON CONFLICT (deed, target) DO UPDATE SET due_at = excluded.due_at, attempts = 0",
            (deed, target, due_at),
        )

    def claim_job(self, now: float, until: float) -> Job | None:
        """The job that waited longest, put off for a while: whoever dies with it in hand only delays it."""
        query = "SELECT id, deed, target, attempts FROM jobs WHERE due_at <= ? ORDER BY due_at LIMIT 1"
        row = self._connection.execute(query, (now,)).fetchone()
        if row is None:
            return None
        job = Job(row[0], row[1], row[2], row[3] + 1)
        query = "UPDATE jobs SET due_at = ?, attempts = ? WHERE id = ?"
        self._connection.execute(query, (until, job.attempts, job.id))
        return job

    # A job scheduled anew in the meantime counts from 0 again, and neither of these touches it.

    def finish(self, job: Job) -> None:
        self._connection.execute("DELETE FROM jobs WHERE id = ? AND attempts = ?", (job.id, job.attempts))

    def postpone(self, job: Job, due_at: float) -> None:
        query = "UPDATE jobs SET due_at = ? WHERE id = ? AND attempts = ?"
        self._connection.execute(query, (due_at, job.id, job.attempts))

    def jobs(self) -> list[Json]:
        rows = self._connection.execute("SELECT deed, target, due_at, attempts FROM jobs ORDER BY due_at")
        return [dict(zip(("deed", "target", "due_at", "attempts"), row, strict=True)) for row in rows]
