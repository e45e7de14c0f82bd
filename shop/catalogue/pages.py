"""The shop's own words: the first page's, and the pages about delivery, returns, care and the shop itself."""

import tomllib
from functools import lru_cache
from typing import Any

from django.conf import settings

NAMES = ("delivery", "returns", "care", "about")


def texts(name: str, language: str) -> dict[str, Any]:
    """The texts of a page in a language, or in the shop's first language where there are none yet."""
    page = _read().get(name, {})
    found: dict[str, Any] = page.get(language) or page.get(settings.LANGUAGE_CODE) or {}
    return found


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    path = settings.SHOP_PAGES
    return tomllib.loads(path.read_text()) if path.exists() else {}
