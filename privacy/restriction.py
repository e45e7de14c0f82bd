"""Limits to the use of a person's data (Art. 18 and 21 GDPR): set at once, lifted only after a word to them.

What a limit refuses is decided in `privacy.gate`. Apps that have something under way, such as an order to be
packed, ask the gate where they act; nothing has to be switched off by hand.
"""

from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from . import audit, journal, telling
from .models import DataSubject, PrivacyRequest, Restriction
from .purposes import Purpose

NOTICE = timedelta(days=3)  # between telling a person and lifting (Art. 18(3) GDPR asks for a word before)
Scope, Why = Restriction.Scope, Restriction.Why


@transaction.atomic
def restrict(
    subject: DataSubject,
    *,
    why: Restriction.Why,
    scope: Restriction.Scope = Scope.EVERYTHING,
    purpose: Purpose | None = None,
    data: type[models.Model] | None = None,
    request: PrivacyRequest | None = None,
    actor: Any = None,
) -> Restriction:
    """In effect with the next question asked of the gate. Set twice, the first one stands."""
    DataSubject.objects.select_for_update().get(pk=subject.pk)
    limit, is_new = Restriction.objects.active().get_or_create(
        subject=subject,
        scope=scope,
        purpose=purpose.value if purpose else "",
        data=data._meta.label_lower if data else "",
        why=why,
        defaults={"request": request},
    )
    if is_new:
        journal.write("restrict", subject)
        audit.record("subject.restricted", actor=actor, subject=subject, obj=limit, why=why.value)
        settle_status(subject)
    return limit


@transaction.atomic
def announce_end(limit: Restriction, *, actor: Any = None) -> None:
    """The person is told first, and has some days to say no."""
    if limit.lifts_at is None:
        limit.lifts_at = timezone.now() + NOTICE
        limit.save(update_fields=["lifts_at"])
        telling.tell(limit.subject, "restriction_ends", about=limit)
        audit.record("restriction.announced", actor=actor, subject=limit.subject, obj=limit)


@transaction.atomic
def lift(limit: Restriction, *, actor: Any = None) -> None:
    """At once: at the person's own wish, or when the days after the word are over."""
    limit = Restriction.objects.select_for_update(of=("self",)).select_related("subject").get(pk=limit.pk)
    if limit.is_active:
        limit.lifted_at = timezone.now()
        limit.save(update_fields=["lifted_at"])
        journal.write("lift", limit.subject)
        audit.record("subject.unrestricted", actor=actor, subject=limit.subject, obj=limit)
        settle_status(limit.subject)


def lift_due() -> None:
    for limit in Restriction.objects.lifting_due():
        lift(limit)


def settle_status(subject: DataSubject) -> None:
    """A person is restricted while a limit covers everything."""
    is_total = Restriction.objects.of(subject).total().exists()
    before, after = DataSubject.Status.ACTIVE, DataSubject.Status.RESTRICTED
    if not is_total:
        before, after = after, before
    DataSubject.objects.filter(pk=subject.pk, status=before).update(status=after)
    subject.refresh_from_db(fields=["status"])
