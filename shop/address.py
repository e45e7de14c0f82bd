"""The address says everything a page needs: language, market and, where cookies are closed, the cart.

`/en-de/products/moon-jar/` is English for Germany; `/c/<token>/en-de/…` carries a cart for a browser without
cookies. The middleware takes the prefix off before URLs are resolved and makes it the script prefix, so every
`{% url %}` keeps it without knowing of it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from babel.core import get_global
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import Resolver404, get_script_prefix, resolve, reverse, set_script_prefix
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from shop.catalogue.models import Market

PREFIX = re.compile(
    r"^(?:/c/(?P<token>[\w-]{22,64}))?/(?P<language>[a-z]{2})-(?P<country>[a-z]{2})(?P<path>/.*)$"
)
# What stands beside the shop's pages rather than in a language and a market.
ROOT = re.compile(r"^/(admin|static|media|webhooks|healthz|\.well-known|robots\.txt|favicon\.ico|sitemap)")


def open_markets() -> dict[str, Market]:
    """The open markets by country, in their order; remembered for a minute, but never that there is none."""
    markets = cache.get("markets")
    if not markets:
        markets = list(Market.objects.open())
        if markets:
            cache.set("markets", markets, 60)
    return {market.country: market for market in markets}


@contextmanager
def page_prefix(language: str, country: str, token: str = "") -> Iterator[None]:
    """Within this block `reverse` builds addresses of pages in that language and market."""
    previous = get_script_prefix()
    capability = f"/c/{token}" if token else ""
    set_script_prefix(f"{capability}/{language}-{country.lower()}/")
    try:
        with translation.override(language):
            yield
    finally:
        set_script_prefix(previous)


def page_url(name: str, *args: object, language: str, country: str, token: str = "") -> str:
    """The full address of a page, for mails, gateways and sitemaps."""
    with page_prefix(language, country, token):
        return str(settings.SITE_URL) + reverse(name, args=args)


def place_of(language: str, country: str) -> tuple[str, str]:
    """Where somebody reads the shop: in their own market, or the first one where theirs has closed."""
    markets = open_markets()
    market = markets.get(country) or next(iter(markets.values()))
    return language if language in market.language_codes else market.language_codes[0], market.country


def page_for(name: str, *args: object, language: str, country: str) -> str:
    """The full address of a page, for a mail to somebody whose market may have closed since."""
    spoken, sold_in = place_of(language, country)
    return page_url(name, *args, language=spoken, country=sold_in)


def best_address(accept_language: str) -> str:
    """The prefix that fits a browser's languages best, or the first market's in its first language."""
    markets = open_markets()
    if not markets:
        raise Http404("no market is open")
    wishes = [tag.replace("_", "-").split("-") for tag, _weight in parse_accept_lang_header(accept_language)]
    countries = (part.upper() for wish in wishes for part in (wish[1:] or [_home_of(wish[0])]))
    market = next(
        (markets[country] for country in countries if country in markets), next(iter(markets.values()))
    )
    spoken = (wish[0] for wish in wishes)
    language = next((code for code in spoken if code in market.language_codes), market.language_codes[0])
    return f"/{language}-{market.country.lower()}/"


def _home_of(language: str) -> str:
    """The country where most speakers of a language live (Unicode's likely subtags): fr leads to FR."""
    return str(get_global("likely_subtags").get(language, "")).rpartition("_")[2]


class AddressMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.cart_token = request.COOKIES.get(settings.CART_COOKIE_NAME, "")  # type: ignore[attr-defined]
        request.market = None  # type: ignore[attr-defined]
        if match := PREFIX.match(request.path_info):
            return self.page(request, match)
        if ROOT.match(request.path_info):
            with translation.override(translation.get_language_from_request(request)):
                request.LANGUAGE_CODE = translation.get_language()
                return self.get_response(request)
        return self.redirect_to_market(request)

    def page(self, request: HttpRequest, match: re.Match[str]) -> HttpResponse:
        token, language, country, path = match.group("token", "language", "country", "path")
        market = open_markets().get(country.upper())
        if market is None or language not in market.language_codes:
            return self.not_found(request)
        if token and token == request.cart_token and request.method == "GET":  # type: ignore[attr-defined]
            # The browser took the cookie after all: the address need not carry the cart.
            return redirect(request.get_full_path().removeprefix(f"/c/{token}"))
        request.path_info = path
        request.market = market  # type: ignore[attr-defined]
        request.LANGUAGE_CODE = language
        request.carried_token = token or ""  # type: ignore[attr-defined]
        with page_prefix(language, country, token or ""):
            if not token:
                return self.get_response(request)
            request.cart_token = token  # type: ignore[attr-defined]
            return _keep_private(self.get_response(request))

    def redirect_to_market(self, request: HttpRequest) -> HttpResponse:
        """`/` and addresses that only lack their prefix lead to the market that fits the browser best."""
        try:
            resolve(request.path_info)
        except Resolver404:
            return self.not_found(request)
        prefix = best_address(request.headers.get("Accept-Language", ""))
        response = HttpResponseRedirect(prefix + request.get_full_path().lstrip("/"))
        patch_vary_headers(response, ["Accept-Language"])
        return response

    def not_found(self, request: HttpRequest) -> HttpResponse:
        """Let the handlers answer 404 with the shop's own page."""
        request.path_info = "/-/"
        with translation.override(translation.get_language_from_request(request)):
            return self.get_response(request)


def _keep_private(response: HttpResponse) -> HttpResponse:
    """A page whose address is a capability is not stored, not indexed and never named to another site."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
