"""System checks over the register: what is declared must be complete, possible and true.

Each rule looks at one model and yields what is wrong with it. Errors stop `check`, `migrate` and `runserver`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from .erasing import in_unique_set, plain
from .masked_admin import MaskedAdmin
from .models import DataSubject
from .registry import (
    After,
    Category,
    DeleteRow,
    NoPersonalData,
    Personal,
    PersonalData,
    Statistics,
    With,
    columns,
    declaration,
    declared_field,
    is_encrypted,
    original_name,
    show,
)

Model = type[models.Model]
Field = models.Field
Rule = Callable[[Model], Iterator[tuple[str, str]]]

# A column called so is taken for personal until somebody says why it is not.
PERSONAL_WORDS = re.compile(
    r"(?:^|_)(?:e?mail|phone|mobile|names?|surname|address|addr|street|postcode|zip|city|ip|birth|birthday|born"
    r"|gender|geo|latitude|longitude|notes?|comment|agent|token|password|passport|iban)(?:$|_)"
)
PERSONAL_TYPES = (models.EmailField, models.GenericIPAddressField)
# What an aggregate must not be able to tell: who it was.
TRACKING_WORDS = re.compile(r"(?:^|_)(?:user|session|subject|visitor|client|ip|agent|cookie|device)(?:$|_)")
READABLE_TYPES = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.GenericIPAddressField,
)
LONG_TEXT = 255

RULES: dict[str, tuple[Rule, str]] = {}


def rule(code: str, hint: str) -> Callable[[Rule], Rule]:
    def decorate(function: Rule) -> Rule:
        RULES[code] = (function, hint)
        return function

    return decorate


@register("privacy")
def check_register(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    configs = apps.get_app_configs() if app_configs is None else app_configs
    found = [model for config in configs for model in config.get_models() if not model._meta.proxy]
    return [error for model in found for error in check_model(model)]


def check_model(model: Model) -> Iterator[CheckMessage]:
    for code, (function, hint) in RULES.items():
        for where, problem in function(model):
            subject = f"{model._meta.label}.{where}" if where else model._meta.label
            yield Error(f"{subject} {problem}.", hint=hint, obj=model, id=f"privacy.{code}")


# --- What is declared ---------------------------------------------------------------------------------------


@rule("E001", "Declare every column in the app's `personal_data.py`: see `privacy.registry`.")
def undeclared(model: Model) -> Iterator[tuple[str, str]]:
    data = declaration(model)
    if data is None:
        yield "", "is not declared"
        return
    for field in columns(model):
        if original_name(model, field.name) not in data.names:
            yield field.name, "is not declared"


@rule("E002", "Remove the name, or correct it.")
def unknown(model: Model) -> Iterator[tuple[str, str]]:
    data = declaration(model)
    known = {field.name for field in model._meta.get_fields()}
    for name in sorted(data.names - known) if data else ():
        yield name, "is declared but does not exist"


@rule(
    "E003", "Say for what the data is used, by which right, for how long, what it is called and how it goes."
)
def incomplete(model: Model) -> Iterator[tuple[str, str]]:
    data = declaration(model)
    if data is None or not data.personal:
        return
    for name in ("purpose", "basis", "retention"):
        if not getattr(data, name):
            yield "", f"has personal data but no {name}"
    for name, field in data.personal.items():
        if not field.label:
            yield name, "has no label"
        if not field.erase:
            yield name, "does not say how it is erased"
    yield from _endless_retention(data)


def _endless_retention(data: PersonalData) -> Iterator[tuple[str, str]]:
    """A period that starts at a moment which may be missing never ends."""
    names: tuple[str, ...] = ()
    if isinstance(data.retention, After):
        names = data.retention.fields
        last = follow(data.model, names[-1]) if names else None
        if not names or (last is not None and last.null):
            yield "", "is kept for a period that may never begin: the last field of After() may be empty"
    if isinstance(data.retention, With):
        names = (data.retention.parent,)
    for name in names:
        if follow(data.model, name) is None:
            yield "", f"has a retention that starts at {name}, which does not exist"


@rule("E004", "Choose another way to erase the field, or change the column.")
def impossible_erasure(model: Model) -> Iterator[tuple[str, str]]:
    for name, declared in personal(model):
        field: Any = model._meta.get_field(name)
        problem = declared.erase.problem(field) if declared.erase else ""
        if problem:
            yield name, f"cannot be erased by {type(declared.erase).__name__}: {problem}"
    if deletes_rows(model):
        yield from _obstacles_to_deletion(model)


def _obstacles_to_deletion(model: Model) -> Iterator[tuple[str, str]]:
    """Rows that protect this one and would stay."""
    for relation in model._meta.related_objects:
        other, on_delete = relation.related_model, getattr(relation, "on_delete", None)
        if on_delete in (models.PROTECT, models.RESTRICT) and not deletes_rows(other):
            yield "", f"cannot be deleted: {other._meta.label} protects it and is not deleted"


@rule("E005", "Set `subject` to the look-up that leads to the data subject, or override `rows_of`.")
def unreachable(model: Model) -> Iterator[tuple[str, str]]:
    data = declaration(model)
    if data is None or not data.personal or type(data).rows_of is not PersonalData.rows_of:
        return
    target = follow(model, data.subject) if data.subject else None
    leads_to = target.related_model if target is not None and target.is_relation else None
    if leads_to is not DataSubject and not (model is DataSubject and data.subject == "pk"):
        yield "", "has personal data, but nothing leads from it to a data subject"


@rule("E006", "Give FREE_TEXT, MEDIA or `schema=`; for what is not personal, NotPersonal with a reason.")
def anything_goes(model: Model) -> Iterator[tuple[str, str]]:
    data = declaration(model)
    for field in columns(model) if data else ():
        declared = declared_field(model, field.name)
        if not holds_anything(field) or declared is None:
            continue
        if isinstance(declared, Personal):
            explained = declared.schema or declared.category in (Category.FREE_TEXT, Category.MEDIA)
        else:
            explained = declared.because
        if not explained:
            yield field.name, "can hold anything, and nothing says what it holds"


@rule("E008", "Wrap the field in `privacy.fields.encrypt`, or say why not with `in_clear`.")
def in_clear(model: Model) -> Iterator[tuple[str, str]]:
    indexed = {name for index in model._meta.indexes for name in index.fields}
    for name, declared in personal(model):
        field: Any = model._meta.get_field(name)
        if is_encrypted(field):
            if name in indexed or in_unique_set(field):
                yield name, "is encrypted, and indexed as if it were not"
        elif is_readable(field) and not declared.in_clear:
            yield name, "is personal and lies in clear"


@rule("E009", "Declare it as Personal, or give it a NotPersonal that says why it is not.")
def looks_personal(model: Model) -> Iterator[tuple[str, str]]:
    data = declaration(model)
    for field in columns(model) if data else ():
        name = original_name(model, field.name)
        declared = data.fields.get(name) if data else None
        explained = isinstance(declared, Personal) or (declared is not None and declared.because)
        if seems_personal(field) and not explained:
            yield field.name, "looks personal"


@rule(
    "E010",
    "`str()` of a row is copied into the admin's log: let it say what the row is, not whom it is about.",
)
def telling_str(model: Model) -> Iterator[tuple[str, str]]:
    names = [name for name, _declared in personal(model) if not model._meta.get_field(name).is_relation]
    sentinels = {name: f"⟦{name}⟧" for name in names}
    if not sentinels or not in_admin(model):
        return
    try:
        text = str(model(**sentinels))
    except Exception:
        yield "", "has a str() that asks other rows, which might tell"
        return
    for name, sentinel in sentinels.items():
        if sentinel in text:
            yield name, "is part of str()"


@rule(
    "E011", "Use privacy.admin.MaskedAdmin, and search or filter only by columns that are shown as they are."
)
def bare_admin(model: Model) -> Iterator[tuple[str, str]]:
    for site in admin.sites.all_sites:
        model_admin = site._registry.get(model)
        if model_admin is None or not any(personal(model)):
            continue
        if not isinstance(model_admin, MaskedAdmin):
            yield "", f"has personal data, but {type(model_admin).__name__} does not mask it"
        for name in (*model_admin.search_fields, *model_admin.list_filter):
            declared = hidden_column(model, name[0] if isinstance(name, tuple) else name)
            if declared:
                yield str(name), "is masked, but staff can search or filter by it"


@rule("E012", "Counters lead to nobody: drop the column.")
def traceable_statistics(model: Model) -> Iterator[tuple[str, str]]:
    if not isinstance(declaration(model), Statistics):
        return
    for field in model._meta.get_fields():
        related = field.related_model if field.is_relation and not field.auto_created else None
        if TRACKING_WORDS.search(field.name) or isinstance(field, PERSONAL_TYPES):
            yield field.name, "could tell who it was"
        elif isinstance(related, type) and not isinstance(declaration(related), NoPersonalData):
            yield field.name, "leads to personal data"


# --- What the rules ask -------------------------------------------------------------------------------------


def personal(model: Model) -> Iterator[tuple[str, Personal]]:
    """The personal columns that exist."""
    data = declaration(model)
    known = {field.name for field in model._meta.get_fields()}
    return ((name, field) for name, field in (data.personal if data else {}).items() if name in known)


def deletes_rows(model: Model) -> bool:
    return any(isinstance(declared.erase, DeleteRow) for _name, declared in personal(model))


def follow(model: Model, path: str) -> Any:
    """The field at the end of a look-up, or None."""
    field: Any = None
    for step in path.split("__"):
        try:
            field = model._meta.pk if step == "pk" else model._meta.get_field(step)
        except FieldDoesNotExist:
            return None
        model = field.related_model or model
    return field


def is_readable(field: Field) -> bool:
    """Text, days and files can name a person; numbers, moments and keys of other rows hardly do."""
    return isinstance(field, READABLE_TYPES) or type(field) is models.DateField


def holds_anything(field: Field) -> bool:
    inner = plain(field)
    if isinstance(inner, models.CharField):
        return inner.max_length is None or inner.max_length >= LONG_TEXT
    return isinstance(inner, models.TextField | models.JSONField | models.BinaryField | models.FileField)


def seems_personal(field: Field) -> bool:
    if PERSONAL_WORDS.search(field.name) or isinstance(plain(field), PERSONAL_TYPES):
        return True
    return field.related_model in (DataSubject, get_user_model())


def in_admin(model: Model) -> bool:
    """Registered, or edited inside another row's page."""
    registered = [model_admin for site in admin.sites.all_sites for model_admin in site._registry.values()]
    return any(
        model_admin.model is model or model in (inline.model for inline in model_admin.inlines)
        for model_admin in registered
    )


def hidden_column(model: Model, path: str) -> bool:
    """Does a look-up end at a personal column that lists do not show as it is?"""
    path = path.lstrip("^=@")
    field = follow(model, path)
    declared = declared_field(field.model, field.name) if field is not None else None
    return isinstance(declared, Personal) and declared.mask is not show
