"""Lists in one cell, as `shop.catalogue.importers.cells` reads them."""

from collections.abc import Sequence

from shop.catalogue.importers.cells import BOOLEANS, escape
from shop.catalogue.importers.importer import LANGUAGE
from shop.catalogue.importers.lookups import number_text
from shop.catalogue.models import Attribute, AttributeValue, Category


def write_path(path: Sequence[Category], language: str) -> str:
    names = [getattr(category, f"name_{language}") or "" for category in path]
    return " > ".join(escape(name, ">") for name in names) if any(names) else ""


def write_properties(values: Sequence[AttributeValue], language: str) -> str:
    """Entries stand in the same order in every language; what is not translated leaves its place empty."""
    entries = [_entry(value, language) for value in values]
    return "; ".join(entries) if any(entries) else ""


def _entry(value: AttributeValue, language: str) -> str:
    attribute = value.attribute
    name = escape(getattr(attribute, f"name_{language}") or "", ";:[")
    label = _label(value, language)
    if not name and (attribute.type != Attribute.Type.CHOICE or not label):
        return ""
    unit = f" [{attribute.unit}]" if attribute.type == Attribute.Type.NUMBER else ""
    return f"{name}{unit}: {label}"


def _label(value: AttributeValue, language: str) -> str:
    if value.attribute.type == Attribute.Type.NUMBER:
        return number_text(value.number) if value.number is not None else ""
    if value.attribute.type == Attribute.Type.BOOLEAN:
        return value.code
    label = escape(getattr(value, f"label_{language}") or "", ";")
    # A word that would be taken for an answer is told from one by the backslash.
    return f"\\{label}" if language == LANGUAGE and label in BOOLEANS else label
