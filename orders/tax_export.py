"""The tax archive as a table for auditors: one row for each line of each sale, and one for each payment."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from orders import tax_laws
from orders.models import TaxRecord
from privacy.export import cell
from shop.money import from_minor

COLUMNS = (
    "record",
    "entity",
    "kind",
    "number",
    "ordered_on",
    "sold_on",
    "from",
    "to",
    "carrier",
    "sent_on",
    "arrived_on",
    "row",
    "sku",
    "name",
    "quantity",
    "currency",
    "net",
    "tax",
    "gross",
    "rate",
    "reason",
    "gateway",
    "reference",
    "paid_on",
    "company",
    "buyer",
    "street",
    "postcode",
    "city",
    "region",
    "laws",
    "keep_until",
)


def rows(records: Iterable[TaxRecord]) -> Iterator[bytes]:
    """Opened one after the other, as they are sent: nothing of it is written to a disk."""
    yield "\ufeff".encode()  # spreadsheets take it for UTF-8
    yield _line(dict(zip(COLUMNS, COLUMNS, strict=True)))
    for record in records:
        for row in _rows(record):
            yield _line({name: cell(value) for name, value in row.items()})


def _rows(record: TaxRecord) -> Iterator[dict[str, Any]]:
    content = record.content
    currency = content["currency"]
    sale = {
        "record": record.pk,
        "entity": record.entity.code,
        "kind": record.profile,
        "number": content["number"],
        "ordered_on": content["ordered_on"],
        "sold_on": record.sold_on.isoformat(),
        "currency": currency,
        "laws": record.laws,
        "keep_until": tax_laws.last_day(record.sold_on, record.law_names).isoformat(),
        **content["evidence"],
        **_buyer(content["buyer"]),
    }
    for line in content["lines"]:
        amounts = {name: _amount(line[name], currency) for name in ("net", "tax", "gross")}
        yield sale | line | amounts | {"row": "line"}
    for paid in content["payments"]:
        moved = {"gateway": paid["gateway"], "reference": paid["reference"], "paid_on": paid["on"]}
        yield sale | moved | {"row": "payment", "gross": _amount(paid["amount"], currency)}


def _buyer(buyer: dict[str, str]) -> dict[str, str]:
    names = ("company", "street", "postcode", "city", "region")
    return {name: buyer[name] for name in names if name in buyer} | {"buyer": buyer.get("name", "")}


def _amount(minor: int, currency: str) -> Any:
    return from_minor(minor, currency).amount


def _line(row: dict[str, Any]) -> bytes:
    text = io.StringIO()
    csv.DictWriter(text, COLUMNS).writerow(row)
    return text.getvalue().encode()
