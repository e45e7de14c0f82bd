"""A copy of everything the shop holds about one person, as a ZIP file they can read and take elsewhere.

`index.html` for reading, `data.json` with its schema and `csv/` for machines, `files/` as they are kept, and
`manifest.json` with the SHA-256 of each. Complete by construction: every declared column is in it, except
credentials, which are named in `left_out` with the reason. Articles 15 and 20 GDPR.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shop.money import format_money, from_minor

from . import audit, my_data
from .data_map import period
from .fields import KeyDestroyed
from .models import DataSubject
from .registry import Category, Personal, PersonalData, declarations, declared_field, is_encrypted

SCHEMA = "vitrine-export-1"
CREDENTIALS = gettext_lazy(
    "A secret of your sign-in. It is worth something only to those who should not have it."
)


@dataclass
class Dataset:
    """The rows of one kind, with what a person is to be told about them."""

    name: str
    title: str
    purpose: str
    legal_basis: str
    kept: str
    columns: dict[str, str]  # name and label
    rows: list[dict[str, Any]] = field(default_factory=list)
    in_words: list[list[tuple[str, Any]]] = field(default_factory=list)  # the rows for reading, with labels
    left_out: dict[str, str] = field(default_factory=dict)  # label and reason


@dataclass
class Copy:
    """What is written into the file."""

    made_at: datetime
    datasets: list[Dataset]
    receivers: list[dict[str, Any]]
    looks: list[dict[str, Any]]
    files: dict[str, models.fields.files.FieldFile]


@transaction.atomic
def write(subject: DataSubject, target: IO[bytes], *, actor: Any = None) -> Copy:
    """Write the ZIP file. One snapshot of the database, so that no two parts of it disagree."""
    _see_one_moment()
    copy = read(subject)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        digests = {name: _add(archive, name, content) for name, content in _contents(copy)}
        manifest = {"schema": SCHEMA, "made_at": copy.made_at, "sha256": digests}
        archive.writestr("manifest.json", _json(manifest))
    audit.record("subject.exported", actor=actor or subject, subject=subject, count=len(digests))
    return copy


def _see_one_moment() -> None:
    outermost = len(connection.savepoint_ids) == 0 and not connection.needs_rollback
    if connection.vendor == "postgresql" and outermost:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def read(subject: DataSubject) -> Copy:
    files: dict[str, Any] = {}
    found = (_dataset(data, subject, files) for data in declarations() if data.personal)
    return Copy(
        made_at=timezone.now(),
        datasets=[dataset for dataset in found if dataset.rows],
        receivers=[
            {
                "partner": disclosure.processor.name,
                "purpose": disclosure.get_purpose_display(),
                "region": disclosure.region,
                "fields": [str(label) for label in labels],
                "when": disclosure.created_at,
            }
            for disclosure, labels in my_data.receivers(subject)
        ],
        looks=[
            {"when": look.at, "what": look.what, "did": str(look.did), "role": str(look.role)}
            for look in my_data.looks(subject)
        ],
        files=files,
    )


def _dataset(data: PersonalData, subject: DataSubject, files: dict[str, Any]) -> Dataset:
    columns = {column.name: column for column in data.model._meta.concrete_fields if _belongs(column)}
    secret = {
        name
        for name in columns
        if isinstance(declared := declared_field(data.model, name), Personal)
        and declared.category == Category.CREDENTIAL
    }
    labels = {name: _label(data, name) for name in columns if name not in secret}
    dataset = Dataset(
        name=data.model._meta.label_lower,
        title=capfirst(str(data.title)),
        purpose=str(data.purpose.label) if data.purpose else "",
        legal_basis=str(data.basis.label) if data.basis else "",
        kept=period(data),
        columns=labels,
        left_out={_label(data, name): str(CREDENTIALS) for name in sorted(secret)},
    )
    readable = [name for name in labels if not _is_machinery(data, name)]
    for row in _rows(data, subject).iterator(500):
        values = {name: _value(row, name, files) for name in labels}
        words = ((labels[name], _in_words(row, name, values[name])) for name in readable)
        dataset.rows.append(values)
        dataset.in_words.append([(label, value) for label, value in words if value not in ("", None)])
    return dataset


def _belongs(column: Any) -> bool:
    """Keys of other rows say nothing to a person; what they point at has a dataset of its own."""
    return not (column.is_relation or column.primary_key or column.name.endswith(("_hash", "_hmac")))


def _rows(data: PersonalData, subject: DataSubject) -> models.QuerySet[Any]:
    rows = data.rows_of(subject).order_by("pk")
    sealed = any(is_encrypted(column) for column in data.model._meta.concrete_fields)
    related = [*_priced(data.model), *(["subject__key"] if sealed else [])]
    return rows.select_related(*related) if related else rows


def _label(data: PersonalData, name: str) -> str:
    declared = declared_field(data.model, name)
    return str(
        declared.label if isinstance(declared, Personal) else data.model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    )


def _is_machinery(data: PersonalData, name: str) -> bool:
    """What only tells rows apart is in the data for machines, and only there."""
    column: Any = data.model._meta.get_field(name)
    is_key = isinstance(column, models.UUIDField) or column.unique or name == "object_id"
    return is_key and name not in data.personal and not isinstance(column.verbose_name, Promise)


def _in_words(row: models.Model, name: str, value: Any) -> Any:
    if isinstance(row._meta.get_field(name), models.BigIntegerField) and (currency := _currency(row)):
        return format_money(from_minor(value, currency), get_language() or settings.LANGUAGE_CODE)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return my_data.in_words(row, name, value)


def _currency(row: models.Model) -> str:
    """Of amounts in minor units: said by the row itself, or by what it is a part of."""
    owners = (row, *(getattr(row, name) for name in _priced(type(row))))
    return next((owner.currency for owner in owners if hasattr(owner, "currency")), "")


def _priced(model: type[models.Model]) -> list[str]:
    relations = (column for column in model._meta.concrete_fields if column.is_relation)
    return [column.name for column in relations if hasattr(column.related_model, "currency")]


def _value(row: models.Model, name: str, files: dict[str, Any]) -> Any:
    """As JSON can hold it; a file is named by where it lies in the archive."""
    try:
        value = getattr(row, name)
    except KeyDestroyed:
        return None
    if not isinstance(value, models.fields.files.FieldFile):
        return str(value) if isinstance(value, Promise) else value
    if not value:
        return None
    place = f"files/{row._meta.model_name}-{row.pk}{_ending(row)}"
    files[place] = value
    return place


def _ending(row: models.Model) -> str:
    kind = getattr(row, "content_type", "")
    return f".{kind.rpartition('/')[2]}" if isinstance(kind, str) and kind else ""


def _contents(copy: Copy) -> Iterator[tuple[str, bytes]]:
    yield "index.html", render_to_string("privacy/export/index.html", _page(copy)).encode()
    yield "data.json", _json(_plain(copy))
    yield "schema.json", _json(schema())
    for dataset in copy.datasets:
        yield f"csv/{dataset.name}.csv", _csv(dataset)
    for place, file in copy.files.items():
        with file.open() as content:
            yield place, content.read()


def _page(copy: Copy) -> dict[str, Any]:
    return {
        "copy": copy,
        "shop_name": settings.SHOP_NAME,
        "shop_email": settings.SHOP_EMAIL,
    }


def _plain(copy: Copy) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "made_at": copy.made_at,
        "controller": {
            "name": settings.SHOP_NAME,
            "email": settings.SHOP_EMAIL,
            "address": settings.SHOP_ADDRESS,
        },
        "datasets": [_for_machines(dataset) for dataset in copy.datasets],
        "receivers": copy.receivers,
        "looks": copy.looks,
    }


def _for_machines(dataset: Dataset) -> dict[str, Any]:
    return {name: value for name, value in vars(dataset).items() if name != "in_words"}


def _csv(dataset: Dataset) -> bytes:
    file = io.StringIO()
    table = csv.DictWriter(file, dataset.columns, extrasaction="ignore")
    table.writerow(dataset.columns)
    for row in dataset.rows:
        table.writerow({name: cell(value) for name, value in row.items()})
    return b"\xef\xbb\xbf" + file.getvalue().encode()  # spreadsheets take it for UTF-8


def cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is marked as text (OWASP, CSV injection)."""
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") and value else value


def _json(content: Any) -> bytes:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> str:
    archive.writestr(name, content)
    return hashlib.sha256(content).hexdigest()


def schema() -> dict[str, Any]:
    """JSON Schema of `data.json`."""
    text = {"type": "string"}
    moment = {"type": "string", "format": "date-time"}
    texts = {"type": "object", "additionalProperties": text}
    dataset = {
        "name": text,
        "title": text,
        "purpose": text,
        "legal_basis": text,
        "kept": text,
        "columns": texts,
        "rows": {"type": "array", "items": {"type": "object"}},
        "left_out": texts,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": _("A copy of one person's data"),
        "type": "object",
        "required": ["schema", "made_at", "controller", "datasets", "receivers", "looks"],
        "properties": {
            "schema": {"const": SCHEMA},
            "made_at": moment,
            "controller": texts,
            "datasets": {
                "type": "array",
                "items": {"type": "object", "required": list(dataset), "properties": dataset},
            },
            "receivers": {"type": "array", "items": {"type": "object"}},
            "looks": {"type": "array", "items": {"type": "object"}},
        },
    }
