"""The rights journal: what people had done with their data, in a file outside the database.

A restored backup knows nothing of what was erased or withdrawn since; the journal does. Each line is signed
together with the signature before it. People are in it as random ids and keyed fingerprints only.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from .keys import current_key, key_ring
from .models import DataSubject


class JournalBroken(Exception):
    """A line was changed, removed or inserted."""


@dataclass(frozen=True)
class Entry:
    seq: int
    at: str
    deed: str  # erase, withdraw, restrict …
    subject: str
    identifiers: tuple[str, ...]  # blind indexes: find the person under another id too
    key_name: str
    prev: str
    signature: str = ""

    def sign(self) -> str:
        content = json.dumps(asdict(self) | {"signature": ""}, sort_keys=True).encode()
        return hmac.new(key_ring("AUDIT_KEYS")[self.key_name], content, sha256).hexdigest()


def path() -> Path:
    return Path(settings.RIGHTS_JOURNAL)


def write(deed: str, subject: DataSubject) -> Entry:
    """On the disk before anything else happens: whoever calls this may destroy afterwards."""
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        entry = _following(_last(file), deed, subject)
        file.write(json.dumps(asdict(entry)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return entry


def read() -> Iterator[Entry]:
    """Every entry, oldest first; raises `JournalBroken` at the first that is not what was written."""
    last = ""
    lines = path().read_text(encoding="utf-8").splitlines() if path().exists() else []
    for number, line in enumerate(lines, 1):
        entry = _entry(line)
        genuine = entry.seq == number and entry.prev == last
        if not genuine or not hmac.compare_digest(entry.signature, entry.sign()):
            raise JournalBroken(f"line {number}")
        last = entry.signature
        yield entry


def _last(file: Any) -> Entry | None:
    line = ""
    for line in file:  # noqa: B007  (the last one is wanted)
        pass
    return _entry(line) if line else None


def _entry(line: str) -> Entry:
    values = json.loads(line)
    return Entry(**values | {"identifiers": tuple(values["identifiers"])})


def _following(last: Entry | None, deed: str, subject: DataSubject) -> Entry:
    unsigned = Entry(
        seq=last.seq + 1 if last else 1,
        at=timezone.now().isoformat(),
        deed=deed,
        subject=str(subject.pk),
        identifiers=tuple(subject.identifiers.values_list("blind_index", flat=True)),
        key_name=current_key("AUDIT_KEYS")[0],
        prev=last.signature if last else "",
    )
    return Entry(**asdict(unsigned) | {"signature": unsigned.sign(), "identifiers": unsigned.identifiers})
