"""Keep the index true: whoever writes products calls `index` in the same transaction; nothing else does."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Model
from django.utils.html import strip_tags
from modeltranslation.utils import build_localized_fieldname

from privacy import restore
from shop.catalogue.models import Category, Product, Word
from shop.catalogue.search import words
from shop.catalogue.search.query import Row
from shop.catalogue.search.tables import engine, languages, recreate, table

BATCH = 500
MAX_BODY = 2000  # words of a description; what comes after them is found by nobody


class Entry(NamedTuple):
    row: Row
    written: dict[str, str]  # its words with their accents, for suggestions


@transaction.atomic
def index(products: Iterable[Product]) -> None:
    """Write these products to the index of every language, as the database has them by now.

    What is not on sale is taken out.
    """
    shelves = _shelves()
    waiting = (product.pk for product in products)
    while ids := list(islice(waiting, BATCH)):
        saved = Product.objects.published().filter(pk__in=ids).select_related("brand")
        on_sale = list(saved.prefetch_related("variants", "values"))
        for language in languages():
            _replace(language, ids, [_entry(product, language, shelves) for product in on_sale])


@transaction.atomic
def remove(products: Iterable[Product]) -> None:
    """Take products out of the index, before or after they are deleted."""
    ids = [product.pk for product in products]
    for language in languages():
        _replace(language, ids, [])


@restore.register
@transaction.atomic
def rebuild() -> int:
    """Make all tables anew and write every product; a language added to the settings gets its table here.

    A backup holds the products, not the index.
    """
    Word.objects.all().delete()
    for language in languages():
        recreate(table(language))
    index(Product.objects.iterator(chunk_size=BATCH))
    return Product.objects.filter(status=Product.Status.ACTIVE).count()


def _replace(language: str, ids: list[int], entries: list[Entry]) -> None:
    name = table(language)
    before = Counter(word for text in engine().read(name, ids) for word in _naming(text))
    after = Counter(word for entry in entries for word in _naming(entry.row.words))
    engine().delete(name, ids)
    engine().write(name, [entry.row for entry in entries])
    after.subtract(before)
    written = {word: text for entry in entries for word, text in entry.written.items()}
    _count({word: change for word, change in after.items() if change}, written, language)


def _naming(text: str) -> set[str]:
    """The everyday words among those that name a product; its description names none."""
    name, _, facts, _ = text.split("\n")
    return {word for field in (name, facts) for word in field.split() if len(word) > 1 and word.isalpha()}


def _count(changes: dict[str, int], written: dict[str, str], language: str) -> None:
    """Add to the vocabulary and take from it; rows are made and locked in one order, against deadlocks."""
    new = [
        Word(
            language=language,
            text=text,
            backwards=words.stem(text, language)[::-1],
            written=written.get(text, text)[:80],
        )
        for text in sorted(changes)
        if changes[text] > 0
    ]
    Word.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    known = Word.objects.filter(language=language, text__in=changes).order_by("text").select_for_update()
    ids_by_text = dict(known.values_list("text", "pk"))
    for step in set(changes.values()):
        same = [
            ids_by_text[text] for text, change in changes.items() if change == step and text in ids_by_text
        ]
        Word.objects.filter(pk__in=same).update(products=F("products") + step)
    Word.objects.filter(pk__in=ids_by_text.values(), products=0).delete()


def _entry(product: Product, language: str, shelves: dict[int, list[Category]]) -> Entry:
    name = _text(product, "name", language)
    facts = [_text(shelf, "name", language) for shelf in shelves[product.category_id]]
    facts += [_text(value, "label", language) for value in product.values.all()]
    facts += [product.brand.name] if product.brand else []
    codes = [code for variant in product.variants.all() for code in (variant.sku, variant.barcode) if code]
    body = strip_tags(f"{_text(product, 'summary', language)} {_text(product, 'description', language)}")
    row = row_of(product.pk, language, name=name, codes=" ".join(codes), facts=" ".join(facts), body=body)
    return Entry(row, words.vocabulary(" ".join([name, *facts]), language))


def row_of(product_id: int, language: str, *, name: str, codes: str, facts: str, body: str) -> Row:
    other = words.codes(" ".join([name, codes, facts, body]), language)
    return Row(
        product_id=product_id,
        language=language,
        name=words.words(name, language),
        codes=words.words(codes, language) + other,
        facts=words.words(facts, language),
        body=words.words(body, language)[:MAX_BODY],
    )


def _text(thing: Model, field: str, language: str) -> str:
    """A translated text, or what the page shows in its place."""
    fallback = build_localized_fieldname(field, settings.MODELTRANSLATION_DEFAULT_LANGUAGE)
    return getattr(thing, build_localized_fieldname(field, language)) or getattr(thing, fallback) or ""


def _shelves() -> dict[int, list[Category]]:
    """Each category with those above it: a teapot is found among the teaware, too."""
    by_id = Category.objects.in_bulk()

    def upwards(category: Category | None) -> Iterator[Category]:
        while category is not None:
            yield category
            category = by_id.get(category.parent_id)

    return {pk: list(upwards(category)) for pk, category in by_id.items()}
