"""The register of personal data: one declaration for each model, from which everything else is computed.

Each app has a `personal_data.py`, found at start-up as `admin.py` is. Every column of every installed model
is declared there, or `manage.py check` fails.

    from privacy.registry import (
        After, Blank, Category, DeleteRow, NoPersonalData, NotPersonal, Origin, Personal, PersonalData,
        Purpose, Token, mask_email, register, show,
    )

    @register(Order)
    class OrderData(PersonalData):
        subject = "subject"              # the way from a row to its person; "order__subject" for a line
        purpose = Purpose.FULFILMENT     # legal_basis follows from it, unless given
        retention = After("delivered_at", "placed_at", months=24, why=_("Returns and guarantee claims"))
        fields = {
            "email": Personal(Category.CONTACT, _("E-mail"), erase=Blank(), mask=mask_email),
            "note": Personal(Category.FREE_TEXT, _("Your note"), erase=Blank()),
            "number": Personal(Category.TRANSACTION, _("Order number"), erase=DeleteRow(), mask=show),
            "name": NotPersonal(_("the name of the delivery method")),
        }
        not_personal = ("status", "total_gross", "currency", "placed_at")

    @register(Market)
    class MarketData(NoPersonalData):
        because = _("Countries we sell to")
        not_personal = ("country", "currency")

- The primary key and the first step of `subject` need no declaration; the columns that modeltranslation
  adds follow the column they translate. Everything else is named, also in a model without personal data.
- `not_personal` is for columns that nobody would take for personal. A column whose name looks personal
  (`name`, `email`, `token`, `note` …) or that can hold anything (JSON, files, text of 255 characters or
  more) needs a word of why: `"name": NotPersonal(_("the product's"))`. In `NoPersonalData` the `because` of
  the whole model is enough for columns that can hold anything.
- A personal column that can hold anything is either free text (`Category.FREE_TEXT`), a file
  (`Category.MEDIA`) or says what is in it: `Personal(…, schema="lines of the address")`.
- `erase`: `Blank()`, `Token()`, `DeleteRow()`, `Coarsen("month" | "year")`, `Shred()`.
- `archive`: where the part of the rows goes that a law makes us keep, in the transaction in which the rows
  go. What belongs to such rows (`With`) goes with them and never before.
- `retention`: `After(field, …, days=, months=, years=, why=)`: the first of the fields that is filled
  counts, the last one is never empty. `With("order", why=)`: as long as the row it belongs to.
  `WhileKnown(why=)`: as long as the person is; `WhileUsed(months=, why=)`: while they come.
  `ByLaw(why=)`: until a day that the declaration computes (`over`, `until`).
- `mask` is how lists show the value: `mask_all` unless given, `mask_name`, `mask_email`, `mask_tail`, or
  `show` for what staff must read and search by (an order's number).
- A personal text, date or file is encrypted (`privacy.fields.encrypt`) or says `in_clear=_("why not")`.
- `outlives=_("why")`: the rows stay after an erasure as proof, and lead to a person nobody can name any more.
- `obstacle(subject)` says what must end before a person can be erased, such as a job at the shop.
- `waiting(subject)` names the rows that stay a little longer when their person is erased, such as those of an
  order that is on its way. Rows that belong to them (`With`) wait too; everything else goes.
- Counters are `Statistics`: a `NoPersonalData` whose columns may lead to nobody.
- Rows that no foreign key leads to (sessions) override `rows_of(subject)`. Tables without a model (a search
  index) are declared by `register_tables("catalogue_search", because=_("texts of products"))`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, TypeVar

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise

from .erasing import Action, Blank, Coarsen, DeleteRow, Shred, Token
from .fields import EncryptedField
from .files import EncryptedFileField
from .masks import mask_all, mask_email, mask_name, mask_tail, show
from .models import DataSubject
from .purposes import Category, LegalBasis, Origin, Purpose

__all__ = [
    "After",
    "Archive",
    "Blank",
    "ByLaw",
    "Category",
    "Coarsen",
    "DeleteRow",
    "Kept",
    "LegalBasis",
    "NoPersonalData",
    "NotPersonal",
    "Origin",
    "Personal",
    "PersonalData",
    "Purpose",
    "Shred",
    "Statistics",
    "Token",
    "Wait",
    "WhileKnown",
    "WhileUsed",
    "With",
    "declaration",
    "declarations",
    "declared_field",
    "is_encrypted",
    "is_table_without_model",
    "mask_all",
    "mask_email",
    "mask_name",
    "mask_tail",
    "noticed",
    "register",
    "register_tables",
    "show",
]

Text = str | Promise


@dataclass(frozen=True)
class Personal:
    """A column about a person."""

    category: Category
    label: Text
    erase: Action | None = None
    mask: Callable[[Any], str] = mask_all
    origin: Origin = Origin.ACTIVE
    schema: Text = ""
    in_clear: Text = ""  # why it is not encrypted, where the machinery must read it


def noticed(category: Category, label: Text) -> Personal:
    """A moment the shop noticed by itself, such as of a sign-in: goes with its row, and staff may see it."""
    return Personal(category, label, erase=DeleteRow(), origin=Origin.PASSIVE, mask=show)


@dataclass(frozen=True)
class NotPersonal:
    """A column that could be taken for personal, and why it is not."""

    because: Text


class After:
    """Kept for a period after a moment: of the fields named, the first that is filled."""

    def __init__(self, *fields: str, days: int = 0, months: int = 0, years: int = 0, why: Text) -> None:
        self.fields, self.days, self.months, self.why = fields, days, months + 12 * years, why


class With:
    """Kept as long as the row it belongs to."""

    def __init__(self, parent: str, *, why: Text) -> None:
        self.parent, self.why = parent, why


class WhileKnown:
    """Kept as long as the person is known to the shop."""

    def __init__(self, *, why: Text) -> None:
        self.why = why


class WhileUsed(WhileKnown):
    """As long as the person is known; who has not come for so many months is warned, and then erased."""

    def __init__(self, *, months: int, why: Text) -> None:
        super().__init__(why=why)
        self.months, self.days = months, 0


class ByLaw:
    """Kept until a day that differs from row to row: the declaration's `over` and `until` compute it."""

    def __init__(self, *, why: Text) -> None:
        self.why = why


Retention = After | With | WhileKnown | ByLaw


@dataclass(frozen=True)
class Kept:
    """What an archive keeps of some rows. `reason` is a code that it can put in words, later too."""

    count: int
    until: date
    reason: str


class Archive:
    """Where the part of rows goes that a law keeps, sealed for those who must read it and for nobody else."""

    holds: tuple[Text, ...] = ()  # what it keeps, in words

    def take(self, rows: models.QuerySet[Any]) -> None:
        """Called in the transaction in which the rows go."""
        raise NotImplementedError

    def plan(self, rows: models.QuerySet[Any]) -> list[Kept]:
        """What `take` would keep. Changes nothing."""
        raise NotImplementedError

    def why(self, reason: str) -> Text:
        raise NotImplementedError


@dataclass(frozen=True)
class Wait:
    """Why a row stays a little longer when its person is erased, and about how long."""

    why: Text
    until: date | None = None


class PersonalData:
    """The declaration of one model. See the head of this module."""

    subject: ClassVar[str] = ""
    purpose: ClassVar[Purpose | None] = None
    legal_basis: ClassVar[LegalBasis | None] = None
    retention: ClassVar[Retention | None] = None
    fields: ClassVar[Mapping[str, Personal | NotPersonal]] = {}
    not_personal: ClassVar[tuple[str, ...]] = ()
    because: ClassVar[Text] = ""
    outlives: ClassVar[Text] = ""  # why rows stay after an erasure, when they lead to nobody any more
    archive: ClassVar[Archive | None] = None
    unfinished: ClassVar[Q | None] = None  # rows that no purge ends, however old: somebody owes somebody
    called: ClassVar[Text] = ""  # what people are told such a row is, where the model's name is the machine's
    change_at: ClassVar[str] = ""  # the name of the page on which people change or remove it themselves

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model

    def rows_of(self, subject: DataSubject) -> models.QuerySet[Any]:
        """The rows about one person."""
        return self.model._default_manager.filter(Q((self.subject, subject.pk)))

    def obstacle(self, subject: DataSubject) -> Text:
        """What must end before this person can be erased, in words for them; empty where nothing must."""
        return ""

    def waiting(self, subject: DataSubject) -> dict[Any, Wait]:
        """The rows, by key, that must stay a little longer when everything else about this person goes."""
        return {}

    def over(self, as_of: date) -> models.QuerySet[Any]:
        """The rows kept `ByLaw` whose last day was before `as_of`."""
        raise NotImplementedError

    def until(self, row: Any) -> date:
        """The last day of a row kept `ByLaw`."""
        raise NotImplementedError

    @property
    def title(self) -> Text:
        return self.called or self.model._meta.verbose_name or self.model._meta.label

    @property
    def basis(self) -> LegalBasis | None:
        return self.legal_basis or (self.purpose.terms.legal_basis if self.purpose else None)

    @property
    def personal(self) -> dict[str, Personal]:
        return {name: field for name, field in self.fields.items() if isinstance(field, Personal)}

    @property
    def names(self) -> set[str]:
        return {*self.fields, *self.not_personal}


class NoPersonalData(PersonalData):
    """A model without a word about anybody. Its columns are named all the same: a new one needs a thought."""


class Statistics(NoPersonalData):
    """Counters. Nothing in them may lead to anybody, not even by way of another table."""


_registry: dict[type[models.Model], PersonalData] = {}
_tables: dict[str, Text] = {}

D = TypeVar("D", bound=PersonalData)


def register(*targets: type[models.Model] | str) -> Callable[[type[D]], type[D]]:
    """Declare models. Those of other packages go by their label, and are skipped where not installed."""

    def decorate(data_class: type[D]) -> type[D]:
        for target in targets:
            model = _installed(target) if isinstance(target, str) else target
            if model is not None:
                _registry[model] = data_class(model)
        return data_class

    return decorate


def register_tables(prefix: str, *, because: Text) -> None:
    """Declare tables that have no model, such as a search index, by what their names begin with."""
    _tables[prefix] = because


def is_table_without_model(table: str) -> bool:
    return any(table.startswith(prefix) for prefix in _tables)


def _installed(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except LookupError:
        return None


def declarations() -> Iterator[PersonalData]:
    """Every declaration, in the order of the model's labels."""
    yield from sorted(_registry.values(), key=lambda data: data.model._meta.label)


def declaration(model: type[models.Model]) -> PersonalData | None:
    """The declaration of a model; a proxy has that of the model it stands for."""
    return _registry.get(model._meta.concrete_model or model)


def columns(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The columns that need a declaration: all but the primary key and what leads to the subject."""
    data = declaration(model)
    covered = data.subject.split("__")[0] if data else ""
    own = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return [field for field in own if not (field.name == covered or _is_plain_key(field))]


def _is_plain_key(field: "models.Field[Any, Any]") -> bool:
    return field.primary_key and isinstance(field, models.AutoField | models.UUIDField | models.OneToOneField)


def declared_field(model: type[models.Model], name: str) -> Personal | NotPersonal | None:
    """What is declared of a column; a translated column follows its original."""
    data = declaration(model)
    if data is None:
        return None
    name = original_name(model, name)
    return data.fields.get(name) or (NotPersonal(data.because) if name in data.not_personal else None)


def original_name(model: type[models.Model], name: str) -> str:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    original = getattr(field, "translated_field", None)
    return original.name if original is not None else name


def is_encrypted(field: Any) -> bool:
    return isinstance(field, EncryptedField | EncryptedFileField)
