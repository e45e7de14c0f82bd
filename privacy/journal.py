"""The rights journal: what people had done with their data, in a file outside the database.

A restored backup knows nothing of what was erased, withdrawn or corrected since; the journal does, and
`privacy.replay` does it again. Each line is signed together with the signature before it. People are in it as
random ids and keyed fingerprints only; what else a deed needs is sealed with the person's key, and ends with
it.

A line is written before the deed takes effect, so that no deed is ever missing: at worst a deed is repeated
that failed in the end. What gives something back (a limit is lifted) is written after the commit instead, so
that it is at worst not repeated.
"""

import base64
import fcntl
import hmac
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from .keys import Sealed, current_key, key_ring, secret_of
from .models import DataSubject, SubjectKey

BLOCK = 4096
TORN = "torn"  # a note of the journal about itself

logger = logging.getLogger(__name__)


class JournalBroken(Exception):
    """A line was changed, removed or inserted."""


@dataclass(frozen=True)
class Entry:
    seq: int
    at: str
    deed: str  # erase, withdraw, restrict …
    subject: str  # empty where nobody is known by it, such as an address that is left alone
    identifiers: tuple[str, ...]  # blind indexes: find the person under another id too
    key_name: str
    prev: str
    details: str = ""
    signature: str = ""

    def sign(self) -> str:
        content = asdict(self) | {"signature": ""}
        if not self.details:
            del content["details"]  # the first lines were written without
        return hmac.new(
            key_ring("AUDIT_KEYS")[self.key_name], json.dumps(content, sort_keys=True).encode(), sha256
        ).hexdigest()

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


def path() -> Path:
    return Path(settings.RIGHTS_JOURNAL)


def write(deed: str, subject: DataSubject | None, details: dict[str, Any] | None = None) -> Entry:
    """On the disk before anything else happens: whoever calls this may destroy afterwards."""
    path().parent.mkdir(parents=True, exist_ok=True)
    with open(path(), "ab+", opener=only_ours) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return _append(file, _mend(file), deed, subject, details)


def only_ours(name: str, flags: int) -> int:
    """Opens a file that nobody else on this machine may read, not for a moment."""
    return os.open(name, flags, 0o600)


def write_after_commit(deed: str, subject: DataSubject, details: dict[str, Any] | None = None) -> None:
    transaction.on_commit(partial(write, deed, subject, details))


def write_row(deed: str, row: Any, *key: str) -> Entry:
    """A deed that is a row, such as a limit, as it is now; `key` are the columns it is known by."""
    columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del columns["id"], columns["subject_id"]
    return write(deed, row.subject, {"row": row._meta.label_lower, "key": key, "values": columns})


def corrected(row: models.Model, *names: str) -> None:
    """These columns of a row are right now."""
    values = {name: getattr(row, name) for name in names}
    write_after_commit("correct", row.subject, _address(row) | {"values": values})  # type: ignore[attr-defined]


def removed(row: models.Model) -> None:
    """Somebody took this row back; called before it goes."""
    write("remove", row.subject, _address(row))  # type: ignore[attr-defined]


def read() -> Iterator[Entry]:
    """Every entry, oldest first; raises `JournalBroken` at the first that is not what was written."""
    last = ""
    for number, line in enumerate(_whole_lines(), 1):
        entry = _entry(line, number)
        genuine = entry.seq == number and entry.prev == last
        if not genuine or not hmac.compare_digest(entry.signature, entry.sign()):
            raise JournalBroken(f"line {number}")
        last = entry.signature
        yield entry


def head() -> Entry | None:
    """The last entry."""
    if not path().exists():
        return None
    with path().open("rb") as file:
        line, _torn = _end(file)
    return _entry(line) if line else None


def details_of(entry: Entry) -> dict[str, Any]:
    """Raises `SubjectKey.DoesNotExist` where the key, and the details with it, is gone."""
    if not entry.details or not entry.subject:
        return dict(json.loads(entry.details or "{}"))
    key = secret_of(SubjectKey.objects.get(subject__pk=entry.subject))
    sealed = Sealed(base64.b64decode(entry.details))
    sealed.check_owner(UUID(entry.subject), _place(entry.deed))
    return dict(json.loads(sealed.open(key=key, place=_place(entry.deed))))


def _address(row: models.Model) -> dict[str, Any]:
    return {"row": row._meta.label_lower, "pk": str(row.pk)}


def _place(deed: str) -> str:
    return f"journal.{deed}"


def _whole_lines() -> Iterator[bytes]:
    if path().exists():
        with path().open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line


def _mend(file: BinaryIO) -> Entry | None:
    """The last entry. Behind it a power cut may have left half a line: its deed was not begun, because
    `write` had not returned. It is cut off, which is noted, and the journal goes on."""
    line, torn = _end(file)
    last = _entry(line) if line else None
    if not torn:
        return last
    logger.error("rights journal: %s bytes of a line that was never finished are cut off", len(torn))
    file.truncate(file.seek(0, os.SEEK_END) - len(torn))
    return _append(file, last, TORN, None, {"bytes": len(torn), "sha256": sha256(torn).hexdigest()})


def _end(file: BinaryIO) -> tuple[bytes, bytes]:
    """The last whole line, and what stands behind it; found from the end, however long the file is."""
    size, length = file.seek(0, os.SEEK_END), BLOCK
    while True:
        start = max(0, size - length)
        file.seek(start)
        lines = file.read().split(b"\n")
        if start == 0 or len(lines) > 2:
            return (lines[-2] if len(lines) > 1 else b""), lines[-1]
        length *= 2


def _entry(line: bytes, number: int | str = "last") -> Entry:
    try:
        values = json.loads(line)
        return Entry(**values | {"identifiers": tuple(values["identifiers"])})
    except (ValueError, TypeError, KeyError):
        raise JournalBroken(f"line {number}") from None


def _append(
    file: BinaryIO, last: Entry | None, deed: str, subject: DataSubject | None, details: dict[str, Any] | None
) -> Entry:
    unsigned = Entry(
        seq=last.seq + 1 if last else 1,
        at=timezone.now().isoformat(),
        deed=deed,
        subject=str(subject.pk) if subject else "",
        identifiers=_identifiers(subject),
        key_name=current_key("AUDIT_KEYS")[0],
        prev=last.signature if last else "",
        details=_sealed(deed, subject, json.dumps(details, default=str)) if details else "",
    )
    entry = Entry(**vars(unsigned) | {"signature": unsigned.sign()})
    file.write(json.dumps(asdict(entry)).encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())
    return entry


def _identifiers(subject: DataSubject | None) -> tuple[str, ...]:
    """Only what was proved: an address somebody typed may be another person's."""
    if subject is None:
        return ()
    proved = subject.identifiers.filter(verified_at__isnull=False)
    return tuple(proved.values_list("blind_index", flat=True))


def _sealed(deed: str, subject: DataSubject | None, content: str) -> str:
    if subject is None:
        return content
    key = SubjectKey.objects.filter(subject=subject).first()
    if key is None:  # of somebody who is forgotten only the deed is noted
        return ""
    sealed = Sealed.seal(content.encode(), key=secret_of(key), subject_id=subject.pk, place=_place(deed))
    return base64.b64encode(sealed.data).decode()
