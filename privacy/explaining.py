"""Explain a decision about a person (Art. 15(1)(h) and 22 GDPR). Apps say what rules were asked, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from .models import DataSubject

Text = str | Promise


@dataclass(frozen=True)
class Decision:
    """What was noticed, and what somebody decided of it."""

    about: Text
    at: datetime
    because: list[Text]
    outcome: Text


@dataclass(frozen=True)
class Rules:
    """How such a decision comes about, in plain words."""

    about: Text
    sentences: list[Text]


Finder = Callable[[DataSubject], list[Decision]]

_known: list[tuple[Callable[[], Rules], Finder]] = []


def register(rules: Callable[[], Rules], find: Finder) -> None:
    _known.append((rules, find))


def explain(subject: DataSubject) -> list[tuple[Rules, list[Decision]]]:
    return [(rules(), find(subject)) for rules, find in _known]
