"""Help with what was typed: typing errors, unfinished words, and words that German writes as one."""

from collections.abc import Iterable
from dataclasses import replace

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
    """The same text with the words nobody uses here replaced by the nearest that name something; None if nothing is wrong."""
    corrected = {}
    for term in words.terms(text, language):
        if term.is_word and not _is_known(term, language) and (word := _nearest(term.typed, language)):
            corrected[term.typed] = word
    if not corrected:
        return None
    chunks = words.chunks(text[: words.MAX_QUERY], language)
    return " ".join(corrected.get("".join(chunk.folded), "".join(chunk.written)) for chunk in chunks)


def _is_known(term: Term, language: str) -> bool:
    return bool(engine().best(table(language), Query(((term,),)), 1))


def _nearest(word: str, language: str) -> str | None:
    """A word with one typing error or two, found among those that begin or end alike: an error seldom spoils both."""
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
    """What the text may become when its last word is finished, most frequent first; every answer finds something."""
    terms = words.terms(text, language)
    if not terms or not terms[-1].is_word or text[-1:].isspace():
        return []
    *before, last = terms
    finished = Word.objects.filter(language=language, text__startswith=last.typed).exclude(text=last.typed)
    if before:
        finished = finished.filter(text__in=_beside(before, last, language))
    start = text[: words.MAX_QUERY].rpartition(" ")[0]
    ends = finished.order_by("-products", "text").values_list("written", flat=True)[:limit]
    return [f"{start} {end}".strip() for end in ends]


def _beside(before: list[Term], last: Term, language: str) -> set[str]:
    """The words beginning like the last one that stand in products with all words before it."""
    query = Query(tuple((term,) for term in before) + (as_beginning(last),))
    products = engine().best(table(language), query, SAMPLE)
    vocabulary = engine().vocabulary(table(language), products)
    return {word for text in vocabulary for word in text.split() if word.startswith(last.typed)}


def as_beginning(term: Term) -> tuple[Term, ...]:
    """The term as the beginning of words: `batterie` begins `batteries`, whose stem in the index is `batteri`."""
    stem = replace(term, is_prefix=True)
    return (stem, Term((term.typed,), is_prefix=True)) if term.is_word else (stem,)


def with_compounds(terms: Iterable[Term], language: str) -> tuple[tuple[Term, ...], ...]:
    """Each term with the words of the vocabulary that end in it, where the language builds such: Kanne finds Teekanne."""
    return tuple((term, *_compounds(term, language)) for term in terms)


def _compounds(term: Term, language: str) -> list[Term]:
    end = term.words[0][::-1]
    if language not in COMPOUNDING or not term.is_word or len(end) < SHORTEST_PART:
        return []
    longer = Word.objects.filter(language=language, backwards__startswith=end).exclude(backwards=end)
    stems = longer.order_by("-products", "text").values_list("backwards", flat=True)[:MAX_COMPOUNDS]
    return [Term((stem[::-1],)) for stem in dict.fromkeys(stems)]
