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
    "en": {
        "a", "an", "and", "are", "at", "by", "for", "from", "in", "into", "is", "it", "of", "on", "or", "s",
        "the", "to", "with",
    },
    "de": {
        "am", "an", "auf", "aus", "das", "dem", "den", "der", "des", "die", "ein", "eine", "einen", "einer",
        "fur", "im", "in", "mit", "oder", "und", "von", "zu", "zum", "zur",
    },
    "fr": {
        "a", "au", "aux", "avec", "c", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou",
        "par", "pour", "qu", "s", "sans", "sur", "un", "une",
    },
}  # fmt: skip
MAX_QUERY = 200  # characters; nobody types more, and a pasted page must not become a query of 1,000 words
MAX_TERMS = 12
MAX_LENGTH = 60  # of a word

# Letters that Unicode does not take apart into a base and a mark; `casefold` has already made ß into ss.
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
# Muehlbach is Mühlbach, but neue, Feuer and Quelle keep their letters.
GERMAN_UMLAUT = re.compile(r"(?<=a)e|(?<=o)e|(?<=[^aeiouyq]u)e|(?<=^u)e")
# Scripts written without blanks, Thai to Chinese: each character is a word, and a run of them is a phrase.
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    r"\U00020000-\U0003ffff"
)
CHUNK = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+(?:[-./_+][^\W_{UNSPACED}]+)*")
WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
PART = re.compile(rf"[{UNSPACED}]|\d+|[^\W\d_{UNSPACED}]+")
DECIMAL = re.compile(r"\d\.\d")


class Chunk(NamedTuple):
    """A piece of text between blanks: `TN-2110x` has the words tn and 2110x, the parts tn, 2110 and x."""

    written: tuple[str, ...]
    words: tuple[str, ...]
    parts: tuple[str, ...]
    joined: str


@dataclass(frozen=True)
class Term:
    """One thing a query asks for, in any of several forms; a form is words that stand next to each other.

    `dv-400` is `dv 400` or `dv400`; `bowls` is `bowl`; 毛衣 is 毛 followed by 衣.
    """

    forms: tuple[tuple[str, ...], ...]
    typed: tuple[str, ...] = field(compare=False)
    is_prefix: bool = False

    @property
    def is_word(self) -> bool:
        """A word in the everyday sense, which can be misspelt, completed or part of a compound."""
        return len(self.typed) == 1 and len(self.typed[0]) > 1 and self.typed[0].isalpha()


def fold(text: str, language: str) -> str:
    """Lower case without accents: Mühlbach, MUHLBACH and Muehlbach (in German) are muhlbach."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(LETTERS)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    text = unicodedata.normalize("NFC", text)
    return GERMAN_UMLAUT.sub("", text) if language == "de" else text


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word; words with digits, and languages without a stemmer, stay as they are."""
    if language not in STEMMERS or not word.isalpha() or len(word) < 3:
        return word
    return str(snowballstemmer.stemmer(STEMMERS[language]).stemWord(word))


def chunks(text: str, language: str) -> Iterator[Chunk]:
    for match in CHUNK.finditer(unicodedata.normalize("NFKC", text)):
        chunk = _chunk(match[0], language)
        if chunk.words:
            yield chunk


@lru_cache(maxsize=20_000)  # a catalogue repeats its words: an import is twice as fast for it
def _chunk(piece: str, language: str) -> Chunk:
    folded = fold(piece, language)
    words = tuple(word[:MAX_LENGTH] for word in WORD.findall(folded))
    parts = tuple(part[:MAX_LENGTH] for part in PART.findall(folded))
    return Chunk(tuple(WORD.findall(piece.lower())), words, parts, _joined(words, folded))


def _joined(words: tuple[str, ...], folded: str) -> str:
    """Names of models and the like are also looked for without their hyphens; numbers are not."""
    is_name = len(words) > 1 and folded[0] < "\u0e00" and not "".join(words).isdecimal()
    return "".join(words)[:MAX_LENGTH] if is_name and not DECIMAL.search(folded) else ""


def words(text: str, language: str) -> list[str]:
    """The folded words of a text, as they stand in it."""
    return [word for chunk in chunks(text, language) for word in chunk.words]


def codes(text: str, language: str) -> list[str]:
    """Other ways to write what is in a text: `tn-2110` as one word, `16gb` as two."""
    found: dict[str, None] = {}
    for chunk in chunks(text, language):
        others = [chunk.joined] if chunk.joined else []
        others += chunk.parts if len(chunk.parts) > len(chunk.words) else ()
        found |= dict.fromkeys(others)
    return list(found)


def stems(folded: list[str], language: str) -> list[str]:
    return [stem(word, language) for word in folded]


def vocabulary(text: str, language: str) -> dict[str, str]:
    """The everyday words of a text as they are written, by their folded form; codes and numbers are none."""
    return {
        word: written[:MAX_LENGTH]
        for chunk in chunks(text, language)
        if len(chunk.words) == len(chunk.written)
        for word, written in zip(chunk.words, chunk.written, strict=True)
        if len(word) > 1 and word.isalpha()
    }


def terms(text: str, language: str) -> list[Term]:
    """What a query asks for, each thing once, in the order it was typed."""
    found = dict.fromkeys(_term(chunk, language) for chunk in chunks(text[:MAX_QUERY], language))
    stop = STOP_WORDS.get(language, set())
    telling = [term for term in found if not stop.issuperset(term.typed)]
    return (telling or list(found))[:MAX_TERMS]


def _term(chunk: Chunk, language: str) -> Term:
    forms = [tuple(stem(word, language) for word in chunk.words)]
    if chunk.joined:
        forms.append((chunk.joined,))
    if len(chunk.parts) > len(chunk.words):
        forms.append(chunk.parts)
    return Term(tuple(forms), chunk.words)
