"""Whole public pages, kept for a minute and given to everybody who carries no session and no cart of ours.

What a browser's signal or answer about its privacy changes on a page is part of the key.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from privacy import browser, signals

OUR_COOKIES = {settings.SESSION_COOKIE_NAME, settings.CART_COOKIE_NAME}
NOT_KEPT = {"Content-Length", "Date"}


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a view whose page is the same for every visitor without a cookie of ours."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie", "HX-Request", *signals.HEADERS])
        response.is_public = response.status_code == 200  # type: ignore[attr-defined]
        return response

    return marked


class PageCacheMiddleware:
    """Answers from the cache before anything else runs; a hit costs no query and renders nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _may_share(request):
            return self.get_response(request)
        address = f"{request.build_absolute_uri()} {browser.variant(request)}"
        key = "page:" + hashlib.sha256(address.encode()).hexdigest()
        if kept := cache.get(key):
            body, headers = kept
            return _answer(request, HttpResponse(body, headers=headers))
        response = self.get_response(request)
        if getattr(response, "is_public", False) and not response.cookies:
            _make_cacheable(response)
            headers = {name: value for name, value in response.items() if name not in NOT_KEPT}
            cache.set(key, (response.content, headers), settings.PAGE_CACHE_SECONDS)
            return _answer(request, response)
        return response


def _may_share(request: HttpRequest) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and settings.PAGE_CACHE_SECONDS > 0
        and not OUR_COOKIES & request.COOKIES.keys()
        and "HX-Request" not in request.headers
        and not getattr(request, "carried_token", "")
    )


def _make_cacheable(response: HttpResponse) -> None:
    response["ETag"] = f'W/"{hashlib.sha256(response.content).hexdigest()[:20]}"'
    response["Cache-Control"] = f"public, max-age={settings.PAGE_CACHE_SECONDS}"


def _answer(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page, or 304 where the browser has it already."""
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
