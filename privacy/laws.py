"""The laws the shop goes by, as data: what each says, where it is written and when somebody last looked.

Apps register theirs. `manage.py data_map --laws DE` prints those of a country, and a check warns of what
nobody has looked up yet, or not for a year.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core import checks
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LOOK_AGAIN_AFTER = relativedelta(months=12)


class Confidence(models.TextChoices):
    HIGH = "high", _("well confirmed")
    MEDIUM = "medium", _("as others report it")
    LOW = "low", _("uncertain")


@dataclass(frozen=True)
class Law:
    code: str
    countries: tuple[str, ...]
    law: str
    says: str | Promise
    source: str
    confidence: str
    checked_on: date | None = None  # None until somebody has read the source

    @property
    def how_sure(self) -> str | Promise:
        return Confidence(self.confidence).label


Source = Callable[[], Iterable[Law]]
_sources: list[Source] = []


def register(source: Source) -> None:
    _sources.append(source)


def laws() -> Iterator[Law]:
    for source in _sources:
        yield from source()


def of(country: str) -> list[Law]:
    return [law for law in laws() if country in law.countries]


@checks.register("privacy")
def check_laws(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    return [problem for law in laws() for problem in _problems(law)]


def _problems(law: Law) -> Iterator[checks.CheckMessage]:
    if not (law.countries and law.law and law.source and law.confidence in Confidence.values):
        hint = "Say where it holds, what it is called, where it can be read and how sure you are."
        yield checks.Error(f"The law {law.code!r} has no grounds.", hint=hint, id="privacy.E007")
    if law.checked_on is None or law.checked_on + LOOK_AGAIN_AFTER < timezone.localdate():
        hint = f"Read {law.source}, correct the entry if need be, and write down today's date."
        since = f"since {law.checked_on}" if law.checked_on else "yet"
        yield checks.Warning(f"Nobody has looked up {law.law} {since}.", hint=hint, id="privacy.W101")
