"""Put the likeliest products in order, by the same arithmetic whichever database found them.

This is BM25F (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, section 3.6): a word
counts by the field it stands in, ever less the more often it is repeated, and less in a long text than in a
short one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log

from shop.catalogue.search.words import Term, stem

FIELDS = (2.0, 0.5, 1.0, 1.5)  # name, codes, facts, body
STEM = 0.25  # of a word that is only alike: shoe for shoes, game for gaming
SATURATION, LENGTH = 1.2, 0.75  # the usual k1 and b
ADJACENT = 0.5  # what words that stand in the name as they were typed add to the score


@dataclass(frozen=True)
class Candidate:
    product_id: int
    words: str  # as `Row.words` wrote them
    language: str

    @cached_property
    def fields(self) -> list[list[str]]:
        return [line.split() for line in self.words.split("\n")]

    @cached_property
    def stems(self) -> list[list[str]]:
        return [[stem(word, self.language) for word in field] for field in self.fields]

    @property
    def length(self) -> int:
        """Codes repeat what stands elsewhere and make no text longer."""
        name, _, facts, body = self.fields
        return len(name) + len(facts) + len(body)


def order(candidates: Sequence[Candidate], terms: Sequence[Term], rarity: Sequence[float]) -> list[int]:
    """The numbers of the products, best first. Equals stay as the database gave them."""
    if not candidates:
        return []
    average = sum(one.length for one in candidates) / len(candidates) or 1
    scores = {one.product_id: _score(one, terms, rarity, one.length / average) for one in candidates}
    return sorted(scores, key=scores.__getitem__, reverse=True)


def rarity(found: Iterable[int], products: int) -> list[float]:
    """The weight of each term (BM25's idf) by the number of products that have it."""
    return [log(1 + (products - n + 0.5) / (n + 0.5)) for n in found]


def _score(one: Candidate, terms: Sequence[Term], rarity: Sequence[float], length: float) -> float:
    norm = 1 - LENGTH + LENGTH * length
    counts = [_count(one, term) / norm for term in terms]
    score = sum(
        rare * n * (SATURATION + 1) / (n + SATURATION) for rare, n in zip(rarity, counts, strict=True)
    )
    coverage = sum(n > 0 for n in counts) / len(terms)
    together = sum(_times(a.forms[0] + b.forms[0], one.stems[0]) > 0 for a, b in pairwise(terms))
    return score * coverage * (1 + ADJACENT * together)


def _count(one: Candidate, term: Term) -> float:
    """How often a term stands in each field, as typed or in another form. Called often, hence without ado."""
    total = 0.0
    for weight, words, stems in zip(FIELDS, one.fields, one.stems, strict=True):
        alike = 0
        for form in term.forms:
            alike = max(alike, _times(form, stems, term.is_prefix))
        if alike:
            typed = _times(term.typed, words)
            total += weight * (typed + STEM * max(0, alike - typed))
    return total


def _times(phrase: tuple[str, ...], words: list[str], is_prefix: bool = False) -> int:
    first = phrase[0]
    if len(phrase) == 1:
        return sum(word.startswith(first) for word in words) if is_prefix else words.count(first)
    if first not in words:
        return 0
    size = len(phrase)
    return sum(tuple(words[start : start + size]) == phrase for start in range(len(words) - size + 1))
