"""The shop's own words: the first page's, and the pages about the shop, delivery, returns and care."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

TITLES = {"story": _("Our story"), "delivery": _("Delivery"), "returns": _("Returns"), "care": _("Care")}


@dataclass(frozen=True)
class Text:
    title: str
    body: SafeString  # HTML, written by the shop
    language: str = ""  # where it is not the page's own

    @property
    def description(self) -> str:
        return " ".join(strip_tags(self.body).split())


def text(name: str, language: str) -> Text:
    """The words of a page in a language, or in the shop's first language where they are not translated."""
    page = _read().get(name, {})
    for code in (language, settings.LANGUAGE_CODE):
        if code in page:
            body = mark_safe(page[code]["body"])  # noqa: S308
            return Text(page[code]["title"], body, "" if code == language else code)
    return Text(str(TITLES.get(name, settings.SHOP_NAME)), mark_safe(""))


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    path = settings.SHOP_PAGES
    return tomllib.loads(path.read_text()) if path.exists() else {}
