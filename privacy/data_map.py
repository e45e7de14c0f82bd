"""The register told to people: column by column for those who run the shop, by category for everyone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .registry import (
    After,
    Category,
    Origin,
    Personal,
    PersonalData,
    Purpose,
    WhileUsed,
    declarations,
    is_encrypted,
)


class Row(NamedTuple):
    """One personal column."""

    model: str
    field: str
    label: str
    category: str
    origin: str
    purpose: str
    legal_basis: str
    retention: str
    erasure: str
    protection: str


def rows() -> Iterator[Row]:
    for data in declarations():
        for name, declared in data.personal.items():
            yield Row(
                model=data.model._meta.label,
                field=name,
                label=str(declared.label),
                category=declared.category.value,
                origin=declared.origin.value,
                purpose=data.purpose.value if data.purpose else "",
                legal_basis=data.basis.value if data.basis else "",
                retention=period(data),
                erasure=type(declared.erase).__name__ if declared.erase else "",
                protection=protection(data, name, declared),
            )


def protection(data: PersonalData, name: str, declared: Personal) -> str:
    if is_encrypted(data.model._meta.get_field(name)):
        return "encrypted"
    return f"in clear: {declared.in_clear}" if declared.in_clear else "in clear"


def period(data: PersonalData) -> str:
    """How long, in words."""
    retention = data.retention
    if retention is None:
        return ""
    if not isinstance(retention, After | WhileUsed) or not (retention.days or retention.months):
        return str(retention.why)
    return _("%(length)s: %(why)s") % {"length": length(retention), "why": retention.why}


def length(retention: After | WhileUsed) -> str:
    years, months = divmod(retention.months, 12)
    if months:
        return ngettext("%d month", "%d months", retention.months) % retention.months
    if years:
        return ngettext("%d year", "%d years", years) % years
    return ngettext("%d day", "%d days", retention.days) % retention.days


@dataclass
class Entry:
    """What the public is told about one purpose."""

    purpose: Purpose
    sentence: str | Promise
    legal_basis: str | Promise
    categories: dict[Category, set[Origin]] = field(default_factory=dict)
    how_long: dict[str, list[str]] = field(default_factory=dict)  # the period and what is kept for it

    @property
    def what(self) -> list[tuple[str, list[str]]]:
        return [
            (str(category.label), sorted(str(origin.label) for origin in origins))
            for category, origins in self.categories.items()
        ]


def by_purpose() -> list[Entry]:
    """The record of processing, one entry for each purpose that is in use."""
    entries: dict[Purpose, Entry] = {}
    for data in declarations():
        if not data.purpose or not data.personal:
            continue
        terms = data.purpose.terms
        basis = data.basis or terms.legal_basis
        entry = entries.setdefault(data.purpose, Entry(data.purpose, terms.sentence, basis.label))
        entry.how_long.setdefault(period(data), []).append(capfirst(str(data.title)))
        for declared in data.personal.values():
            entry.categories.setdefault(declared.category, set()).add(declared.origin)
    return [entries[purpose] for purpose in Purpose if purpose in entries]
