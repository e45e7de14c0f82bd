"""Delete somebody's data at their wish: asked for, thought over or done at once, searched for, told.

Closing an account and a guest's request are the same thing. Apps that have something to stop at once, such as
an account, register what they do, and what they undo when the person thinks better of it. What is under way
goes last (`privacy.waiting`): until then the request is partly done, and goes on by itself.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from celery import shared_task
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from . import (
    backup,
    copies,
    erasure,
    file_removal,
    journal,
    mentions,
    parting,
    proof,
    requests,
    restriction,
    telling,
)
from .erasure import Obstructed, Plan, Step
from .models import DataSubject, Farewell, Mention, PrivacyRequest, Restriction, SubjectKey
from .proof import Hit, Needle
from .registry import NoPersonalData, declaration, declarations

logger = logging.getLogger(__name__)

COOLING_OFF = timedelta(days=7)
TRY_AGAIN = timedelta(hours=1)  # while something is under way
PATIENCE = timedelta(minutes=15)  # with a copy that is being made
ASKED = ("reference", "source", "start_at")  # what the journal keeps of a wish
FAREWELL = timedelta(days=3)  # as long as a mail is tried again
Kind, Status = PrivacyRequest.Kind, PrivacyRequest.Status
# Answered by somebody, whatever becomes of the data.
NOT_MERGED = (Kind.ERASURE, Kind.COMPLAINT, Kind.GUARDIAN)
Stop = Callable[[PrivacyRequest, Any], bool]
Resume = Callable[[PrivacyRequest, Any], None]
Deed = Callable[[PrivacyRequest], None]

_stops: list[Stop] = []
_resumes: list[Resume] = []
_firsts: list[Deed] = []


class TooLate(ValueError):
    """It has begun, or is done."""


def register(*, stop: Stop, resume: Resume) -> None:
    """`stop(request, actor)` says whether it told the person itself."""
    _stops.append(stop)
    _resumes.append(resume)


def register_first(deed: Deed) -> Deed:
    """Done before anything goes, such as to call off what is not paid. Done twice it does no harm."""
    _firsts.append(deed)
    return deed


@transaction.atomic
def ask(
    subject: DataSubject,
    *,
    source: PrivacyRequest.Source,
    at_once: bool = False,
    answers: Mapping[str, str] | None = None,
    actor: Any = None,
) -> PrivacyRequest:
    """Whoever asks is known to be the person. Asked again, it can only come sooner.

    `answers` are to the questions of `privacy.parting`. Raises `Obstructed` where something must end first.
    """
    request = _schedule(subject, source, at_once, actor)
    if request.status == Status.SCHEDULED:
        parting.act(request, answers or {}, actor)
    return request


@transaction.atomic
def include(request: PrivacyRequest, other: DataSubject, actor: Any) -> None:
    """The same person, known a second time by an address they proved: goes along, and is told with it."""
    source = PrivacyRequest.Source(request.source)
    if requests.open_of(other, Kind.ERASURE) is None:
        requests.receive(other, Kind.ERASURE, source=source, part_of=request)
    at_once = request.start_at is not None and request.start_at <= timezone.now()
    _schedule(other, source, at_once, actor)


def _schedule(
    subject: DataSubject, source: PrivacyRequest.Source, at_once: bool, actor: Any
) -> PrivacyRequest:
    subject = DataSubject.objects.select_for_update().get(pk=subject.pk)
    request = requests.current(subject, Kind.ERASURE, source=source)
    requests.verify(request, actor=actor)
    if request.status not in (Status.VERIFIED, Status.SCHEDULED):
        return request  # has begun
    if obstacles := erasure.obstacles(subject):
        raise Obstructed(obstacles)
    is_new = request.status == Status.VERIFIED
    request.start_at = timezone.now() if at_once else request.start_at or timezone.now() + COOLING_OFF
    request.save(update_fields=["start_at"])
    if is_new:
        journal.write("ask", subject, {name: getattr(request, name) for name in ASKED})
        requests.advance(request, Status.SCHEDULED, actor=actor)
        _stop(request, actor, at_once)
    if at_once and not request.part_of_id:
        run_deletion.delay_on_commit(request.pk)
    return request


def _stop(request: PrivacyRequest, actor: Any, at_once: bool) -> None:
    told = [stop(request, actor) for stop in _stops]
    if at_once:
        return
    restriction.restrict(
        request.subject,
        why=Restriction.Why.ERASURE,
        scope=Restriction.Scope.OPTIONAL,
        request=request,
        actor=actor,
    )
    if not any(told) and not request.part_of_id:
        telling.tell(request.subject, "request_changed", about=request, key="scheduled")


@transaction.atomic
def withdraw(request: PrivacyRequest, *, actor: Any = None) -> None:
    if not request.is_cancellable:
        raise TooLate(request.reference)
    requests.settle(request, Status.WITHDRAWN, actor=actor)
    journal.write_after_commit("stay", request.subject, {"reference": request.reference})
    for limit in Restriction.objects.asked_in(request):
        restriction.lift(limit, actor=actor)
    for resume in _resumes:
        resume(request, actor)
    for part in request.parts.open():
        withdraw(part, actor=actor)


@shared_task
def run_deletion(request_id: int) -> None:
    run(request_id)


def run_due() -> None:
    """What is due, and what a worker that died left behind. One that crashes holds up no other."""
    due = PrivacyRequest.objects.due().filter(kind=Kind.ERASURE)
    due = due.exclude(part_of__status=Status.SCHEDULED)  # goes along with what it is part of
    for request_id in due.values_list("pk", flat=True):
        try:
            run(request_id)
        except Exception:
            logger.exception("privacy request %s", request_id)
    end_farewells()


def run(request_id: int) -> None:
    """Begin or go on, wherever it was broken off."""
    request = _begin(request_id)
    if request is None:
        return
    is_gone = request.subject.status == DataSubject.Status.ERASED or _erase(request)
    for part in PrivacyRequest.objects.due().filter(part_of=request):
        run(part.pk)
    if not is_gone:
        return
    if request.parts.filter(status=Status.BLOCKED_PARTIAL).exists():
        _block(request)
        return
    if request.status in (Status.RUNNING, Status.FAILED):
        requests.advance(request, Status.VERIFYING)
    prove(request)


def _erase(request: PrivacyRequest) -> bool:
    """False where something is left that waits."""
    for deed in _firsts:
        deed(request)
    try:
        erased = erasure.erase(request.subject)
    except Obstructed:
        requests.advance(request, Status.SCHEDULED)
        _postpone(request)
        return False
    if erased.waiting:
        _block(request)
    return not erased.waiting


@transaction.atomic
def _begin(request_id: int) -> PrivacyRequest | None:
    """Never while another worker, or a copy that is being made, is at the same person."""
    due = PrivacyRequest.objects.due().filter(pk=request_id, kind=Kind.ERASURE)
    request = due.select_for_update(of=("self",), skip_locked=True).select_related("subject").first()
    if request is None or not _may_begin(request):
        return None
    if request.status in (Status.SCHEDULED, Status.BLOCKED_PARTIAL):
        _merge_others(request)
        if request.status == Status.SCHEDULED:
            _take_leave(request)
            request.outcome = []
        request.outcome = _add(request.outcome, erasure.plan(request.subject))
        requests.advance(request, Status.RUNNING)
    request.start_at = timezone.now()  # the lease of this worker
    request.save(update_fields=["start_at", "outcome"])
    return request


def _may_begin(request: PrivacyRequest) -> bool:
    subject = DataSubject.objects.select_for_update().get(pk=request.subject_id)
    if request.status not in (Status.SCHEDULED, Status.BLOCKED_PARTIAL):
        return True
    if copies.is_making(subject) and request.start_at and timezone.now() - request.start_at < PATIENCE:
        return False
    is_blocked = request.status == Status.BLOCKED_PARTIAL
    if erasure.obstacles(subject) or (is_blocked and not erasure.can_go_on(subject)):
        _postpone(request)
        return False
    return True


def _merge_others(request: PrivacyRequest) -> None:
    """What is deleted can neither be corrected nor copied any more."""
    others = PrivacyRequest.objects.open().filter(subject=request.subject).exclude(kind__in=NOT_MERGED)
    for other in others.exclude(pk=request.pk):
        requests.merge(other, into=request)


def _postpone(request: PrivacyRequest) -> None:
    request.start_at = timezone.now() + TRY_AGAIN
    request.save(update_fields=["start_at"])


def go_on(subject: DataSubject) -> None:
    """What it waited for may have ended: the release of a hold."""
    blocked = PrivacyRequest.objects.filter(subject=subject, status=Status.BLOCKED_PARTIAL)
    blocked.update(start_at=timezone.now())


@transaction.atomic
def _block(request: PrivacyRequest) -> None:
    requests.advance(request, Status.BLOCKED_PARTIAL)
    _postpone(request)
    if request.part_of_id is None:
        farewell = Farewell.objects.select_related("subject__key", "request").get(request=request)
        telling.tell(farewell.subject, "erasure_waits", about=farewell)


def _take_leave(request: PrivacyRequest) -> None:
    """Where to tell the outcome, and what must not be found again, under a key of their own."""
    if Farewell.objects.filter(request=request).exists():  # it had begun before, and something came between
        return
    contact = telling.contact_of(request.subject)
    marks = [[needle.kind, needle.text] for needle in proof.needles(request.subject)]
    farewell = Farewell(
        request=request,
        subject=DataSubject.objects.create(kind=DataSubject.Kind.RECIPIENT),
        language=contact.language if contact else "",
        country=contact.country if contact else "",
    )
    farewell.email, farewell.marks = contact.email if contact else "", marks
    farewell.save()


def prove(request: PrivacyRequest, *, actor: Any = None) -> None:
    """Look for the person everywhere; only who is found nowhere is told that it is done.

    While a file cannot be removed, it goes on being checked: the next run tries again.
    """
    if not file_removal.remove_all():
        return
    farewell = Farewell.objects.select_related("subject__key").get(request=request)
    marks = [Needle(kind, text) for kind, text in farewell.marks]
    hits = unexpected(proof.scan(marks))
    with transaction.atomic():
        if hits:
            logger.error("request %s: still found in %s", request.reference, [hit.place for hit in hits])
            requests.advance(request, Status.FAILED, actor=actor)
            return
        _note_mentions(request, marks)
        _merge_others(request)
        is_kept = any(step.until for step in outcome(request).staying)
        requests.settle(
            request, Status.COMPLETED_WITH_RETENTION if is_kept else Status.COMPLETED, actor=actor
        )
        if request.part_of is None or not request.part_of.is_open:
            telling.tell(farewell.subject, "erasure_done", about=farewell)


def _note_mentions(request: PrivacyRequest, marks: list[Needle]) -> None:
    """Words of other people are theirs: a colleague reads them, and takes out what leads to the person."""
    for row, column in mentions.find(marks):
        kind = ContentType.objects.get_for_model(row)
        Mention.objects.get_or_create(
            request=request, content_type=kind, object_id=str(row.pk), column=column
        )


def unexpected(hits: list[Hit]) -> list[Hit]:
    """The shop's own words may contain a name too; the mailboxes of the demo are not the shop's."""
    own = {data.model._meta.db_table for data in declarations() if isinstance(data, NoPersonalData)}
    mailboxes = [
        str(folder) for folder in (getattr(settings, "EMAIL_FILE_PATH", None), settings.SMS_DIR) if folder
    ]
    return [
        hit
        for hit in hits
        if hit.place.partition(".")[0] not in own
        and not any(str(Path(settings.VAR_DIR) / hit.place).startswith(folder) for folder in mailboxes)
    ]


def _add(before: list[dict[str, Any]], planned: Plan) -> list[dict[str, Any]]:
    """What went, and stayed, so far and now; what waits is told when it goes."""
    proofs = {step.data.model._meta.label for step in planned.staying if step.data.outlives}
    so_far = [entry for entry in before if entry["model"] not in proofs]  # counted again, not more
    now = [
        {
            "model": step.data.model._meta.label,
            "count": step.count,
            "until": step.until.isoformat() if step.until else None,
            "reason": step.reason,
        }
        for step in (*planned.going, *planned.staying)
    ]
    return _summed([*so_far, *now])


def _summed(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("model", "until", "reason")
    counts: Counter[tuple[Any, ...]] = Counter()
    for entry in entries:
        counts[tuple(entry.get(name) for name in names)] += entry["count"]
    return [dict(zip(names, key, strict=True)) | {"count": count} for key, count in counts.items()]


def outcome(request: PrivacyRequest) -> Plan:
    """What went, stayed and waits, in the words of today, together with what went along."""
    parts = [request, *request.parts.select_related("subject")]
    kept = [entry for one in parts for entry in one.outcome]
    blocked = [one for one in parts if one.status == Status.BLOCKED_PARTIAL]
    waits = [step for one in blocked for step in erasure.plan(one.subject).steps if step.waits]
    return Plan((*_steps(_summed(kept)), *waits))


def backups_end_on(request: PrivacyRequest) -> date | None:
    """Only what was deleted can be left in a backup."""
    if request.completed_at is None or not request.outcome:
        return None
    return timezone.localtime(request.completed_at + backup.KEPT_FOR).date()


def _steps(kept: list[dict[str, Any]]) -> Iterator[Step]:
    for entry in kept:
        data = declaration(apps.get_model(entry["model"]))
        if data is None:
            continue
        until = date.fromisoformat(entry["until"]) if entry["until"] else None
        yield erasure.step(data, entry["count"], until, entry["reason"] or "")


def end_farewells() -> None:
    """The mail has gone out, or never will: the address goes, with its key."""
    ended = Farewell.objects.filter(
        request__completed_at__lt=timezone.now() - FAREWELL, request__status__in=PrivacyRequest.SETTLED
    )
    for farewell in ended:
        with transaction.atomic():
            journal.write("destroy_key", farewell.subject)
            SubjectKey.objects.filter(subject=farewell.subject_id).delete()
            farewell.delete()
