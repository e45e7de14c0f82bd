"""By which laws the seller keeps the record of a sale, and until when.

Who sells and where it is registered stands in `tax_entities.toml`, the periods in `tax_retention.toml`, each
with its source and the day it was looked up. Only the laws' names are stored with a record: when a period
changes, so does the last day of everything that is still held.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privacy import laws
from privacy.laws import Law


class NobodySells(LookupError):
    """No establishment of the seller is named for a market, and none for SHOP_COUNTRY."""


@dataclass(frozen=True)
class TaxLaw:
    """What one law says. The years begin with the end of the calendar year of the sale."""

    name: str
    countries: tuple[str, ...]
    years: int
    law: str
    source: str
    confidence: str
    checked_on: date | None = None  # None until somebody has read the source

    def last_day(self, sold_on: date) -> date:
        return date(sold_on.year + self.years, 12, 31)


@dataclass(frozen=True)
class Registration:
    """Somewhere the seller declares some of its sales."""

    name: str
    law: str
    reasons: tuple[str, ...]
    countries: tuple[str, ...] = ()

    def covers(self, country: str, reasons: set[str]) -> bool:
        return bool(reasons & set(self.reasons)) and (not self.countries or country in self.countries)


@dataclass(frozen=True)
class Entity:
    """An establishment of the seller, with its registrations."""

    code: str
    name: str
    books: str
    registrations: tuple[Registration, ...] = ()
    markets: tuple[str, ...] = ()

    def laws_for(self, country: str, reasons: set[str]) -> tuple[str, ...]:
        """Names of the laws, the longest first."""
        covering = (one.law for one in self.registrations if one.covers(country, reasons))
        names = {self.books, *covering}
        return tuple(sorted(names, key=lambda name: (-tax_laws()[name].years, name)))


@cache
def tax_laws() -> dict[str, TaxLaw]:
    return {
        name: TaxLaw(name=name, **entry | {"countries": tuple(entry["countries"])})
        for name, entry in _read("tax_retention.toml").items()
    }


@cache
def entities() -> dict[str, Entity]:
    return {code: _entity(code, entry) for code, entry in _read("tax_entities.toml").items()}


def seller_to(country: str) -> Entity:
    for entity in entities().values():
        if country in entity.markets:
            return entity
    if settings.SHOP_COUNTRY not in entities():
        raise NobodySells(settings.SHOP_COUNTRY)
    return entities()[settings.SHOP_COUNTRY]


def last_day(sold_on: date, names: Iterable[str]) -> date:
    return max(tax_laws()[name].last_day(sold_on) for name in names)


def as_laws() -> Iterator[Law]:
    for one in tax_laws().values():
        years = ngettext("%d year", "%d years", one.years) % one.years
        says = _("records of sales are kept for %(years)s from the end of the year") % {"years": years}
        yield Law(one.name, one.countries, one.law, says, one.source, one.confidence, one.checked_on)


def _entity(code: str, entry: dict[str, Any]) -> Entity:
    registrations = tuple(_registration(one) for one in entry.get("registrations", ()))
    return Entity(code, entry["name"], entry["books"], registrations, tuple(entry.get("markets", ())))


def _registration(entry: dict[str, Any]) -> Registration:
    countries = tuple(entry.get("countries", ()))
    return Registration(entry["name"], entry["law"], tuple(entry["reasons"]), countries)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


laws.register(as_laws)
