"""Whether somebody writes as a child does. The words are in `child_phrases.toml`; a colleague decides."""

import re
import tomllib
from functools import cache
from pathlib import Path
from unicodedata import normalize

from privacy import ages, minors, requests
from privacy.models import DataSubject, MinorCase


def notice(writer: DataSubject, words: str) -> None:
    """A hint stops only what is optional until somebody has looked."""
    if sounds_young(words, requests.country_of(writer)):
        minors.suspect(writer, signal=MinorCase.Signal.TICKET)


def sounds_young(words: str, country: str) -> bool:
    """No age was said, or one that is too young."""
    grown_up = ages.of(country).minor_age
    found = phrases().finditer(_plain(words))
    return any(match.lastindex is None or int(match[match.lastindex]) < grown_up for match in found)


@cache
def phrases() -> re.Pattern[str]:
    """All languages in one: who writes German on the French pages is understood as well."""
    content = tomllib.loads(Path(__file__).with_name("child_phrases.toml").read_text(encoding="utf-8"))
    known = [_pattern(phrase) for language in content.values() for phrase in language]
    return re.compile(rf"\b(?:{'|'.join(known)})(?!\w)")


def _pattern(phrase: str) -> str:
    """A number at the end is an age only where nothing follows: not in "I am only 5 minutes away"."""
    pattern = re.escape(_plain(phrase)).replace(r"\{age\}", r"(\d{1,2})")
    return pattern + r"(?=\s*(?:[^\w\s]|$))" if phrase.endswith("{age}") else pattern


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", normalize("NFKC", words).casefold().replace("’", "'"))
