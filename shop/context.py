"""What every page of the shop knows: its name, its place, the menu, and the way to the other places."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from privacy import browser, optional, policies
from privacy.optional import Use
from privacy.signals import opts_out
from shop.address import open_markets, page_prefix
from shop.catalogue.models import Market
from shop.catalogue.texts import country_name, language_name
from shop.catalogue.tree import SECONDS, shelves

# Forms of people without a session carry no token (`shop.csrf`), so that their pages are all alike.
NO_TOKEN = {"csrf_token": ""}
# Stand in the remembered head for what differs from page to page.
CART, PATH, QUERY, PIECES = "@cart@", "@path@", "@query@", "@pieces@"
OWN = re.compile("|".join((CART, PATH, QUERY, PIECES)))


def shop(request: HttpRequest) -> dict[str, Any]:
    return {
        **(NO_TOKEN if request.session.is_empty() else {}),
        "shop": Shop(request),
        "market": getattr(request, "market", None),
        "LANGUAGE_CODE": get_language(),
        "LANGUAGE_BIDI": get_language_bidi(),
    }


class Shop:
    """The shop as one page sees it. Everything is worked out only when a template asks for it."""

    name = settings.SHOP_NAME
    email = settings.SHOP_EMAIL
    phone = settings.SHOP_PHONE
    address = settings.SHOP_ADDRESS

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.market: Market | None = getattr(request, "market", None)
        self.language = get_language() or settings.LANGUAGE_CODE

    def head(self, *, q: str, pieces: int, is_known: bool) -> SafeString:
        """With what was searched for, how much is in the cart, and the way to sign in or to the account."""
        token = getattr(self.request, "carried_token", "")
        path = self.request.get_full_path().removeprefix(get_script_prefix().rstrip("/"))
        own = {
            CART: f"/c/{token}" if token else "",
            PATH: escape(path),
            QUERY: escape(q),
            PIECES: _pieces(self.language, pieces) if pieces else "",
        }
        html = self._frame["head of somebody known" if is_known else "head"]
        return mark_safe(OWN.sub(lambda mark: own[mark[0]], html))  # noqa: S308

    @property
    def foot(self) -> SafeString:
        return mark_safe(self._frame["foot"])  # noqa: S308

    @cached_property
    def _frame(self) -> dict[str, str]:
        """Head and foot of the page as far as they are the same everywhere in this market and language."""
        assert self.market is not None
        key = f"catalogue:frame:{self.language}-{self.market.country}"
        frame = cache.get_or_set(key, self._draw_frame, SECONDS) or {}
        here = f'href="{escape(self.request.path)}"'
        current = f'{here} aria-current="page"'
        return {
            part: in_this_address(self.request, html).replace(here, current) for part, html in frame.items()
        }

    def _draw_frame(self) -> dict[str, str]:
        assert self.market is not None
        context = {"shop": self, "market": self.market, "shelves": shelves().first}
        context |= {"q": QUERY, "pieces": PIECES}
        known = context | {"user": {"is_authenticated": True}}
        with page_prefix(self.language, self.market.country):
            return {
                "head": render_to_string("_header.html", context),
                "head of somebody known": render_to_string("_header.html", known),
                "foot": render_to_string("_footer.html", context),
            }

    @property
    def opts_out(self) -> bool:
        return opts_out(self.request)

    @property
    def asks(self) -> list[Use]:
        """What the banner asks about, on pages to look around on: never in a cart, a checkout, an account."""
        match = self.request.resolver_match
        is_public = match is not None and match.namespace == "catalogue"
        return optional.uses() if is_public and browser.is_to_be_asked(self.request) else []

    @property
    def news(self) -> SafeString:
        """Of the policies; for the pages where people set out, so that the others need not ask."""
        assert self.market is not None
        key = f"catalogue:news:{self.language}-{self.market.country}"
        return in_this_address(self.request, cache.get_or_set(key, self._draw_news, SECONDS) or "")

    def _draw_news(self) -> str:
        assert self.market is not None
        with page_prefix(self.language, self.market.country):
            return render_to_string("privacy/_news.html", {"versions": policies.in_the_news()})

    @property
    def place(self) -> str:
        return country_name(self.market.country, self.language) if self.market else ""

    def places(self) -> Iterator[dict[str, Any]]:
        """Every open market with the address of any page in each of its languages."""
        for market in open_markets().values():
            yield {
                "name": country_name(market.country, self.language),
                "currency": market.currency,
                "choices": [
                    {
                        "language": language,
                        "name": language_name(language),
                        "href": f"{CART}/{language}-{market.country.lower()}{PATH}",
                        "current": market == self.market and language == self.language,
                    }
                    for language in market.language_codes
                ],
            }

    @property
    def canonical(self) -> str:
        """The one address of this page for search engines: no carried cart, no filters."""
        return self.address_of(self.market, self.language) if self.market else ""

    def address_of(self, market: Market, language: str) -> str:
        return f"{settings.SITE_URL}/{language}-{market.country.lower()}{self.request.path_info}"

    @property
    def tax_note(self) -> str:
        """What a price on this page means, beside the price: whether tax is in it."""
        if self.market and self.market.prices_include_tax:
            return _("VAT included,")
        return _("Without tax; taxes and duties are shown before you order,")

    @property
    def price_note(self) -> str:
        if self.market is None:
            return ""
        if self.market.prices_include_tax:
            return _("All prices in %(currency)s, VAT included, plus delivery.") % {
                "currency": self.market.currency
            }
        return _("All prices in %(currency)s without tax, plus delivery, taxes and duties.") % {
            "currency": self.market.currency
        }


@lru_cache(maxsize=256)
def _pieces(language: str, pieces: int) -> str:
    with translation.override(language):
        return render_to_string("_pieces.html", {"pieces": pieces})


def in_this_address(request: HttpRequest, html: str) -> SafeString:
    """Remembered HTML has plain addresses; where the page's own carries a cart, its links shall too."""
    if getattr(request, "carried_token", ""):
        plain = "/" + get_script_prefix().strip("/").rpartition("/")[2] + "/"
        html = html.replace(f'="{plain}', f'="{get_script_prefix()}')
    return mark_safe(html)  # noqa: S308
