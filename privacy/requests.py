"""Requests of people who use their rights: received with a reference and a day to answer by, moved from state
to state, extended or refused with a reason, and settled. The privacy desk is warned of what falls due.
"""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from . import audit, deadlines, telling
from .models import DataSubject, PrivacyRequest

Status = PrivacyRequest.Status
PROVE_WITHIN = timedelta(days=30)
UNUSED_FOR = timedelta(days=3)
# What begins with a press on the page of the right; before that, nothing was asked.
BY_PAGE = (
    PrivacyRequest.Kind.ACCESS,
    PrivacyRequest.Kind.PORTABILITY,
    PrivacyRequest.Kind.ERASURE,
    PrivacyRequest.Kind.RESTRICTION,
    PrivacyRequest.Kind.OBJECTION,
    PrivacyRequest.Kind.WITHDRAWAL,
)
# The mail about somebody's message names the request; who has long been away has asked for nothing.
TOLD_OTHERWISE = (PrivacyRequest.Source.CONTACT, PrivacyRequest.Source.IDLE)
# How many days before the last one the privacy desk is warned; once more when it is over.
WARN_BEFORE = (7, 2)
OVERDUE = "overdue"


class NoExtension(ValueError):
    """The law of that place knows none, its first limit is over, or it was extended already."""


@transaction.atomic
def receive(
    subject: DataSubject,
    kind: PrivacyRequest.Kind,
    *,
    source: PrivacyRequest.Source,
    part_of: PrivacyRequest | None = None,
) -> PrivacyRequest:
    """The clock runs from now, and the person is told so. Asked twice, the second points to the first."""
    first = open_of(subject, kind)
    today, country = timezone.localdate(), country_of(subject)
    request = PrivacyRequest.objects.create(
        subject=subject,
        kind=kind,
        source=source,
        status=Status.DUPLICATE if first else Status.RECEIVED,
        duplicate_of=first,
        part_of=part_of,
        due_on=deadlines.answer_by(today, country, kind),
        legal_limit_on=deadlines.of(country, kind).limit(today),
        completed_at=timezone.now() if first else None,
    )
    audit.record(
        "request.received", subject=subject, obj=request, kind=kind.value, reference=request.reference
    )
    if source not in TOLD_OTHERWISE and part_of is None:  # a part is told with the whole
        telling.tell(subject, "request_received", about=request)
    return request


def open_of(subject: DataSubject, kind: PrivacyRequest.Kind) -> PrivacyRequest | None:
    return PrivacyRequest.objects.open().filter(subject=subject, kind=kind).order_by("pk").first()


def current(
    subject: DataSubject, kind: PrivacyRequest.Kind, *, source: PrivacyRequest.Source
) -> PrivacyRequest:
    """The one that is open already, or a new one."""
    return open_of(subject, kind) or receive(subject, kind, source=source)


def country_of(subject: DataSubject) -> str:
    """Whose law counts: where the person says they live, or else where they shop."""
    if subject.jurisdiction:
        return subject.jurisdiction
    contact = telling.contact_of(subject)
    return contact.country if contact else ""


@transaction.atomic
def advance(request: PrivacyRequest, to: str, *, actor: Any = None) -> None:
    before = request.status
    request.advance(to, actor=actor)
    audit.record(
        "request.advanced",
        actor=actor,
        subject=request.subject,
        obj=request,
        reference=request.reference,
        from_status=before,
        to_status=to,
    )


@transaction.atomic
def verify(request: PrivacyRequest, *, actor: Any = None) -> None:
    """We know now who asks."""
    request.refresh_from_db(fields=["status"])
    if request.is_unproved:
        advance(request, Status.VERIFIED, actor=actor)


@transaction.atomic
def settle(request: PrivacyRequest, to: str, *, actor: Any = None, reason: str = "") -> None:
    advance(request, to, actor=actor)
    request.completed_at, request.reason = timezone.now(), reason or request.reason
    request.save(update_fields=["completed_at", "reason"])


@transaction.atomic
def merge(request: PrivacyRequest, *, into: PrivacyRequest) -> None:
    """The other one answers both."""
    request.duplicate_of = into
    request.save(update_fields=["duplicate_of"])
    settle(request, Status.DUPLICATE)


def refuse(request: PrivacyRequest, *, reason: PrivacyRequest.Reason, actor: Any) -> None:
    """The person is told why, and which authority they may complain to."""
    with transaction.atomic():
        settle(request, Status.REFUSED, actor=actor, reason=reason)
        telling.tell(request.subject, "request_changed", about=request, key="refused")


def complete(request: PrivacyRequest, *, actor: Any) -> None:
    with transaction.atomic():
        settle(request, Status.COMPLETED, actor=actor)
        telling.tell(request.subject, "request_changed", about=request, key="completed")


@transaction.atomic
def finish(request: PrivacyRequest, *, actor: Any = None) -> None:
    """Done at the wish of whoever is known to be the person; once, however often they wish for more."""
    verify(request, actor=actor)
    if request.is_open:
        complete(request, actor=actor)


@transaction.atomic
def extend(request: PrivacyRequest, *, reason: PrivacyRequest.Reason, actor: Any) -> None:
    """Once, before the first limit, as long as the law allows; the person is told, with the reason."""
    request = PrivacyRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    until = extended_limit(request)
    if until is None:
        raise NoExtension(request.reference)
    request.due_on = request.legal_limit_on = until
    request.extended_at, request.reason = timezone.now(), reason
    request.save(update_fields=["due_on", "legal_limit_on", "extended_at", "reason"])
    telling.tell(request.subject, "request_changed", about=request, key="extended")
    audit.record("request.extended", actor=actor, subject=request.subject, obj=request, reason=reason.value)


def extended_limit(request: PrivacyRequest) -> date | None:
    """The last day after an extension; None where none is possible."""
    received_on = timezone.localtime(request.received_at).date()
    deadline = deadlines.of(country_of(request.subject), request.kind)
    late = timezone.localdate() > deadline.limit(received_on)
    return None if late or request.extended_at or not request.is_open else deadline.extended(received_on)


def warn_desk() -> None:
    """A week and two days before a request is due, and when it is overdue: once each; anew if extended."""
    soon = timezone.localdate() + timedelta(days=max(WARN_BEFORE))
    for request in PrivacyRequest.objects.open().filter(due_on__lte=soon):
        telling.tell_desk("request_due", about=request, key=f"{request.due_on}:{stage_of(request)}")


def stage_of(request: PrivacyRequest) -> str:
    """How near its day a request is that is due within a week."""
    if request.is_overdue:
        return OVERDUE
    left = (request.due_on - timezone.localdate()).days
    return str(min(days for days in WARN_BEFORE if left <= days))


def give_up_unproven() -> None:
    """Whoever has not shown for a month who they are has not asked."""
    long_ago = timezone.now() - PROVE_WITHIN
    for request in PrivacyRequest.objects.filter(status=Status.IDENTITY_PENDING, received_at__lt=long_ago):
        settle(request, Status.IDENTITY_FAILED)


def lapse_unused() -> None:
    """Whoever opened the page of a right and asked for nothing there has asked for nothing; they are told."""
    opened = PrivacyRequest.objects.filter(
        status=Status.VERIFIED,
        kind__in=BY_PAGE,
        source__in=(PrivacyRequest.Source.HUB, PrivacyRequest.Source.ACCOUNT),
        received_at__lt=timezone.now() - UNUSED_FOR,
        restrictions__isnull=True,
    )
    for request in opened.select_related("subject"):
        with transaction.atomic():
            settle(request, Status.WITHDRAWN)
            telling.tell(request.subject, "request_changed", about=request, key="unused")
