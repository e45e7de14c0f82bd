"""What the privacy engine asks of the apps above it, which it does not know: where somebody can be reached,
and that something is told to them or to those who help them with their rights. Apps register at start-up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from .models import DataSubject


@dataclass(frozen=True)
class Contact:
    """Where a person is told about their requests."""

    email: str
    language: str
    country: str


Finder = Callable[[DataSubject], Contact | None]
Teller = Callable[..., Any]  # (subject, code, *, about, key, data)
Desk = Callable[[], Iterable[DataSubject]]
Pretender = Callable[[], None]

_finders: list[Finder] = []
_tellers: list[Teller] = []
_desks: list[Desk] = []
_pretenders: list[Pretender] = []


def register_contact(find: Finder) -> Finder:
    """Those who know a person best register first."""
    _finders.append(find)
    return find


def register_teller(tell: Teller) -> Teller:
    _tellers.append(tell)
    return tell


def register_desk(find: Desk) -> Desk:
    """Who works on people's requests."""
    _desks.append(find)
    return find


def register_pretender(pretend: Pretender) -> Pretender:
    _pretenders.append(pretend)
    return pretend


def contact_of(subject: DataSubject) -> Contact | None:
    return next(_contacts(subject), None)


def tell(
    subject: DataSubject,
    code: str,
    *,
    about: models.Model,
    key: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    for teller in _tellers:
        teller(subject, code, about=about, key=key, data=data)


def pretend() -> None:
    """The work of telling somebody where there is nobody: no answer takes longer for those we know."""
    for pretender in _pretenders:
        pretender()


def tell_desk(code: str, *, about: models.Model, key: str) -> None:
    for find in _desks:
        for colleague in find():
            tell(colleague, code, about=about, key=f"{key}:{colleague.pk.hex}")


def _contacts(subject: DataSubject) -> Iterator[Contact]:
    for find in _finders:
        if contact := find(subject):
            yield contact
