"""What a text is made of, in words: the same for a product that is indexed and for a query that is typed.

All of it happens here, in Python, so that SQLite and PostgreSQL store and match identical words.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nl": "dutch", "no": "norwegian", "nb": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
# Words that say nothing about goods. They are indexed, and left out of a query that has other words.
STOP_WORDS = {
    "en": frozenset("a an and are at by for from in into is it of on or the to with".split()),
    "de": frozenset("am an auf aus das dem den der des die ein eine einen einer fur im in mit oder und von zu zum zur".split()),
    "fr": frozenset("a au aux avec c d de des du en et l la le les ou par pour qu s sans sur un une".split()),
}  # fmt: skip
MAX_QUERY = 200  # characters; nobody types more, and a pasted page must not become a query of 1,000 words
MAX_WORDS = 12
MAX_LENGTH = 60

# Letters that Unicode does not take apart into a base and a mark; `casefold` has already made ß into ss.
LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "’": "'"}
)
# Muehlbach is Mühlbach, but neue, Feuer and Quelle keep their letters.
GERMAN_UMLAUT = re.compile(r"(?<=a)e|(?<=o)e|(?<=[^aeiouyq]u)e|(?<=^u)e")
# Scripts written without spaces: each character is a word, and a run of them is matched as a phrase.
UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
CHUNK = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+(?:[-./_+][^\W_{UNSPACED}]+)*")
PART = re.compile(rf"[{UNSPACED}]|\d+|[^\W\d_{UNSPACED}]+")
DECIMAL = re.compile(r"(?<=\d)[.,](?=\d)")


@dataclass(frozen=True)
class Term:
    """One thing a query asks for: words that stand next to each other, or the same written as one.

    `dv-400` is `dv 400` or `dv400`; 毛衣 is 毛 followed by 衣; `bowls` is just `bowl`.
    """

    words: tuple[str, ...]
    joined: str = ""
    typed: str = field(default="", compare=False)
    is_prefix: bool = False

    @property
    def is_word(self) -> bool:
        """A word in the everyday sense, which can be misspelt, completed or part of a compound."""
        return len(self.words) == 1 and not self.joined and len(self.typed) > 1 and self.typed.isalpha()


def fold(text: str, language: str) -> str:
    """Lower case without accents: Mühlbach, MUHLBACH and Muehlbach (in German) are muhlbach."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(LETTERS)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    text = unicodedata.normalize("NFC", text)
    return GERMAN_UMLAUT.sub("", text) if language == "de" else text


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word; words with digits, and languages nobody wrote a stemmer for, stay as they are."""
    if language not in STEMMERS or not word.isalpha() or len(word) < 3:
        return word
    return snowballstemmer.stemmer(STEMMERS[language]).stemWord(word)


class Chunk(NamedTuple):
    """A piece of text between blanks: `Tn-2110` is written `tn 2110`, folded the same, and joined `tn2110`."""

    written: tuple[str, ...]
    folded: tuple[str, ...]
    joined: str


def chunks(text: str, language: str) -> Iterator[Chunk]:
    for match in CHUNK.finditer(unicodedata.normalize("NFKC", text)):
        chunk = _chunk(match[0], language)
        if chunk.folded:
            yield chunk


@lru_cache(maxsize=20_000)  # a catalogue repeats its words: an import is twice as fast for it
def _chunk(piece: str, language: str) -> Chunk:
    folded = tuple(part[:MAX_LENGTH] for part in PART.findall(fold(piece, language)))
    return Chunk(tuple(PART.findall(piece.lower())), folded, _joined(folded, piece))


def _joined(parts: tuple[str, ...], written: str) -> str:
    """Names of models and the like are also looked for without their hyphens; numbers and unspaced scripts are not."""
    is_name = len(parts) > 1 and written[0] < "\u0e00" and any(part.isalpha() for part in parts)
    return "".join(parts)[:MAX_LENGTH] if is_name and not DECIMAL.search(written) else ""


def stems(text: str, language: str) -> list[str]:
    return [stem(word, language) for chunk in chunks(text, language) for word in chunk.folded]


def joined(text: str, language: str) -> list[str]:
    return [chunk.joined for chunk in chunks(text, language) if chunk.joined]


def vocabulary(text: str, language: str) -> dict[str, str]:
    """The everyday words of a text as they are written, by their folded form; codes and numbers are none."""
    return {
        folded: written
        for chunk in chunks(text, language)
        for folded, written in zip(chunk.folded, chunk.written, strict=False)
        if len(folded) > 1 and folded.isalpha() and len(chunk.folded) == len(chunk.written)
    }


def terms(text: str, language: str) -> list[Term]:
    """What a query asks for, each thing once, in the order it was typed."""
    found: dict[Term, None] = {}
    for chunk in chunks(text[:MAX_QUERY], language):
        stemmed = tuple(stem(part, language) for part in chunk.folded)
        found[Term(stemmed, chunk.joined, "".join(chunk.folded))] = None
    stop = STOP_WORDS.get(language, frozenset())
    telling = [term for term in found if term.typed not in stop]
    return (telling or list(found))[:MAX_WORDS]
