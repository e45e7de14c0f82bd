"""Cases against colleagues: opened by what happened, decided by somebody else, deleted by nobody."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from . import audit, telling
from .models import AccessGrant, DataSubject, StaffViolation

Deed = Callable[[DataSubject], None]
Kind, Status, Sanction = StaffViolation.Kind, StaffViolation.Status, StaffViolation.Sanction

_suspends: list[Deed] = []
_resumes: list[Deed] = []


class OwnCase(PermissionError):
    """Nobody decides what they are accused of."""


def register(*, suspend: Deed, resume: Deed) -> None:
    """How a colleague is kept out of the shop, and let in again. Both may be asked twice."""
    _suspends.append(suspend)
    _resumes.append(resume)


@transaction.atomic
def stop(colleague: DataSubject) -> StaffViolation:
    """Somebody helps themselves: out at once, and looked into afterwards."""
    case = StaffViolation.objects.create(subject=colleague, kind=Kind.TOO_MANY)
    _each(_suspends, colleague)
    _opened(case)
    return case


@transaction.atomic
def open_about(grant: AccessGrant, kind: StaffViolation.Kind) -> StaffViolation:
    """One look makes one case."""
    case, is_new = StaffViolation.objects.get_or_create(
        grant=grant, defaults={"subject": grant.staff, "kind": kind}
    )
    if is_new:
        _opened(case)
    return case


@transaction.atomic
def investigate(case: StaffViolation, *, actor: Any) -> None:
    _advance(case, Status.INVESTIGATING, actor)


@transaction.atomic
def uphold(case: StaffViolation, *, sanction: StaffViolation.Sanction, actor: Any) -> None:
    """Only a warning leaves somebody at work."""
    _advance(case, Status.UPHELD, actor, sanction=sanction, decided_at=timezone.now())
    if sanction == Sanction.WARNING:
        _let_in(case)
    else:
        _each(_suspends, case.subject)


@transaction.atomic
def dismiss(case: StaffViolation, *, actor: Any) -> None:
    _advance(case, Status.DISMISSED, actor, decided_at=timezone.now())
    _let_in(case)


def _advance(case: StaffViolation, to: StaffViolation.Status, actor: Any, **changes: Any) -> None:
    if actor.subject == case.subject:
        raise OwnCase(case.pk)
    case.advance(to, actor=actor, **changes)
    audit.record(
        "violation.moved",
        actor=actor,
        obj=case,
        to_status=to.value,
        reason=case.sanction,
    )


def _let_in(case: StaffViolation) -> None:
    """Whom this case kept out, unless another one does."""
    others = StaffViolation.objects.filter(subject=case.subject).exclude(pk=case.pk)
    is_out = others.open().filter(kind=Kind.TOO_MANY) | others.exclude(sanction__in=["", Sanction.WARNING])
    if case.kind == Kind.TOO_MANY and not is_out.exists():
        _each(_resumes, case.subject)


def _opened(case: StaffViolation) -> None:
    telling.tell_desk("violation_opened", about=case, key="opened")
    audit.record("violation.opened", obj=case, kind=case.kind)


def _each(deeds: list[Deed], colleague: DataSubject) -> None:
    for deed in deeds:
        deed(colleague)
