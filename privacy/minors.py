"""The suspicion that an account belongs to a child, from its first sign on.

A sign by itself stops only what is optional until a colleague has looked: no report locks a grown-up out.
What somebody says of themselves, and what a guardian has proved, stops everything but their rights. No birth
date is asked for and none is kept here: an age group is. How it goes on is in `guardians`.
"""

from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import ages, audit, deadlines, journal, requests, restriction, telling
from .models import DataSubject, Guardian, MinorCase, PrivacyRequest, Restriction

ANSWER_WITHIN = timedelta(days=14)
GIVE_UP_AFTER = timedelta(days=30)  # without a word of a guardian everything is deleted
Bracket, Signal, Status = MinorCase.Bracket, MinorCase.Signal, MinorCase.Status
Scope, Why = Restriction.Scope, Restriction.Why
HEARSAY = (Signal.TICKET, Signal.REPORT)
QUESTIONED = (Status.VERIFYING, Status.RESTRICTED)  # whoever stands here is asked for the age group


class Grounds(models.TextChoices):
    """Why a colleague takes somebody for grown up."""

    STATEMENT = "statement", _("They say so, and nothing speaks against it")
    PAYMENT = "payment", _("They pay with a card or an account of their own")
    MISTAKE = "mistake", _("The first sign was a mistake")


@transaction.atomic
def suspect(
    subject: DataSubject,
    *,
    signal: MinorCase.Signal,
    request: PrivacyRequest | None = None,
    actor: Any = None,
) -> MinorCase | None:
    """A colleague is to look. None where one has looked before, and there is nothing but hearsay."""
    settled = MinorCase.objects.filter(subject=subject, closed_at__isnull=False)
    if signal in HEARSAY and settled.exists():
        return None
    case = _case(subject, signal, request, actor)
    restriction.restrict(subject, why=Why.MINOR, scope=Scope.OPTIONAL, request=request, actor=actor)
    return case


def born(subject: DataSubject, born_on: date) -> MinorCase | None:
    """What somebody tells of their own accord. None for a grown-up; nothing of the date is kept here."""
    bracket = ages.bracket_of(born_on, requests.country_of(subject))
    if bracket == Bracket.ADULT:
        return None
    agreed = MinorCase.objects.filter(subject=subject, status=Status.GUARDIAN_CONSENTED).first()
    return agreed or protect(subject, signal=Signal.BIRTH_DATE, bracket=bracket, actor=subject)


@transaction.atomic
def protect(
    subject: DataSubject, *, signal: MinorCase.Signal, bracket: str = "", actor: Any = None
) -> MinorCase:
    """After a sign of weight: nothing is used any more but for what the person is owed."""
    case = _case(subject, signal, None, actor)
    if bracket:
        case.bracket = bracket
        case.save(update_fields=["bracket"])
    if case.can_advance(Status.RESTRICTED):
        restriction.restrict(subject, why=Why.MINOR, actor=actor)
        telling.tell(subject, "minor_restricted", about=case)
        advance(case, Status.RESTRICTED, actor=actor)
    return case


def open_case(subject: DataSubject) -> MinorCase | None:
    return MinorCase.objects.open().filter(subject=subject).select_related("subject").first()


@transaction.atomic
def ask(case: MinorCase, *, actor: Any) -> None:
    """The person is asked for their age group, in neutral words."""
    case.look_by = timezone.now() + ANSWER_WITHIN
    case.save(update_fields=["look_by"])
    telling.tell(case.subject, "minor_question", about=case)
    advance(case, Status.VERIFYING, actor=actor)


@transaction.atomic
def answer(case: MinorCase, *, bracket: MinorCase.Bracket) -> None:
    """Who says to be a child is believed at once; who says to be grown up, when a colleague has looked."""
    case = _locked(case)
    if case.status not in QUESTIONED:
        return
    case.bracket, case.look_by = bracket, deadlines.next_working_day(timezone.now())
    case.save(update_fields=["bracket", "look_by"])
    audit.record(
        "minor.answered", actor=case.subject, subject=case.subject, obj=case, kind=str(bracket.value)
    )
    if bracket != Bracket.ADULT:
        confirm(case, actor=case.subject)


@transaction.atomic
def confirm(case: MinorCase, *, actor: Any) -> None:
    """It is a child. Where nobody speaks for it yet, it is asked who does."""
    case.refresh_from_db()
    if case.can_advance(Status.RESTRICTED):
        protect(case.subject, signal=Signal(case.signal), actor=actor)
    case.refresh_from_db()
    wait_for_guardian(case)
    if not Guardian.objects.filter(case=case).exists():
        telling.tell(case.subject, "guardian_wanted", about=case)
    advance(case, Status.CONFIRMED, actor=actor)


def wait_for_guardian(case: MinorCase) -> None:
    """From now on, and anew whenever somebody is asked."""
    case.guardian_asked_at = timezone.now()
    case.look_by = case.guardian_asked_at + GIVE_UP_AFTER
    case.save(update_fields=["guardian_asked_at", "look_by"])


@transaction.atomic
def clear(case: MinorCase, *, grounds: Grounds, actor: Any) -> None:
    """It is a grown-up, and everything is as before."""
    for limit in Restriction.objects.of(case.subject).filter(why=Why.MINOR):
        restriction.lift(limit, actor=actor)
    telling.tell(case.subject, "minor_cleared", about=case)
    end(case, Status.CLEARED, actor=actor, reason=grounds.value)


def end(case: MinorCase, status: MinorCase.Status, *, actor: Any = None, **details: str) -> None:
    """Whoever asked for it is answered."""
    case.closed_at = timezone.now()
    case.save(update_fields=["closed_at"])
    if case.request and case.request.is_open:
        requests.complete(case.request, actor=actor)
    advance(case, status, actor=actor, **details)


def advance(case: MinorCase, status: MinorCase.Status, *, actor: Any = None, **details: str) -> None:
    before = case.status
    case.advance(status, actor=actor)
    journal.write_row("minor", case, "opened_at")
    audit.record(
        "minor.advanced",
        actor=actor,
        subject=case.subject,
        obj=case,
        from_status=before,
        to_status=str(status.value),
        **details,
    )


def _case(
    subject: DataSubject, signal: MinorCase.Signal, request: PrivacyRequest | None, actor: Any
) -> MinorCase:
    """The open one, or a new one."""
    DataSubject.objects.select_for_update().get(pk=subject.pk)
    case, is_new = MinorCase.objects.open().get_or_create(
        subject=subject,
        defaults={
            "signal": signal,
            "request": request,
            "look_by": deadlines.next_working_day(timezone.now()),
        },
    )
    if is_new:
        journal.write_row("minor", case, "opened_at")
        audit.record("minor.opened", actor=actor, subject=subject, obj=case, kind=str(signal.value))
    return case


def _locked(case: MinorCase) -> MinorCase:
    return MinorCase.objects.select_for_update(of=("self",)).select_related("subject").get(pk=case.pk)
