"""Limits to the use of a person's data (Art. 18 and 21 GDPR): set at once, lifted only after a word to them.

What a limit refuses is decided in `privacy.gate`. Apps that have something under way, such as an order to be
packed, ask the gate where they act; nothing has to be switched off by hand.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from . import audit, journal, telling
from .models import DataSubject, PrivacyRequest, Restriction
from .purposes import Category, Purpose
from .registry import Origin, Personal, PersonalData, declarations

NOTICE = timedelta(days=3)  # between telling a person and lifting (Art. 18(3) GDPR asks for a word before)
Scope, Why = Restriction.Scope, Restriction.Why
# What can be right or wrong about somebody.
DISPUTABLE = {Category.IDENTITY, Category.CONTACT, Category.ADDRESS, Category.PROFILE}
READS_RESTRICTED, READS_CHILDREN = "privacy.change_privacyrequest", "privacy.view_minorcase"


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
        journal.write_row("restrict", limit, "since")
        settle_status(subject)
        audit.record("subject.restricted", actor=actor, subject=subject, obj=limit, reason=why.value)
    return limit


@transaction.atomic
def announce_end(limit: Restriction, *, actor: Any = None) -> None:
    """The person is told first, and has some days to say no."""
    if limit.is_active and limit.lifts_at is None:
        limit.lifts_at = timezone.now() + NOTICE
        limit.save(update_fields=["lifts_at"])
        telling.tell(limit.subject, "restriction_ends", about=limit, key=limit.lifts_at.isoformat())
        audit.record("restriction.announced", actor=actor, subject=limit.subject, obj=limit)


@transaction.atomic
def keep(limit: Restriction) -> None:
    """The person says no: it goes on until somebody has spoken with them."""
    if Restriction.objects.active().filter(pk=limit.pk, lifts_at__isnull=False).update(lifts_at=None):
        audit.record("restriction.kept", actor=limit.subject, subject=limit.subject, obj=limit)


@transaction.atomic
def lift(limit: Restriction, *, actor: Any = None) -> None:
    """At once: at the person's own wish, or when the days after the word are over."""
    limit = Restriction.objects.select_for_update(of=("self",)).select_related("subject").get(pk=limit.pk)
    if limit.is_active:
        limit.lifted_at = timezone.now()
        limit.save(update_fields=["lifted_at"])
        transaction.on_commit(lambda: journal.write_row("lift", limit, "since"))
        settle_status(limit.subject)
        audit.record("subject.unrestricted", actor=actor, subject=limit.subject, obj=limit)


def lift_due() -> None:
    """Each looked at again under its lock: the person may say no in this very moment."""
    for pk in list(Restriction.objects.lifting_due().values_list("pk", flat=True)):
        with transaction.atomic():
            due = Restriction.objects.lifting_due().select_for_update().filter(pk=pk).first()
            if due:
                lift(due)


def end_dispute(subject: DataSubject, data: type[models.Model]) -> None:
    """What was in dispute has been corrected; the person is told that it is used again soon."""
    for limit in Restriction.objects.of(subject).filter(why=Why.DISPUTED, data=data._meta.label_lower):
        announce_end(limit)


@transaction.atomic
def settle_status(subject: DataSubject) -> None:
    """A person is restricted while a limit covers everything. Locked, so that two lifts see each other."""
    DataSubject.objects.select_for_update().get(pk=subject.pk)
    is_total = Restriction.objects.of(subject).total().exists()
    before, after = DataSubject.Status.ACTIVE, DataSubject.Status.RESTRICTED
    if not is_total:
        before, after = after, before
    DataSubject.objects.filter(pk=subject.pk, status=before).update(status=after)
    subject.refresh_from_db(fields=["status"])


def disputable(subject: DataSubject) -> list[PersonalData]:
    """The kinds of rows held about a person of which they may say that they are wrong."""
    return [data for data in declarations() if _is_disputable(data) and data.rows_of(subject).exists()]


def disputable_columns(data: PersonalData) -> list[Personal]:
    typed = (column for column in data.personal.values() if column.origin == Origin.ACTIVE)
    return [column for column in typed if column.category in DISPUTABLE]


def _is_disputable(data: PersonalData) -> bool:
    return bool(data.subject and data.purpose != Purpose.RIGHTS and disputable_columns(data))


def since(subject: DataSubject) -> datetime | None:
    """Since when everything about a person is restricted; None where it is not."""
    if subject.status != DataSubject.Status.RESTRICTED:
        return None
    first = Restriction.objects.of(subject).total().order_by("since").first()
    return first.since if first else subject.created_at


def reader_of(subject: DataSubject) -> str:
    """The right it takes to open what is kept about somebody who is restricted."""
    protected = Restriction.objects.children().filter(subject=subject)
    return READS_CHILDREN if protected.exists() else READS_RESTRICTED
