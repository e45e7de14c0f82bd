"""The shop's words in its other languages: all of them said, and compiled."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages import Message, mofile, pofile

LOCALE = Path(__file__).resolve().parents[2] / "shop" / "locale"


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_word_is_translated_and_compiled(language):
    folder = LOCALE / language / "LC_MESSAGES"

    with (folder / "django.po").open("rb") as file:
        written = [message for message in pofile.read_po(file) if message.id]
    with (folder / "django.mo").open("rb") as file:
        compiled = {key(message): forms(message.string) for message in mofile.read_mo(file)}

    assert [message.id for message in written if message.fuzzy or not all(forms(message.string))] == []
    assert [message.id for message in written if compiled[key(message)] != forms(message.string)] == []


def key(message: Message) -> tuple[str | None, str]:
    """Babel reads the context as text from the one file and as bytes from the other."""
    context: str | bytes | None = message.context
    return context.decode() if isinstance(context, bytes) else context, forms(message.id)[0]


def forms(words: str | Sequence[str]) -> list[str]:
    """A message as its plural forms; most have one."""
    return [words] if isinstance(words, str) else list(words)
