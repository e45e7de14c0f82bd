"""Delete somebody's data at their wish: asked for, thought over or done at once, searched for, told.

Closing an account and a guest's request are the same thing. Apps that have something to stop at once, such as
an account, register what they do, and what they undo when the person thinks better of it.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from celery import shared_task
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from . import erasure, file_removal, journal, proof, requests, telling
from .erasure import Plan, Step
from .models import DataSubject, Farewell, PrivacyRequest, SubjectKey
from .proof import Hit, Needle
from .registry import NoPersonalData, declaration, declarations

logger = logging.getLogger(__name__)

COOLING_OFF = timedelta(days=7)
TRY_AGAIN = timedelta(hours=12)  # while a parcel is on its way
FAREWELL = timedelta(days=3)  # as long as a mail is tried again
Status = PrivacyRequest.Status
Stop = Callable[[PrivacyRequest, Any], bool]
Resume = Callable[[PrivacyRequest, Any], None]

_stops: list[Stop] = []
_resumes: list[Resume] = []


class TooLate(ValueError):
    """It has begun, or is done."""


def register(*, stop: Stop, resume: Resume) -> None:
    """`stop(request, actor)` says whether it told the person itself."""
    _stops.append(stop)
    _resumes.append(resume)


@transaction.atomic
def ask(
    subject: DataSubject, *, source: PrivacyRequest.Source, at_once: bool = False, actor: Any = None
) -> PrivacyRequest:
    """Whoever asks is known to be the person. Asked again, it can only come sooner."""
    DataSubject.objects.select_for_update().get(pk=subject.pk)
    request = requests.current(subject, PrivacyRequest.Kind.ERASURE, source=source)
    if request.status in PrivacyRequest.AT_WORK:
        return request
    requests.verify(request, actor=actor)
    is_new = request.status != Status.SCHEDULED
    request.start_at = timezone.now() if at_once else request.start_at or timezone.now() + COOLING_OFF
    request.save(update_fields=["start_at"])
    if is_new:
        requests.advance(request, Status.SCHEDULED, actor=actor)
        _stop(request, actor, at_once)
    if at_once:
        run_deletion.delay_on_commit(request.pk)
    return request


def _stop(request: PrivacyRequest, actor: Any, at_once: bool) -> None:
    told = [stop(request, actor) for stop in _stops]
    if not any(told) and not at_once:
        telling.tell(request.subject, "request_changed", about=request, key="scheduled")


@transaction.atomic
def withdraw(request: PrivacyRequest, *, actor: Any = None) -> None:
    if not request.is_cancellable:
        raise TooLate(request.reference)
    requests.settle(request, Status.WITHDRAWN, actor=actor)
    for resume in _resumes:
        resume(request, actor)


@shared_task
def run_deletion(request_id: int) -> None:
    run(request_id)


def run_due() -> None:
    """What is due, and what a worker that died left behind. One that crashes holds up no other."""
    due = PrivacyRequest.objects.due().filter(kind=PrivacyRequest.Kind.ERASURE)
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
    try:
        if request.subject.status != DataSubject.Status.ERASED:
            erasure.erase(request.subject)
    except erasure.Obstructed:
        requests.advance(request, Status.SCHEDULED)
        _postpone(request)
        return
    if request.status in (Status.RUNNING, Status.FAILED):
        requests.advance(request, Status.VERIFYING)
    prove(request)


@transaction.atomic
def _begin(request_id: int) -> PrivacyRequest | None:
    due = PrivacyRequest.objects.due().filter(pk=request_id, kind=PrivacyRequest.Kind.ERASURE)
    request = due.select_for_update(of=("self",), skip_locked=True).select_related("subject").first()
    if request is None:
        return None
    if request.status == Status.SCHEDULED:
        planned = erasure.plan(request.subject)
        if planned.obstacles:
            _postpone(request)
            return None
        request.outcome = _as_kept(planned)
        _take_leave(request)
        requests.advance(request, Status.RUNNING)
    request.start_at = timezone.now()  # the lease of this worker
    request.save(update_fields=["start_at", "outcome"])
    return request


def _postpone(request: PrivacyRequest) -> None:
    request.start_at = timezone.now() + TRY_AGAIN
    request.save(update_fields=["start_at"])


def _take_leave(request: PrivacyRequest) -> None:
    """Where to tell the outcome, and what must not be found again, under a key of their own."""
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
    hits = unexpected(proof.scan([Needle(kind, text) for kind, text in farewell.marks]))
    with transaction.atomic():
        if hits:
            logger.error("request %s: still found in %s", request.reference, [hit.place for hit in hits])
            requests.advance(request, Status.FAILED, actor=actor)
            return
        is_kept = any(step.until for step in outcome(request))
        requests.settle(
            request, Status.COMPLETED_WITH_RETENTION if is_kept else Status.COMPLETED, actor=actor
        )
        telling.tell(farewell.subject, "erasure_done", about=farewell)


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


def _as_kept(planned: Plan) -> list[dict[str, Any]]:
    return [
        {
            "model": step.data.model._meta.label,
            "count": step.count,
            "until": step.until.isoformat() if step.until else None,
            "reason": step.reason,
        }
        for step in planned.steps
    ]


def outcome(request: PrivacyRequest) -> list[Step]:
    """What went and what stayed, in the words of today."""
    return list(_steps(request.outcome))


def _steps(kept: list[dict[str, Any]]) -> Iterator[Step]:
    for entry in kept:
        data = declaration(apps.get_model(entry["model"]))
        if data is None:
            continue
        until = date.fromisoformat(entry["until"]) if entry["until"] else None
        yield erasure.step(data, entry["count"], until, entry.get("reason", ""))


def end_farewells() -> None:
    """The mail has gone out, or never will: the address goes, with its key."""
    ended = Farewell.objects.filter(
        created_at__lt=timezone.now() - FAREWELL, request__status__in=PrivacyRequest.SETTLED
    )
    for farewell in ended:
        with transaction.atomic():
            journal.write("destroy_key", farewell.subject)
            SubjectKey.objects.filter(subject=farewell.subject_id).delete()
            farewell.delete()
