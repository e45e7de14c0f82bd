"""What a person decided about the optional uses, and what counts now.

In this order: a restriction; a choice made in the shop by somebody who was told of their browser's signal;
the signal; a stored choice; and where there is none of these, no.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from . import consent, gate, optional
from .models import ConsentRecord, DataSubject
from .optional import Use
from .purposes import Purpose

Decision = ConsentRecord.Decision
Source = ConsentRecord.Source


class Because(models.TextChoices):
    """Where the state of a use comes from."""

    RESTRICTION = "restriction", _("The use of your data is suspended.")
    CHOICE = "choice", _("You chose this.")
    SIGNAL = "signal", _("Your browser asks us not to.")
    RENEWAL = "renewal", _("Our policy has changed in this. Please choose again.")
    DEFAULT = "default", _("It stays off until you say yes.")


@dataclass(frozen=True)
class Decided:
    """The last word about one purpose, wherever it is kept."""

    is_accepted: bool
    knew_signal: bool = False
    by_signal: bool = False
    is_stale: bool = False


@dataclass(frozen=True)
class State:
    use: Use
    is_on: bool
    because: Because


def state(use: Use, decided: Decided | None, *, has_signal: bool, is_restricted: bool = False) -> State:
    if is_restricted:
        return State(use, False, Because.RESTRICTION)
    if decided and decided.knew_signal and not decided.is_stale:
        return State(use, decided.is_accepted, Because.CHOICE)
    if has_signal or (decided and decided.by_signal):
        return State(use, False, Because.SIGNAL)
    if decided and decided.is_stale:
        return State(use, False, Because.RENEWAL)
    if decided:
        return State(use, decided.is_accepted, Because.CHOICE)
    return State(use, False, Because.DEFAULT)


def states_of(subject: DataSubject, *, has_signal: bool) -> list[State]:
    """What counts for somebody who is signed in, on whatever device. Two queries."""
    known = decided_by(subject)
    is_active, stopped = subject.status == DataSubject.Status.ACTIVE, gate.stopped(subject)
    return [
        state(
            use,
            known.get(use.purpose),
            has_signal=has_signal,
            is_restricted=not is_active or use.purpose in stopped,
        )
        for use in optional.uses()
    ]


def decided_by(subject: DataSubject) -> dict[Purpose, Decided]:
    records = ConsentRecord.objects.filter(subject=subject, purpose__in=optional.PURPOSES, channel="")
    latest = {Purpose(record.purpose): record for record in records.order_by("pk")}
    return {
        purpose: Decided(
            record.is_given,
            record.knew_signal,
            by_signal=record.source == Source.SIGNAL,
            is_stale=record.is_stale,
        )
        for purpose, record in latest.items()
        if not record.has_lapsed
    }


@transaction.atomic
def answer(
    subject: DataSubject | None, answers: Mapping[Purpose, bool], *, source: Source, knew_signal: bool
) -> None:
    """Each answer is a row. Without an account the rows of one answer share a random number, and no name."""
    browser = "" if subject else sha256(secrets.token_bytes(16)).hexdigest()
    given = {purpose for purpose in answers if subject and consent.has_given(subject, purpose)}
    for use in optional.uses():
        if use.purpose in answers:
            consent.decide(
                subject,
                use.purpose,
                _decision(answers[use.purpose], was_given=use.purpose in given),
                source=source,
                wording=use.wording,
                browser=browser,
                version=optional.version(),
                knew_signal=knew_signal,
            )


def _decision(is_accepted: bool, *, was_given: bool) -> Decision:
    if is_accepted:
        return Decision.GIVEN
    return Decision.WITHDRAWN if was_given else Decision.REFUSED


@transaction.atomic
def keep_signal(subject: DataSubject) -> None:
    """A signal is kept for all devices of a person, once, unless they chose otherwise knowing of it."""
    DataSubject.objects.select_for_update().get(pk=subject.pk)
    known = decided_by(subject)
    for purpose in optional.PURPOSES:
        decided = known.get(purpose)
        if decided is None or not (decided.by_signal or decided.knew_signal):
            consent.decide(subject, purpose, Decision.REFUSED, source=Source.SIGNAL)
