"""Categories, brands and attributes by name, made where they are missing, and remembered during an import."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.conf import settings
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext, override

from shop.catalogue.importers.imported import Property, Texts
from shop.catalogue.importers.importer import LANGUAGE
from shop.catalogue.models import Attribute, AttributeValue, Brand, Category

LANGUAGES = [code for code, name in settings.LANGUAGES]


class Unfit(ValueError):
    """The value is of another kind than the attribute the shop already has."""


class Lookups:
    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets everything: after a rollback a remembered row may not exist."""
        self.categories = {(row.parent_id, named(row, "name")): row for row in Category.objects.all()}
        self.brands = {brand.name: brand for brand in Brand.objects.all()}
        self.attributes = {named(row, "name"): row for row in Attribute.objects.all()}
        self.values: dict[int, dict[Any, AttributeValue]] = {}

    def category(self, path: list[Texts], description: Texts) -> Category:
        category: Category | None = None
        for names in path:
            category = self._child(category, names)
        assert category is not None
        translate(category, "description", description)
        return category

    def _child(self, parent: Category | None, names: Texts) -> Category:
        key = (parent.pk if parent else None, names[LANGUAGE].casefold())
        category = self.categories.get(key)
        if category is None:
            category = Category(parent=parent, position=len(self.categories))
            category.slug = free_slug(
                Category.objects.all(), names[LANGUAGE], f"{parent.slug}-" if parent else ""
            )
        translate(category, "name", names)
        self.categories[key] = category
        return category

    def brand(self, name: str) -> Brand | None:
        if not name:
            return None
        if name not in self.brands:
            slug = free_slug(Brand.objects.all(), name)
            self.brands[name] = Brand.objects.create(name=name, slug=slug)
        return self.brands[name]

    def value(self, wanted: Property) -> AttributeValue:
        attribute = self._attribute(wanted)
        known = self._values_of(attribute)
        key = key_of(wanted)
        value = known.get(key)
        if value is None:
            value = AttributeValue(attribute=attribute)
            if wanted.type == Attribute.Type.NUMBER:
                value.number = wanted.number  # which sorts it
            else:
                value.position = len(known)
            value.code = free_slug(attribute.values.all(), str(key), field="code")
        translate(value, "label", labels(wanted))
        known[key] = value
        return value

    def _attribute(self, wanted: Property) -> Attribute:
        name = wanted.attribute[LANGUAGE]
        attribute = self.attributes.get(name.casefold())
        if attribute is None:
            attribute = Attribute(type=wanted.type, unit=wanted.unit, position=len(self.attributes))
            attribute.code = free_slug(Attribute.objects.all(), name, field="code")
        elif (attribute.type, attribute.unit) != (wanted.type, wanted.unit):
            unit = f" in {attribute.unit}" if attribute.unit else ""
            raise Unfit(f"'{name}' is already of the kind '{attribute.type}'{unit} here")
        translate(attribute, "name", wanted.attribute)
        self.attributes[name.casefold()] = attribute
        return attribute

    def _values_of(self, attribute: Attribute) -> dict[Any, AttributeValue]:
        if attribute.pk not in self.values:
            found = attribute.values.all()
            self.values[attribute.pk] = {stored_key(attribute, value): value for value in found}
        return self.values[attribute.pk]


def key_of(wanted: Property) -> str:
    """What tells two values of an attribute apart."""
    if wanted.type == Attribute.Type.CHOICE:
        return wanted.value[LANGUAGE].casefold()
    if wanted.type == Attribute.Type.BOOLEAN:
        return "yes" if wanted.number else "no"
    return number_text(wanted.number or Decimal(0))


def stored_key(attribute: Attribute, value: AttributeValue) -> str:
    if attribute.type == Attribute.Type.NUMBER and value.number is not None:
        return number_text(value.number)
    return value.code if attribute.type == Attribute.Type.BOOLEAN else named(value, "label")


def labels(wanted: Property) -> Texts:
    """A number's label is written as each language writes numbers; yes and no are words of the shop."""
    if wanted.type == Attribute.Type.CHOICE:
        return wanted.value
    if wanted.type == Attribute.Type.NUMBER:
        return {
            code: f"{format_decimal(wanted.number or 0, locale=code)} {wanted.unit}" for code in LANGUAGES
        }
    return {code: _yes_or_no(code, bool(wanted.number)) for code in LANGUAGES}


def _yes_or_no(language: str, answer: bool) -> str:
    with override(language):
        return gettext("Yes") if answer else gettext("No")


def number_text(number: Decimal) -> str:
    """`2.5`, `250`, never `2.500` or `2.5E+2`."""
    return f"{number.normalize():f}"


def named(row: models.Model, field: str) -> str:
    return str(getattr(row, f"{field}_{LANGUAGE}") or "").casefold()


def translate(row: models.Model, field: str, texts: Mapping[str, str]) -> None:
    """Sets the texts that are there, and saves the row if it is new or one of them differs."""
    changed = {f"{field}_{code}": text for code, text in texts.items() if text}
    changed = {name: text for name, text in changed.items() if getattr(row, name) != text}
    for name, text in changed.items():
        setattr(row, name, text)
    if changed or row.pk is None:
        row.save()


def free_slug(rows: models.QuerySet[Any], text: str, prefix: str = "", *, field: str = "slug") -> str:
    """A slug nobody has; `prefix` and then a number tell it apart where it is taken."""
    slug = slugify(text.replace(".", "-"))[:50] or "x"
    candidates = [slug, f"{prefix}{slug}"[:120], *(f"{slug}-{n}" for n in range(2, 1000))]
    taken = set(rows.filter(**{f"{field}__in": candidates}).values_list(field, flat=True))
    return next(candidate for candidate in candidates if candidate not in taken)
