"""Help with what was typed: typing errors, unfinished words, and words that German writes as one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from rapidfuzz import process
from rapidfuzz.distance import OSA

from shop.catalogue.models import Word
from shop.catalogue.search import words
from shop.catalogue.search.query import Query, Step
from shop.catalogue.search.tables import engine, table
from shop.catalogue.search.words import Term

COMPOUNDING = {"de", "da", "nb", "no", "nl", "sv"}
SHORTEST_PART = 4
MAX_COMPOUNDS = 20
SAMPLE = 200  # products whose words complete a query of several


def did_you_mean(text: str, *, language: str) -> str | None:
    """The text with words that are not found here replaced by the nearest that name something; or None."""
    return Vocabulary(words.terms(text, language), language).corrected(text)


class Vocabulary:
    """The shop's words that may help with a query, read at once.

    Words near one that no product has, not even in its description, correct it. Where a language joins
    words, those that end in a word of the query are found with it.
    """

    def __init__(self, terms: Sequence[Term], language: str) -> None:
        self.terms, self.language = tuple(terms), language
        self.words = [term for term in terms if term.is_word]
        self.ends = _ends(self.words) if language in COMPOUNDING else {}
        self.rows = list(self._read()) if self.words else []

    def _read(self) -> Iterable[Any]:
        has = f"EXISTS ({engine().MATCH.format(table=table(self.language))})"
        known: dict[str, Any] = {
            f"known{n}": RawSQL(has, [engine().expression(Query((term,)))], BooleanField())  # noqa: S611
            for n, term in enumerate(self.words)
        }
        named = zip(known, self.words, strict=True)
        helpful = [Q(**{name: False}) & _alike(term, self.language) for name, term in named]
        helpful += [Q(backwards__startswith=end) for end in self.ends.values()]
        rows = Word.objects.filter(language=self.language).annotate(**known).filter(reduce(or_, helpful))
        return rows.order_by("-products", "text")

    def with_compounds(self) -> tuple[Term, ...]:
        """Each term with the words that end in it, in languages that join words: Kanne finds Teekanne."""
        stems = [row.backwards for row in self.rows if row.backwards.startswith(tuple(self.ends.values()))]
        longer = stems[: MAX_COMPOUNDS * len(self.ends)]
        return tuple(
            _with_longer(term, self.ends[term], longer) if term in self.ends else term for term in self.terms
        )

    def corrected(self, text: str) -> str | None:
        found = {}
        for number, term in enumerate(self.words):
            is_unknown = self.rows and not getattr(self.rows[0], f"known{number}")
            if is_unknown and (word := self._nearest(term.typed[0])):
                found[term.typed] = word
        if not found:
            return None
        chunks = words.chunks(text[: words.MAX_QUERY], self.language)
        return " ".join(found.get(chunk.words, "-".join(chunk.written)) for chunk in chunks)

    def _nearest(self, word: str) -> str | None:
        """A word one typing error or two away."""
        allowed = 1 if len(word) < 6 else 2
        start, end = word[:2], _end(word, self.language)
        alike = {
            row.text: row for row in self.rows if row.text.startswith(start) or row.backwards.startswith(end)
        }
        near = process.extract(word, list(alike), scorer=OSA.distance, score_cutoff=allowed, limit=20)
        if not near:
            return None
        best = min(near, key=lambda found: (found[1], -alike[found[0]].products, found[0]))
        return str(alike[best[0]].written)


def _alike(term: Term, language: str) -> Q:
    """Words that begin or end as this one: typing errors seldom spoil both."""
    word = term.typed[0]
    return Q(text__startswith=word[:2]) | Q(backwards__startswith=_end(word, language))


def _end(word: str, language: str) -> str:
    return words.stem(word, language)[:-3:-1]


def _ends(terms: Sequence[Term]) -> dict[Term, str]:
    """The stems of terms backwards, as far as they are long enough to end another word."""
    ends = {term: term.forms[0][0][::-1] for term in terms}
    return {term: end for term, end in ends.items() if len(end) >= SHORTEST_PART}


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
    step = Step(Query((*before, as_beginning(last))))
    found = engine().best(table(language), [step], SAMPLE)[0].best
    return {word for _, text in found for word in text.split() if word.startswith(last.typed[0])}


def as_beginning(term: Term) -> Term:
    """The term as a beginning: `batterie` begins `batteries`, whose stem in the index is `batteri`."""
    typed = (term.typed,) if term.is_word else ()
    return replace(term, forms=tuple(dict.fromkeys(term.forms + typed)), is_prefix=True)


def _with_longer(term: Term, end: str, stems: list[str]) -> Term:
    compounds = tuple((stem[::-1],) for stem in stems if stem.startswith(end))
    return replace(term, forms=tuple(dict.fromkeys(term.forms + compounds)))
