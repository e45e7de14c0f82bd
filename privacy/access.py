"""Who may read what is kept about somebody, unmasked: with a grant, for half an hour, written down.

A right of a role opens lists, which are masked. What stands behind the masks asks for a grant, the owner too:
`open_` gives one where work is under way that needs the row; whoever has another reason says it to
`break_glass`, and colleagues who help with rights look at it within three days. Apps register their work.
"""

from collections.abc import Callable
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from . import audit, telling, violations
from .models import AccessGrant, DataSubject
from .purposes import Purpose
from .registry import declaration

Rule = Callable[[Any, Any], bool]  # (colleague, row): is there work that needs this row?
RoleOf = Callable[[Any], str]
Kind, Outcome = AccessGrant.Kind, AccessGrant.Outcome

SHORTEST_REASON = 20
MOST = ((timedelta(hours=1), 50), (timedelta(days=1), 200))

_rules: dict[type[models.Model], Rule] = {}
_role_of: list[RoleOf] = []


class NeedsGrant(PermissionDenied):
    """No work gives leave to read this row; a reason may."""


class TooMany(PermissionDenied):
    """More people were looked at than any work needs. The colleague is out."""


class NoReason(ValueError):
    """Two words are no reason."""


class OwnLook(PermissionError):
    """Nobody reviews what they looked at themselves."""


def register_work(model: type[models.Model], is_at_work: Rule) -> None:
    _rules[model] = is_at_work


def register_role(find: RoleOf) -> RoleOf:
    _role_of.append(find)
    return find


def open_(colleague: Any, row: models.Model) -> AccessGrant:
    """Leave to read a row: what was given lately, or what the work gives. Refusals are written down."""
    lately = AccessGrant.objects.running().filter(staff=colleague.subject, reference=_reference(row)).first()
    if lately:
        return lately
    is_at_work = _rules.get(type(row))
    if is_at_work and is_at_work(colleague, row):
        return _give(colleague, row, kind=Kind.AUTOMATIC, purpose=_purpose(row))
    audit.record("access.refused", actor=colleague, subject=person_of(row), obj=row)
    raise NeedsGrant(_reference(row))


def break_glass(colleague: Any, row: models.Model, *, purpose: Purpose, reason: str) -> AccessGrant:
    """No work of theirs needs it: they say why, and answer for it."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise NoReason
    return _give(colleague, row, kind=Kind.BREAK_GLASS, purpose=purpose, reason=reason)


@transaction.atomic
def review(grant: AccessGrant, *, outcome: AccessGrant.Outcome, actor: Any) -> None:
    """Judged once, by somebody else."""
    if actor.subject == grant.staff:
        raise OwnLook(grant.pk)
    judged = {"reviewed_at": timezone.now(), "outcome": outcome}
    if AccessGrant.objects.to_review().filter(pk=grant.pk).update(**judged):
        if outcome == Outcome.NOT_IN_ORDER:
            violations.open_about(grant, violations.Kind.NOT_IN_ORDER)
        audit.record("access.reviewed", actor=actor, subject=grant.subject, obj=grant, reason=outcome.value)


def note_unreviewed() -> None:
    """A look nobody judged in time counts against whoever looked."""
    for grant in AccessGrant.objects.overdue().filter(violation=None).select_related("staff"):
        violations.open_about(grant, violations.Kind.UNREVIEWED)


def person_of(row: models.Model | None) -> DataSubject | None:
    """Follows what is declared to lead to the person; rows about nobody lead to none."""
    data = declaration(type(row)) if row else None
    if data is None or not data.subject:
        return None
    person = row if data.subject == "pk" else attrgetter(data.subject.replace("__", "."))(row)
    return person if isinstance(person, DataSubject) else None


def _give(
    colleague: Any, row: models.Model, *, kind: AccessGrant.Kind, purpose: Purpose, reason: str = ""
) -> AccessGrant:
    """Whoever has had enough is stopped, which stands although nothing is given."""
    with transaction.atomic():
        # Two looks at once are counted one after the other.
        staff = DataSubject.objects.select_for_update().get(pk=colleague.subject.pk)
        if not _has_had_enough(staff):
            return _grant(colleague, row, kind=kind, purpose=purpose, reason=reason)
        violations.stop(staff)
    raise TooMany


def _grant(colleague: Any, row: models.Model, **given: Any) -> AccessGrant:
    person, now = person_of(row), timezone.now()
    assert person is not None  # a row about nobody is never asked for
    role = "+".join(find(colleague) for find in _role_of)
    grant = AccessGrant.objects.create(
        subject=person,
        staff=colleague.subject,
        role=role,
        reference=_reference(row),
        granted_at=now,
        expires_at=now + AccessGrant.OPEN_FOR,
        **given,
    )
    if grant.kind == Kind.BREAK_GLASS:
        telling.tell_desk("glass_broken", about=grant, key="broken")
    audit.record(
        "access.revealed",
        actor=colleague,
        subject=person,
        obj=row,
        role=role,
        purpose=grant.purpose,
        kind=grant.kind,
    )
    return grant


def _has_had_enough(staff: DataSubject) -> bool:
    """Counted are rows, not looks: the same order ten times in half an hour is one."""
    now = timezone.now()
    looks = AccessGrant.objects.filter(staff=staff)
    return any(looks.filter(granted_at__gt=now - period).count() >= most for period, most in MOST)


def _purpose(row: models.Model) -> Purpose:
    data = declaration(type(row))
    return data.purpose if data and data.purpose else Purpose.SUPPORT


def _reference(row: models.Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"
