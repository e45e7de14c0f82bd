"""What the shop knows about one person, read live by what every app declares of its columns."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import retention
from .data_map import period
from .fields import KeyDestroyed
from .models import AuditEvent, DataSubject, Disclosure
from .processors import allowed_fields
from .registry import (
    Category,
    Origin,
    Personal,
    PersonalData,
    Purpose,
    declaration,
    declarations,
    is_encrypted,
)

Text = str | Promise

# More rows of a kind than this make no page; a copy of everything is asked for as a request.
MOST_ROWS = 50
MOST_EVENTS = 100
# Fingerprints of these are random to everybody and are shown as staff see them.
MACHINERY = {Category.SECURITY, Category.DEVICE, Category.NETWORK}
SECRET = _("kept, and shown to nobody")
VERBS = {
    "viewed": _("looked at it"),
    "revealed": _("looked at it unmasked"),
    "exported": _("took a copy"),
    "changed": _("changed it"),
    "assigned": _("took it over"),
    "answered": _("answered"),
    "cancelled": _("called it off"),
    "packed": _("packed it"),
    "shipped": _("sent it"),
}

# What people are told of those who work here; who does what is in the groups of the back office.
ROLES = {
    "support": _("Customer service"),
    "fulfilment": _("Packing and sending"),
    "catalogue": _("Catalogue"),
    "marketing": _("Marketing"),
    "privacy": _("Data protection"),
    "auditor": _("Audit"),
    "guardians": _("Protection of children"),
    "owner": _("Management"),
}


@dataclass(frozen=True)
class Known:
    """One value, what for it is kept, and where the person can change or remove it."""

    label: Text
    value: Text
    about: str  # what kind of row it stands in
    purpose: Purpose
    how_long: str
    change_at: str


@dataclass
class Kept:
    """How often a value is kept, and until when: the last of the days, or none while the person is known."""

    times: int = 0
    until: date | None = None

    def add(self, until: date | None) -> None:
        self.times += 1
        self.until = max(until, self.until or until) if until else None


@dataclass
class Group:
    category: Category
    kept: dict[Known, Kept] = field(default_factory=dict)

    @property
    def known(self) -> list[tuple[Known, Kept]]:
        """What is kept more than once, such as in each order, is told once."""
        return list(self.kept.items())

    @property
    def until(self) -> date | None:
        """When the last of it goes; none where some of it stays while the person is known."""
        days = [kept.until for kept in self.kept.values()]
        return max(day for day in days if day) if all(days) else None


@dataclass(frozen=True)
class Look:
    """Somebody of the shop did something with a row of this person: the role, never the name."""

    at: datetime
    what: str
    did: Text
    role: Text


def by_category(subject: DataSubject) -> list[Group]:
    groups: dict[Category, Group] = {}
    for data in declarations():
        for category, known, until in _known(data, subject):
            group = groups.setdefault(category, Group(category))
            group.kept.setdefault(known, Kept()).add(until)
    return [groups[category] for category in Category if category in groups]


def _known(data: PersonalData, subject: DataSubject) -> Iterator[tuple[Category, Known, date | None]]:
    if not data.subject or data.purpose is None:
        return
    more = (str(data.title), data.purpose, period(data), data.change_at)
    if all(declared.category == Category.CREDENTIAL for declared in data.personal.values()):
        # Sign-in machinery through and through: it is named and need not be read.
        for declared in data.personal.values():
            yield declared.category, Known(declared.label, SECRET, *more), None
        return
    for row in _rows(data, subject):
        until = retention.last_day(data, row)
        for name, declared in data.personal.items():
            value = _value(row, name, declared)
            if value not in ("", None):
                yield declared.category, Known(declared.label, value, *more), until


def _rows(data: PersonalData, subject: DataSubject) -> models.QuerySet[Any]:
    """The newest ones, with what it takes to read them."""
    rows = retention.with_start(data, data.rows_of(subject)).order_by("-pk")
    if any(is_encrypted(column) for column in data.model._meta.concrete_fields):
        rows = rows.select_related("subject__key")
    related = [name for name in data.personal if data.model._meta.get_field(name).is_relation]
    return rows.select_related(*related)[:MOST_ROWS] if related else rows[:MOST_ROWS]


def _value(row: models.Model, name: str, declared: Personal) -> Text:
    if declared.category == Category.CREDENTIAL:
        return SECRET
    try:
        value = getattr(row, name)
    except KeyDestroyed:
        return ""
    if declared.origin == Origin.DERIVED and declared.category in MACHINERY:
        return declared.mask(value)
    return in_words(row, name, value)


def in_words(row: models.Model, name: str, value: Any) -> Text:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    display = getattr(row, f"get_{name}_display", None)
    return str(display()) if display and value is not None else "" if value is None else str(value)


def receivers(subject: DataSubject) -> list[tuple[Disclosure, list[Text]]]:
    """Which partner was told which fields, the latest first."""
    disclosures = Disclosure.objects.filter(subject=subject).select_related("processor")
    return [(disclosure, _field_labels(disclosure)) for disclosure in disclosures[:MOST_EVENTS]]


def _field_labels(disclosure: Disclosure) -> list[Text]:
    labels = allowed_fields(disclosure.processor.code)
    return [labels.get(name, name) for name in disclosure.field_names]


def looks(subject: DataSubject) -> list[Look]:
    """What others than the person and the machines did with their rows."""
    about = AuditEvent.objects.filter(subject_ref=subject.audit_ref)
    by_others = about.exclude(actor_ref__in=["", subject.audit_ref]).order_by("-seq")
    return [_look(event) for event in by_others[:MOST_EVENTS]]


def _look(event: AuditEvent) -> Look:
    verb = event.action.rpartition(".")[2]
    return Look(
        at=event.time,
        what=_kind(event.object_ref),
        did=VERBS.get(verb, verb.replace("_", " ")),
        role=_role_of(event),
    )


def _role_of(event: AuditEvent) -> Text:
    """Somebody with several roles is named by all of them."""
    codes = str(event.data.get("role") or "").split("+")
    names = [str(ROLES[code]) for code in codes if code in ROLES]
    return ", ".join(names) or _("our staff")


def _kind(object_ref: str) -> str:
    """What kind of row it was: `shop.thing:7` is a thing."""
    try:
        data = declaration(apps.get_model(object_ref.partition(":")[0]))
    except (LookupError, ValueError):
        return ""
    return str(data.title) if data else ""
