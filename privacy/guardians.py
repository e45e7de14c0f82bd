"""Those who speak for a child: found, proved, asked what they wish, reminded, and forgotten with the case.

Until they have proved it, guardians learn only that an account may belong to a child in their care. To prove
it they name the child's address or one of its orders, type a code that went to where the child is reached,
and state that they are responsible. That is enough to delete, which is also what happens if nobody answers;
before a child may go on, or where an account is guarded by more than its mailbox, a colleague looks.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from . import (
    audit,
    deadlines,
    deletion,
    erasure,
    identity,
    minors,
    my_data,
    parting,
    requests,
    restriction,
    telling,
)
from .keys import blind_index, normalise_email
from .minors import Status
from .models import DataSubject, Guardian, MinorCase, PrivacyRequest, Restriction, SubjectIdentifier
from .my_data import Group
from .registry import Category
from .telling import Contact

REMIND_AFTER = (timedelta(days=14), timedelta(days=3))  # the later one first
FORGET_AFTER = timedelta(days=3)  # as long as a mail is tried again
MOST_NAMED = 5
MOST_WORDS = 200  # of a message; each may cost a look into the database
# What a child wrote is its own, unless it is too young to decide alone.
OWN_WORDS = {Category.FREE_TEXT, Category.MEDIA}
Kind, Wish = PrivacyRequest.Kind, Guardian.Wish
Finder = Callable[[str], DataSubject | None]

Guard = Callable[[DataSubject], bool]

_finders: list[Finder] = []
_guards: list[Guard] = []


class NotTheirTurn(ValueError):
    """The case does not stand where this can be done."""


class AlreadyProved(ValueError):
    """Somebody speaks for the child, and has the page for it."""


class Guarded(ValueError):
    """The mailbox alone does not open this account, so a code to it proves too little."""


def register_guard(is_guarded: Guard) -> Guard:
    _guards.append(is_guarded)
    return is_guarded


def register_finder(find: Finder) -> Finder:
    """Given what somebody typed, such as the number of an order: whose it is."""
    _finders.append(find)
    return find


def named(text: str) -> DataSubject | None:
    """Whom a guardian means, by the child's address or by one of its orders."""
    text = written(text)
    if "@" in text:
        people = [one for one in identity.people_at(text) if one.kind != DataSubject.Kind.GUARDIAN]
        return min(people, key=lambda one: one.kind != DataSubject.Kind.ACCOUNT, default=None)
    return next((found for find in _finders if (found := find(text))), None)


def written(text: str) -> str:
    """The same however it is typed, so that tries can be counted: a number has no blanks and dashes."""
    return normalise_email(text) if "@" in text else re.sub(r"[^A-Z0-9]", "", text.upper())


# --- Found and proved ---------------------------------------------------------------------------------------


def report(words: str, *, request: PrivacyRequest, email: str) -> None:
    """Whom somebody's message names as a child; a colleague looks at each. Never the writer."""
    writers = {request.subject_id, *(one.pk for one in identity.people_at(email))}
    for subject in list(_named_in(words))[:MOST_NAMED]:
        if subject.pk not in writers:
            minors.suspect(subject, signal=MinorCase.Signal.REPORT, request=request)


def _named_in(words: str) -> Iterator[DataSubject]:
    for word in sorted(set(re.findall(r"[\w.+@-]{6,}", words)))[:MOST_WORDS]:
        if subject := named(word.strip(".-")):
            yield subject


def send_code(child: str) -> None:
    """To where the child is reached; to nobody where nobody is known."""
    subject = named(child)
    contact = telling.contact_of(subject) if subject else None
    if not (subject and contact):
        telling.pretend()
        return
    now = timezone.now()
    code = identity.code_of(contact.email, Kind.GUARDIAN, now)
    telling.tell(subject, "guardian_code", about=subject, key=now.isoformat(), data={"code": code})


@transaction.atomic
def prove(child: str, *, code: str, name: str, contact: Contact) -> Guardian:
    """Whoever has the code and states to be responsible is the guardian; the account rests from now on."""
    subject = named(child)
    reached = telling.contact_of(subject) if subject else None
    if not (subject and reached and identity.is_code(code, reached.email, Kind.GUARDIAN)):
        raise identity.WrongCode
    if any(is_guarded(subject) for is_guarded in _guards):
        raise Guarded
    case = minors.protect(subject, signal=MinorCase.Signal.GUARDIAN)
    if _is_proved(case):
        raise AlreadyProved
    guardian = _write(case, name, contact)
    accept(guardian, actor=guardian.subject)
    return guardian


@transaction.atomic
def name(case: MinorCase, *, name: str, contact: Contact, actor: Any) -> None:
    """The child, or a colleague, says whom to ask; named anew, the first is forgotten."""
    if case.status not in (Status.CONFIRMED, Status.GUARDIAN_PENDING) or _is_proved(case):
        raise NotTheirTurn(case.status)
    guardian = _write(case, name, contact)
    minors.wait_for_guardian(case)
    telling.tell(guardian.subject, "guardian_asked", about=guardian)
    if case.status == Status.CONFIRMED:
        minors.advance(case, Status.GUARDIAN_PENDING, actor=actor)


@transaction.atomic
def accept(guardian: Guardian, *, actor: Any) -> None:
    """It is proved, by the code or by what a colleague has seen."""
    case = guardian.case
    guardian.verified_at = guardian.stated_at = timezone.now()
    guardian.save(update_fields=["verified_at", "stated_at"])
    case.request = requests.receive(guardian.subject, Kind.GUARDIAN, source=PrivacyRequest.Source.HUB)
    case.save(update_fields=["request"])
    requests.verify(case.request, actor=actor)
    if case.can_advance(Status.CONFIRMED):
        minors.confirm(case, actor=actor)
    minors.wait_for_guardian(case)
    telling.tell(guardian.subject, "guardian_page", about=guardian)
    if case.status == Status.CONFIRMED:
        minors.advance(case, Status.GUARDIAN_PENDING, actor=actor)
    audit.record("guardian.accepted", actor=actor, subject=case.subject, obj=guardian)


def _write(case: MinorCase, name: str, contact: Contact) -> Guardian:
    for former in Guardian.objects.filter(case=case).select_related("subject"):
        erasure.erase(former.subject)
    subject = DataSubject.objects.create(kind=DataSubject.Kind.GUARDIAN, jurisdiction=contact.country)
    SubjectIdentifier.objects.create(
        subject=subject, kind="email", blind_index=blind_index("email", contact.email)
    )
    guardian = Guardian(case=case, subject=subject, language=contact.language, country=contact.country)
    guardian.name, guardian.email = name, contact.email
    guardian.save()
    return guardian


def _is_proved(case: MinorCase) -> bool:
    return Guardian.objects.filter(case=case, verified_at__isnull=False).exists()


# --- What they wish -----------------------------------------------------------------------------------------


@transaction.atomic
def choose(guardian: Guardian, *, wish: Guardian.Wish) -> None:
    """Deleting begins at once. That a child goes on is for a colleague to agree to."""
    case = (
        MinorCase.objects.select_for_update(of=("self",)).select_related("subject").get(pk=guardian.case_id)
    )
    if guardian.verified_at is None or case.status != Status.GUARDIAN_PENDING:
        raise NotTheirTurn(case.status)
    guardian.wish = wish
    guardian.save(update_fields=["wish"])
    if wish == Wish.KEEP:
        case.look_by = deadlines.next_working_day(timezone.now())
        case.save(update_fields=["look_by"])
    elif wish == Wish.ERASE:
        erase(case, source=PrivacyRequest.Source.HUB, actor=guardian.subject)
    audit.record(
        "guardian.chose", actor=guardian.subject, subject=case.subject, obj=guardian, kind=str(wish.value)
    )


def shown_to(guardian: Guardian) -> list[Group]:
    """What the shop knows of the child; passwords are in none of it."""
    case = guardian.case
    audit.record("minor.shown", actor=guardian.subject, subject=case.subject, obj=case)
    hidden = set() if case.bracket == MinorCase.Bracket.CHILD else OWN_WORDS
    return [group for group in my_data.by_category(case.subject) if group.category not in hidden]


@transaction.atomic
def agree(case: MinorCase, *, actor: Any) -> None:
    """The child may order again. What is optional stays stopped: it is no grown-up yet."""
    guardian = Guardian.objects.get(case=case)
    if not (guardian.verified_at and guardian.wish == Wish.KEEP):
        raise NotTheirTurn(case.status)
    mine = Restriction.objects.of(case.subject).filter(why=Restriction.Why.MINOR)
    restriction.restrict(
        case.subject, why=Restriction.Why.MINOR, scope=Restriction.Scope.OPTIONAL, actor=actor
    )
    for limit in mine.total():
        restriction.lift(limit, actor=actor)
    telling.tell(case.subject, "minor_kept", about=case)
    minors.end(case, Status.GUARDIAN_CONSENTED, actor=actor)


def erase(
    case: MinorCase, *, source: PrivacyRequest.Source = PrivacyRequest.Source.STAFF, actor: Any = None
) -> None:
    """At once, and what is not sent yet is paid back: a child has nothing to think over.

    The case ends when it is done. Raises `Obstructed` where something must end first.
    """
    answers = {question.name: "cancel" for question in parting.questions(case.subject)}
    deletion.ask(case.subject, source=source, at_once=True, answers=answers, actor=actor)


# --- By the clock -------------------------------------------------------------------------------------------


def look_after() -> None:
    remind()
    erase_unanswered()
    end_erased()
    forget()


def remind() -> None:
    """Guardians, or the child where nobody was named; each time once."""
    for case in MinorCase.objects.unanswered(since=REMIND_AFTER[-1]).select_related("subject"):
        waited = timezone.now() - _asked_at(case)
        passed = next(after for after in REMIND_AFTER if after <= waited)
        key = f"{_asked_at(case):%Y%m%d%H%M}:{passed.days}"
        guardian = Guardian.objects.filter(case=case).select_related("subject").first()
        if guardian:
            telling.tell(guardian.subject, "guardian_reminder", about=guardian, key=key)
        else:
            telling.tell(case.subject, "guardian_wanted", about=case, key=key)


def erase_unanswered() -> None:
    """Without a guardian's word a child's data does not stay."""
    for case in MinorCase.objects.unanswered(since=minors.GIVE_UP_AFTER).select_related("subject"):
        is_under_way = requests.open_of(case.subject, Kind.ERASURE) is not None
        if not (is_under_way or erasure.obstacles(case.subject)):
            erase(case)


def end_erased() -> None:
    """The case of whose data is gone, by the guardian's wish, by the clock, or by their own."""
    gone = MinorCase.objects.open().filter(subject__status=DataSubject.Status.ERASED)
    for case in gone.select_related("subject", "request__subject"):
        with transaction.atomic():
            for guardian in Guardian.objects.filter(case=case).select_related("subject"):
                telling.tell(guardian.subject, "minor_erased", about=guardian)
            minors.end(case, Status.ERASED)


def forget() -> None:
    """Guardians go with the case, as soon as the last mail to them has gone out."""
    ended = Guardian.objects.filter(case__closed_at__lt=timezone.now() - FORGET_AFTER)
    for guardian in ended.select_related("subject"):
        erasure.erase(guardian.subject)


def gives_up_at(case: MinorCase) -> datetime:
    """When everything is deleted if nobody says otherwise."""
    return _asked_at(case) + minors.GIVE_UP_AFTER


def _asked_at(case: MinorCase) -> datetime:
    return case.guardian_asked_at or case.opened_at


@telling.register_contact
def contact_of(subject: DataSubject) -> Contact | None:
    guardian = Guardian.objects.filter(subject=subject).select_related("subject__key").first()
    return Contact(guardian.email, guardian.language, guardian.country) if guardian else None
