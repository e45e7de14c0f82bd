"""The shop's words in its other languages: all of them said, and compiled."""

from pathlib import Path

import pytest
from babel.messages import mofile, pofile

LOCALE = Path(__file__).resolve().parents[2] / "shop" / "locale"


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_word_is_translated_and_compiled(language):
    folder = LOCALE / language / "LC_MESSAGES"

    with (folder / "django.po").open("rb") as file:
        written = {message.id: message for message in pofile.read_po(file) if message.id}
    with (folder / "django.mo").open("rb") as file:
        compiled = {message.id for message in mofile.read_mo(file) if message.id}

    assert [key for key, message in written.items() if message.fuzzy or not all_of(message.string)] == []
    assert {first_of(key) for key in written} == {first_of(key) for key in compiled}


def first_of(words: str | tuple[str, ...]) -> str:
    """A message, or the singular of one that has plural forms."""
    return words if isinstance(words, str) else words[0]


def all_of(words: str | tuple[str, ...]) -> bool:
    return bool(words) if isinstance(words, str) else all(words)
