r"""How Vitrine's own CSV writes lists in one cell.

`Material: Stoneware; Capacity [ml]: 250; Dishwasher safe: yes`: a word, a number with its unit, yes or no.
A mark that belongs to the text itself is written with a backslash: `\;`.
"""

import re
from decimal import Decimal

from shop.catalogue.importers.imported import Property, Texts
from shop.catalogue.importers.importer import LANGUAGE
from shop.catalogue.models import Attribute

BOOLEANS = {"yes": True, "no": False}


def split(text: str, mark: str) -> list[str]:
    """The parts between the marks, still escaped."""
    parts = [""]
    for token in re.findall(r"\\.|.", text, re.DOTALL):
        if token == mark:
            parts.append("")
        else:
            parts[-1] += token
    return [part.strip() for part in parts]


def escape(text: str, marks: str) -> str:
    return re.sub(rf"([\\{re.escape(marks)}])", r"\\\1", text)


def unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def read_paths(cells: Texts) -> list[Texts] | None:
    """A category's path in every language: `Tableware > Bowls`, `Geschirr > Schalen`."""
    if not cells.get(LANGUAGE):
        return None
    paths = _by_language({language: split(cell, ">") for language, cell in cells.items() if cell})
    return [{language: unescape(name) for language, name in names.items()} for names in paths]


def read_properties(cells: Texts) -> list[Property]:
    if not cells.get(LANGUAGE):
        return []
    entries = {language: split(cell, ";") for language, cell in cells.items() if cell}
    return [_property(entry) for entry in _by_language(entries)]


def _by_language(parts: dict[str, list[str]]) -> list[Texts]:
    expected = len(parts[LANGUAGE])
    for language, found in parts.items():
        if len(found) != expected:
            raise ValueError(f"has {expected} entries in {LANGUAGE}, but {len(found)} in {language}")
    return [{language: found[n] for language, found in parts.items()} for n in range(expected)]


def _property(entry: Texts) -> Property:
    pairs = {language: _pair(text) for language, text in entry.items()}
    name, value = pairs[LANGUAGE]
    if not name or not value:
        raise ValueError(f"'{entry[LANGUAGE]}' is not written as 'Name: value'")
    names = {language: unescape(without_unit(pair[0])) for language, pair in pairs.items()}
    if unit := unit_in(name):
        return Property(names, type=Attribute.Type.NUMBER, unit=unit, number=_number(value))
    if value in BOOLEANS:
        return Property(names, type=Attribute.Type.BOOLEAN, number=Decimal(BOOLEANS[value]))
    values = {language: unescape(pair[1]) for language, pair in pairs.items()}
    return Property(names, values)


def _pair(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"((?:\\.|[^:\\])*):(.*)", text, re.DOTALL)
    return (found[1].strip(), found[2].strip()) if found else (text, "")


def unit_in(name: str) -> str:
    found = re.fullmatch(r".+ \[([^\]]+)\]", name)
    return found[1] if found else ""


def without_unit(name: str) -> str:
    return re.sub(r" \[[^\]]+\]$", "", name)


def _number(text: str) -> Decimal:
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,3})?", text, re.ASCII):
        raise ValueError(f"'{text}' is not a number")
    return Decimal(text)
