"""The audit trail: what was done, to which row, about whom, by whom. Ids and codes only.

Each event is signed together with the signature before it, so that none can be changed, left out or slipped
in unseen; the database refuses UPDATE and DELETE (`privacy.audit_guard`). An event is written in the
transaction of the act: without the event the act does not happen either.

Adding an event locks the end of the chain until the transaction ends, so record last: a use-case that takes
other locks afterwards could wait for one that waits for it.
"""

import hmac
import json
import logging
import re
from collections.abc import Iterator
from hashlib import sha256
from time import monotonic
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from .keys import current_key, key_ring
from .models.audit import AuditEvent, AuditHead
from .models.safety import SafetyCheck
from .models.subjects import DataSubject

logger = logging.getLogger(__name__)

# What an event may say besides the ids. A new word is added here, and thought about.
DATA_KEYS = {
    "amount",
    "channel",
    "count",
    "currency",
    "event",
    "fields",
    "from_status",
    "kind",
    "market",
    "policy_version",
    "processor",
    "purpose",
    "quantity",
    "reason",
    "reference",
    "role",
    "since",
    "to_status",
    "topic",
}
# A code, an id or a list of names. Nothing with a space or an @, so neither names nor addresses.
CODE = re.compile(r"[\w.:,+-]{0,128}")


class NotAnId(ValueError):
    """Something was to be recorded that is not an id, a number or a code."""


class ChainBroken(Exception):
    """An event was changed, removed or inserted."""


def record(
    action: str, *, actor: Any = None, subject: Any = None, obj: Any = None, **data: Any
) -> AuditEvent:
    """Append an event. `actor` and `subject` are data subjects, or rows that have one (such as a user)."""
    _check_data(data)
    event = AuditEvent(
        actor_ref=_person_ref(actor),
        action=action,
        object_ref=_object_ref(obj),
        subject_ref=_person_ref(subject),
        data=data,
        key_name=current_key("AUDIT_KEYS")[0],
    )
    _append(event)
    return event


@transaction.atomic(savepoint=False)
def _append(event: AuditEvent) -> None:
    head, _created = AuditHead.objects.select_for_update().get_or_create(pk=1)
    event.seq, event.time, event.prev = head.seq + 1, timezone.now(), head.hash
    event.hash = sign(event)
    event.save(force_insert=True)
    head.seq, head.hash = event.seq, event.hash
    head.save(update_fields=["seq", "hash"])


def _check_data(data: dict[str, Any]) -> None:
    for key, value in data.items():
        if key not in DATA_KEYS:
            raise NotAnId(f"{key!r} is not among privacy.audit.DATA_KEYS")
        if isinstance(value, str) and CODE.fullmatch(value):
            continue
        if not (value is None or isinstance(value, bool | int)):
            raise NotAnId(f"{key!r} must be a number or a code, not {type(value).__name__}")


def _person_ref(person: Any) -> str:
    if person is None:
        return ""
    subject = person if isinstance(person, DataSubject) else person.subject
    return str(subject.audit_ref)


def _object_ref(obj: models.Model | None) -> str:
    return f"{obj._meta.label_lower}:{obj.pk}" if obj is not None else ""


def sign(event: AuditEvent) -> str:
    content = json.dumps(event.signed_content, sort_keys=True, separators=(",", ":"))
    return hmac.new(key_ring("AUDIT_KEYS")[event.key_name], content.encode(), sha256).hexdigest()


def verify() -> int:
    """Follow the chain from its first event to its head. Returns the number of events."""
    last = AuditEvent(seq=0, hash="")
    for event in _chain():
        if event.seq != last.seq + 1:
            raise ChainBroken(f"event {last.seq + 1} is missing")
        if event.prev != last.hash or not hmac.compare_digest(event.hash, sign(event)):
            raise ChainBroken(f"event {event.seq} was changed")
        last = event
    head = AuditHead.objects.filter(pk=1).first()
    if head and (head.seq, head.hash) != (last.seq, last.hash):
        raise ChainBroken(f"the chain ends at {last.seq}, but {head.seq} events were written")
    return last.seq


def inspect() -> SafetyCheck:
    """Follow the chain and keep the result, which the page about transparency shows."""
    began = monotonic()
    report: dict[str, Any] = {}
    try:
        report["events"] = verify()
    except ChainBroken as problem:
        report["problem"] = str(problem)
        logger.error("the audit trail is broken: %s", problem)
    return SafetyCheck.objects.create(
        kind=SafetyCheck.Kind.AUDIT,
        has_passed="problem" not in report,
        seconds=round(monotonic() - began),
        report=report,
    )


def _chain() -> Iterator[AuditEvent]:
    return AuditEvent.objects.order_by("seq").iterator(chunk_size=1000)
