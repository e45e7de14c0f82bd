"""Who asks without an account: a code to the address on file, and one more thing only the person knows.

Nothing is stored: the code follows from the address, the right and the time. Whoever types an address nobody
knows sees the same pages. Apps say what else a person knows, such as the number of an order.
"""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from . import audit, keys, requests, telling
from .models import DataSubject, PrivacyRequest, SubjectIdentifier

HALF = timedelta(
    minutes=7, seconds=30
)  # of this step and the one before: a code is good for up to a quarter hour
DIGITS = 6
KNOWN = (DataSubject.Status.ACTIVE, DataSubject.Status.RESTRICTED)
# Given the people an address may belong to and what was typed: whose it is.
Fact = Callable[[list[DataSubject], str], DataSubject | None]

_facts: list[Fact] = []


class WrongCode(ValueError):
    """Mistyped, too old, or for an address nobody knows."""


def register_fact(find: Fact) -> Fact:
    _facts.append(find)
    return find


def people_at(email: str) -> list[DataSubject]:
    """Everybody who is reached at an address; whoever can read its mail is one of them.

    Not who typed it for one order alone: there it may be somebody else's.
    """
    found = SubjectIdentifier.objects.matching("email", email).values("subject")
    people = DataSubject.objects.filter(pk__in=found, status__in=KNOWN).order_by("-created_at")
    return [person for person in people if _is_reached(person, email)]


def _is_reached(person: DataSubject, email: str) -> bool:
    contact = telling.contact_of(person)
    return contact is not None and keys.normalise_email(contact.email) == keys.normalise_email(email)


def send_code(email: str, kind: str) -> None:
    """To whom it may concern; to nobody where nobody is known."""
    people, now = people_at(email), timezone.now()
    if not people:
        telling.pretend()
        return
    code = code_of(email, kind, now)
    telling.tell(people[0], "rights_code", about=people[0], key=now.isoformat(), data={"code": code})


@transaction.atomic
def file(email: str, kind: PrivacyRequest.Kind, *, actor: Any) -> PrivacyRequest | None:
    """A colleague asks for a person, who gets the code to prove their wish. None where nobody is known."""
    people = people_at(email)
    if not people:
        return None
    request = requests.current(people[0], kind, source=PrivacyRequest.Source.STAFF)
    send_code(email, kind)
    audit.record("request.filed", actor=actor, subject=people[0], obj=request, kind=kind.value)
    return request


def code_of(email: str, kind: str, moment: datetime) -> str:
    step = int(moment.timestamp() // HALF.total_seconds())
    value = f"{keys.blind_index('email', email)}:{kind}:{step}"
    digest = salted_hmac(
        "privacy.identity", value, secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()
    return str(int(digest, 16) % 10**DIGITS).zfill(DIGITS)


def is_code(typed: str, email: str, kind: str) -> bool:
    now = timezone.now()
    good = [code_of(email, kind, moment).encode() for moment in (now, now - HALF)]
    return any(hmac.compare_digest(typed.encode(), one) for one in good)


@transaction.atomic
def prove(email: str, kind: PrivacyRequest.Kind, *, code: str, fact: str) -> tuple[PrivacyRequest, bool]:
    """The request, and whether we know now who asks. With the code alone a colleague has to look first."""
    people = people_at(email)
    if not is_code(code, email, kind) or not people:
        raise WrongCode
    known = _who_knows(people, fact) if fact else None
    request = requests.current(known or people[0], kind, source=PrivacyRequest.Source.HUB)
    if known:
        SubjectIdentifier.objects.prove(known, "email", email)
        requests.verify(request, actor=known)
    elif request.status == PrivacyRequest.Status.RECEIVED:
        requests.advance(request, PrivacyRequest.Status.IDENTITY_PENDING)
    return request, bool(known)


def _who_knows(people: list[DataSubject], fact: str) -> DataSubject | None:
    return next((person for find in _facts if (person := find(people, fact))), None)
