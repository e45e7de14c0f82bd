"""What differs between two texts, for people: paragraph by paragraph, and word by word within one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape

BLOCK_END = re.compile(r"</(?:p|li|h[1-6])>", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
ALIKE = 0.5  # from here on two paragraphs are the same one, changed


@dataclass(frozen=True)
class Piece:
    """A run of words: the same in both, added or taken away."""

    text: str
    kind: str = ""  # "ins", "del" or nothing


def paragraphs(html: str) -> list[str]:
    """The text without tags, a block a line."""
    blocks = (" ".join(unescape(TAG.sub("", block)).split()) for block in BLOCK_END.split(html))
    return [block for block in blocks if block]


def between(old: str, new: str) -> list[list[Piece]]:
    """The changed paragraphs of two HTML texts, each as its pieces."""
    before, after = paragraphs(old), paragraphs(new)
    changed: list[list[Piece]] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            changed += _replaced(before[i1:i2], after[j1:j2])
    return changed


def _replaced(old: list[str], new: list[str]) -> Iterator[list[Piece]]:
    for number in range(max(len(old), len(new))):
        was = old[number] if number < len(old) else ""
        now = new[number] if number < len(new) else ""
        yield from _paragraph(was, now)


def _paragraph(was: str, now: str) -> Iterator[list[Piece]]:
    words = SequenceMatcher(None, was.split(), now.split(), autojunk=False)
    if was and now and words.ratio() >= ALIKE:
        yield list(_words(words, was.split(), now.split()))
        return
    if was:
        yield [Piece(was, "del")]
    if now:
        yield [Piece(now, "ins")]


def _words(matcher: "SequenceMatcher[str]", was: list[str], now: list[str]) -> Iterator[Piece]:
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            yield Piece(" ".join(was[i1:i2]))
            continue
        if i1 < i2:
            yield Piece(" ".join(was[i1:i2]), "del")
        if j1 < j2:
            yield Piece(" ".join(now[j1:j2]), "ins")
