"""Help with what was typed: typing errors, unfinished words, and words that German writes as one."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

from django.db.models import Q
from rapidfuzz import process
from rapidfuzz.distance import OSA

from shop.catalogue.models import Word
from shop.catalogue.search import words
from shop.catalogue.search.query import Query
from shop.catalogue.search.tables import engine, table
from shop.catalogue.search.words import Term

COMPOUNDING = {"de", "da", "nb", "no", "nl", "sv"}
SHORTEST_PART = 4
MAX_COMPOUNDS = 20
SAMPLE = 200  # products whose words complete a query of several


def did_you_mean(text: str, *, language: str) -> str | None:
    """The text with words that are not found here replaced by the nearest that name something; or None."""
    corrected = {}
    for term in _unknown([term for term in words.terms(text, language) if term.is_word], language):
        if word := _nearest(term.typed[0], language):
            corrected[term.typed] = word
    if not corrected:
        return None
    chunks = words.chunks(text[: words.MAX_QUERY], language)
    return " ".join(corrected.get(chunk.words, "-".join(chunk.written)) for chunk in chunks)


def _unknown(terms: list[Term], language: str) -> list[Term]:
    """Those no product has, not even in its description."""
    _, *having = engine().count(table(language), terms)
    return [term for term, products in zip(terms, having, strict=True) if not products]


def _nearest(word: str, language: str) -> str | None:
    """A word one typing error or two away, among those that begin or end alike: errors seldom spoil both."""
    allowed = 1 if len(word) < 6 else 2
    alike = Word.objects.filter(
        Q(text__startswith=word[:2]) | Q(backwards__startswith=words.stem(word, language)[:-3:-1]),
        language=language,
    ).values_list("text", "written", "products")
    candidates = {text: (written, products) for text, written, products in alike}
    near = process.extract(word, list(candidates), scorer=OSA.distance, score_cutoff=allowed, limit=20)
    if not near:
        return None
    best = min(near, key=lambda found: (found[1], -candidates[found[0]][1], found[0]))
    return candidates[best[0]][0]


def complete(text: str, *, language: str, limit: int = 8) -> list[str]:
    """What the text may become when its last word is finished, most frequent first; each finds something."""
    terms = words.terms(text, language)
    if not terms or not terms[-1].is_word or text[-1:].isspace():
        return []
    *before, last = terms
    typed = last.typed[0]
    finished = Word.objects.filter(language=language, text__startswith=typed).exclude(text=typed)
    if before:
        finished = finished.filter(text__in=_beside(before, last, language))
    start = text[: words.MAX_QUERY].rpartition(" ")[0]
    ends = finished.order_by("-products", "text").values_list("written", flat=True)[:limit]
    return [f"{start} {end}".strip() for end in ends]


def _beside(before: list[Term], last: Term, language: str) -> set[str]:
    """The words beginning like the last one that stand in products with all the words before it."""
    found = engine().best(table(language), Query((*before, as_beginning(last))), SAMPLE)
    return {word for _, text in found for word in text.split() if word.startswith(last.typed[0])}


def as_beginning(term: Term) -> Term:
    """The term as a beginning: `batterie` begins `batteries`, whose stem in the index is `batteri`."""
    typed = (term.typed,) if term.is_word else ()
    return replace(term, forms=tuple(dict.fromkeys(term.forms + typed)), is_prefix=True)


def with_compounds(terms: Sequence[Term], language: str) -> tuple[Term, ...]:
    """Each term with the words that end in it, in languages that join words: Kanne finds Teekanne."""
    ends = {term: term.forms[0][0][::-1] for term in terms if term.is_word}
    ends = {term: end for term, end in ends.items() if len(end) >= SHORTEST_PART}
    if language not in COMPOUNDING or not ends:
        return tuple(terms)
    alike = reduce(or_, (Q(backwards__startswith=end) for end in ends.values()))
    longer = Word.objects.filter(alike, language=language).order_by("-products", "text")
    stems = list(longer.values_list("backwards", flat=True)[: MAX_COMPOUNDS * len(ends)])
    return tuple(_with_longer(term, ends[term], stems) if term in ends else term for term in terms)


def _with_longer(term: Term, end: str, stems: list[str]) -> Term:
    compounds = tuple((stem[::-1],) for stem in stems if stem.startswith(end))
    return replace(term, forms=tuple(dict.fromkeys(term.forms + compounds)))
