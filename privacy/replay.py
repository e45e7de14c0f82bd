"""After a restore: do again what people had done with their data since the backup, as the journal says.

Everything in it can be done twice. Apps register how their own deeds are repeated:

    replay.register("unsubscribe", again)      # again(subject, details, moment)

Who was erased goes again by the id they had, and by the addresses they had proved: in the backup they may
still stand under an older record, a guest's that was joined to the account later.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction

from . import deletion, erasure, journal, requests, restriction
from .fields import EncryptedField
from .journal import Entry
from .models import ConsentRecord, DataSubject, Farewell, PrivacyRequest, SubjectKey
from .models.requests import PrivacyRequestQuerySet
from .registry import declaration

Replayer = Callable[[Any, dict[str, Any], datetime], None]
Status = DataSubject.Status
BATCH = 500
UNDER_WAY = (
    *PrivacyRequest.AT_WORK,
    PrivacyRequest.Status.BLOCKED_PARTIAL,
    PrivacyRequest.Status.FAILED,
)  # such an erasure goes on by itself

_replayers: dict[str, Replayer] = {}


class UnknownDeed(LookupError):
    """The journal was written by a newer version of the shop."""


class NotHeld(Exception):
    """Something people had done does not hold after all."""


@dataclass
class Gone:
    """Who was erased, as the whole journal says."""

    begun: dict[str, Entry] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)  # their key was destroyed
    joined: dict[str, set[str]] = field(default_factory=dict)  # the guests an account was before

    def with_guests(self, pks: set[str]) -> set[str]:
        return pks.union(*(self.joined.get(pk, set()) for pk in pks))


def register(deed: str, replayer: Replayer) -> Replayer:
    _replayers[deed] = replayer
    return replayer


def replay(*, since: datetime) -> Counter[str]:
    """Returns how often each deed was looked at. What is said in the journal meanwhile is not read."""
    last, looked_at, gone = journal.head(), Counter[str](), Gone()
    for entry in journal.read():
        if last is None or entry.seq > last.seq:
            break
        if entry.moment >= since or entry.deed in ("erase", "destroy_key"):
            looked_at[entry.deed] += 1
            _again(entry, gone)
    _erase_again(gone, since)
    check(gone)
    return looked_at


def check(gone: Gone) -> None:
    """Nobody who was erased is there, nor their key. The rows themselves `erasure` counts."""
    for pks in _in_batches(gone.finished):
        if SubjectKey.objects.filter(subject__pk__in=pks).exists():
            raise NotHeld("a key that was destroyed is there again")
        people = DataSubject.objects.filter(pk__in=[pk for pk in pks if pk in gone.begun])
        if people.exclude(status=Status.ERASED).exists():
            raise NotHeld("somebody who was erased is there again")


def _again(entry: Entry, gone: Gone) -> None:
    if entry.deed == "erase":
        gone.begun[entry.subject] = entry
        return
    if entry.deed == "destroy_key":
        gone.finished.add(entry.subject)
        return
    if entry.deed not in _replayers and entry.deed not in NOTES:
        raise UnknownDeed(entry.deed)
    subject = DataSubject.objects.filter(pk=entry.subject).first() if entry.subject else None
    if entry.subject and subject is None:  # came after the backup
        return
    try:
        details = journal.details_of(entry)
    except SubjectKey.DoesNotExist:  # was erased since
        return
    if entry.deed == "join":
        gone.joined.setdefault(details["into"], set()).add(entry.subject)
    elif entry.deed in _replayers:
        with transaction.atomic():
            _replayers[entry.deed](subject, details, entry.moment)


# --- Erasures -----------------------------------------------------------------------------------------------


def _erase_again(gone: Gone, since: datetime) -> None:
    """Where only a part was erased because something was under way, the erasure is begun anew."""
    for subject in _still_there(gone.with_guests(gone.finished & gone.begun.keys())):
        erasure.erase_wholly(subject)
    for subject in _still_there(gone.with_guests(gone.begun.keys() - gone.finished)):
        if not _erasures(subject).filter(status__in=UNDER_WAY).exists():
            _begin_anew(subject)
    _erase_by_address([entry for entry in gone.begun.values() if entry.moment >= since])
    for pks in _in_batches(gone.finished - gone.begun.keys()):  # made for one message
        Farewell.objects.filter(subject__pk__in=pks).delete()
        SubjectKey.objects.filter(subject__pk__in=pks).delete()


def _begin_anew(subject: DataSubject) -> None:
    try:
        request = deletion.ask(subject, source=PrivacyRequest.Source.STAFF, at_once=True)
    except erasure.Obstructed:  # by a job at the shop that had ended
        erasure.erase_wholly(subject)
    else:
        deletion.run(request.pk)


def _erase_by_address(entries: list[Entry]) -> None:
    """Of people the backup does not know by their last id. Who came after the erasure is somebody new."""
    for entry in entries:
        if not DataSubject.objects.filter(pk=entry.subject).exists():
            proved = {
                "identifiers__blind_index__in": entry.identifiers,
                "identifiers__verified_at__isnull": False,
            }
            same = DataSubject.objects.filter(**proved, created_at__lt=entry.moment)
            for subject in same.exclude(status=Status.ERASED).distinct():
                erasure.erase_wholly(subject)


def _still_there(pks: Iterable[str]) -> list[DataSubject]:
    return [
        subject
        for batch in _in_batches(pks)
        for subject in DataSubject.objects.filter(pk__in=batch).exclude(status=Status.ERASED)
    ]


def _in_batches(pks: Iterable[str]) -> list[list[str]]:
    ordered = sorted(pks)
    return [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]


# --- The engine's own deeds ---------------------------------------------------------------------------------


def ask_again(subject: DataSubject, details: dict[str, Any], moment: datetime) -> None:
    """By the same reference, and with the days to think it over that are left."""
    known = _erasures(subject)
    if known.open().exists() or known.filter(reference=details["reference"]).exists():
        return
    source = PrivacyRequest.Source(details["source"])
    request = requests.receive(subject, PrivacyRequest.Kind.ERASURE, source=source)
    request.reference, request.start_at = details["reference"], datetime.fromisoformat(details["start_at"])
    request.save(update_fields=["reference", "start_at"])
    deletion.ask(subject, source=source)


def stay_again(subject: DataSubject, details: dict[str, Any], moment: datetime) -> None:
    for request in _erasures(subject).filter(reference=details["reference"]):
        if request.is_cancellable:
            deletion.withdraw(request)


def _erasures(subject: DataSubject) -> PrivacyRequestQuerySet:
    return PrivacyRequest.objects.filter(subject=subject, kind=PrivacyRequest.Kind.ERASURE)


def row_again(subject: DataSubject, details: dict[str, Any], moment: datetime) -> None:
    """As `journal.write_row` wrote it. What it belonged to may not be there."""
    model: Any = apps.get_model(details["row"])
    values = {name: _parsed(model, name, value) for name, value in details["values"].items()}
    known = {name: values.pop(name) for name in details["key"]}
    model._base_manager.update_or_create(
        subject=subject, **known, defaults=_without_lost_links(model, values)
    )


def limit_again(subject: DataSubject, details: dict[str, Any], moment: datetime) -> None:
    row_again(subject, details, moment)
    restriction.settle_status(subject)


def withdraw_again(subject: DataSubject, details: dict[str, Any], moment: datetime) -> None:
    """The record itself comes back, unless the person has agreed again since."""
    values = {name: _parsed(ConsentRecord, name, value) for name, value in details["values"].items()}
    latest = (
        ConsentRecord.objects.filter(subject=subject, purpose=values["purpose"], channel=values["channel"])
        .order_by("-pk")
        .first()
    )
    if latest is None or latest.decided_at < values["decided_at"]:
        ConsentRecord.objects.create(subject=subject, **values)


def correct_again(subject: DataSubject, details: dict[str, Any], moment: datetime) -> None:
    model = apps.get_model(details["row"])
    row = _row(model, subject, details["pk"])
    if row is not None:
        for name, value in details["values"].items():
            setattr(row, name, _parsed(model, name, value))
        row.save(update_fields=list(details["values"]))


def remove_again(subject: DataSubject, details: dict[str, Any], moment: datetime) -> None:
    row = _row(apps.get_model(details["row"]), subject, details["pk"])
    if row is not None:
        row.delete()


def _row(model: type[models.Model], subject: DataSubject, pk: str) -> models.Model | None:
    """Of this person: a number may have been given anew."""
    data = declaration(model)
    assert data is not None
    return data.rows_of(subject).filter(pk=pk).first()


def _parsed(model: type[models.Model], name: str, value: Any) -> Any:
    model_field: Any = model._meta.get_field(name)
    inner = model_field.inner if isinstance(model_field, EncryptedField) else model_field
    return None if value is None else inner.to_python(value)


def _without_lost_links(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    for model_field in model._meta.concrete_fields:
        other: Any = model_field.related_model
        pk = values.get(model_field.attname)
        if pk is not None and model_field.is_relation and not other._base_manager.filter(pk=pk).exists():
            values[model_field.attname] = None
    return values


NOTES = {journal.TORN, "rectify", "join"}  # nothing to do by themselves
for _deed in ("restrict", "lift"):
    register(_deed, limit_again)
for _deed in ("hold", "minor"):
    register(_deed, row_again)
register("ask", ask_again)
register("stay", stay_again)
register("withdraw", withdraw_again)
register("correct", correct_again)
register("remove", remove_again)
