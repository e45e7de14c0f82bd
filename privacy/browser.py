"""What counts for the browser that asks: its signal, and the answer it brings along in a cookie of its own.

The cookie holds the answer, its date and which questions were answered; no number, so two browsers that
answered alike on the same day hold the same cookie.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import choosing, optional
from .choosing import Because, Decided, State
from .models import DataSubject
from .models.choices import MONTHS_ACCEPTED, MONTHS_REFUSED
from .purposes import Purpose
from .signals import opts_out

UNANSWERED = (Because.DEFAULT, Because.RENEWAL)
WRITTEN = re.compile(r"([0-9a-f]{12})\.(\d{8})\.([a-z_-]*)\.([a-z_-]*)\.(s?)")
SIGNAL_KEPT = "signal_kept"  # in the session: nothing more to write down


@dataclass(frozen=True)
class Answer:
    """The answer of a visitor without an account."""

    accepted: frozenset[Purpose]
    refused: frozenset[Purpose]
    on: date
    knew_signal: bool = False

    @classmethod
    def read(cls, value: str) -> Self | None:
        """None for what is too old, about other questions or not ours."""
        match = WRITTEN.fullmatch(value)
        if match is None or match[1] != optional.version():
            return None
        try:
            on = date.fromisoformat(match[2])
        except ValueError:
            return None
        answer = cls(_purposes(match[3]), _purposes(match[4]), on, bool(match[5]))
        return answer if on <= timezone.localdate() < answer.lapses_on else None

    @property
    def months(self) -> int:
        return MONTHS_REFUSED if self.refused else MONTHS_ACCEPTED

    @property
    def lapses_on(self) -> date:
        end: date = self.on + relativedelta(months=self.months)
        return end

    def written(self) -> str:
        yes, no = ("-".join(sorted(purposes)) for purposes in (self.accepted, self.refused))
        return f"{optional.version()}.{self.on:%Y%m%d}.{yes}.{no}.{'s' if self.knew_signal else ''}"

    def about(self, purpose: Purpose) -> Decided | None:
        if purpose in self.accepted | self.refused:
            return Decided(purpose in self.accepted, self.knew_signal)
        return None

    def changed(self, answers: Mapping[Purpose, bool], *, knew_signal: bool) -> "Answer":
        """With a newer answer about some of the questions."""
        yes = {purpose for purpose, is_accepted in answers.items() if is_accepted}
        no = answers.keys() - yes
        # What was accepted without knowing of the signal is not held against it by a newer answer.
        before = self.accepted if self.knew_signal or not knew_signal else frozenset()
        return Answer(
            frozenset((before - no) | yes),
            frozenset((self.refused - yes) | no),
            timezone.localdate(),
            knew_signal,
        )


def _purposes(names: str) -> frozenset[Purpose]:
    return frozenset(use.purpose for use in optional.uses() if use.purpose in names.split("-"))


def answer_of(request: HttpRequest) -> Answer | None:
    return Answer.read(request.COOKIES.get(settings.CHOICE_COOKIE_NAME, ""))


def remember(response: HttpResponse, answer: Answer) -> None:
    response.set_cookie(
        settings.CHOICE_COOKIE_NAME,
        answer.written(),
        max_age=answer.lapses_on - answer.on,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def subject_of(request: HttpRequest) -> DataSubject | None:
    """Whoever is signed in."""
    return getattr(getattr(request, "user", None), "subject", None)


def states(request: HttpRequest) -> list[State]:
    """Every optional use of the shop, and whether it may run for this browser."""
    if not optional.uses():
        return []
    if subject := subject_of(request):
        return choosing.states_of(subject, has_signal=opts_out(request))
    answer = answer_of(request)
    return [
        choosing.state(use, answer.about(use.purpose) if answer else None, has_signal=opts_out(request))
        for use in optional.uses()
    ]


def permits(request: HttpRequest, purpose: Purpose) -> bool:
    """May this be done for this browser, now? A use that nobody registered is never permitted."""
    return any(state.is_on for state in states(request) if state.use.purpose == purpose)


def is_to_be_asked(request: HttpRequest) -> bool:
    """Only where there is something to ask and nothing has answered it yet."""
    if opts_out(request) or answer_of(request):
        return False
    found = states(request)
    return bool(found) and all(state.because in UNANSWERED for state in found)


def variant(request: HttpRequest) -> str:
    """What makes pages for people without an account differ from each other, for the key of a cache."""
    on = [state.use.purpose.value for state in states(request) if state.is_on]
    asked = [optional.version()] if is_to_be_asked(request) else []
    return "/".join((["signal"] if opts_out(request) else []) + asked + on)


class SignalMiddleware:
    """Writes the signal of whoever is signed in into their profile before anything else is done for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if opts_out(request) and not request.session.is_empty() and SIGNAL_KEPT not in request.session:
            _keep_signal(request)
        return self.get_response(request)


def _keep_signal(request: HttpRequest) -> None:
    if subject := subject_of(request):
        choosing.keep_signal(subject)
        request.session[SIGNAL_KEPT] = True
