"""Forgery protection without cookies for those who are not signed in.

A token in every form would need a cookie on every page and would make no two pages alike. A request without a
session is checked by what the browser says of its origin (Fetch Metadata, `Origin`); one with a session keeps
Django's token.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


class CsrfMiddleware(CsrfViewMiddleware):
    def process_view(
        self, request: HttpRequest, callback: Callable[..., HttpResponseBase], *args: Any
    ) -> HttpResponseForbidden | None:
        if settings.SESSION_COOKIE_NAME in request.COOKIES or getattr(callback, "csrf_exempt", False):
            return super().process_view(request, callback, *args)
        if request.method in SAFE_METHODS or getattr(request, "_dont_enforce_csrf_checks", False):
            return None
        if is_from_this_site(request):
            return None
        return self._reject(request, "the form came from another site")  # type: ignore[attr-defined,no-any-return]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The token's cookie goes with a session only."""
        return response if request.session.is_empty() else super().process_response(request, response)


def is_from_this_site(request: HttpRequest) -> bool:
    """Whether the browser says that this request came from a page of this shop.

    A cart carried in the address is a secret no other site knows, so it proves the origin by itself; there
    `Referrer-Policy: no-referrer` makes browsers send `Origin: null`. It proves nothing where one signs in:
    anybody can fill a cart and lay its address under a foreign form. A client that names no origin and holds
    no cookie (a text browser, curl) has no authority that could be abused.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    if getattr(request, "carried_token", "") and not request.path_info.startswith("/account/"):
        return True
    if origin := request.headers.get("Origin"):
        return origin.partition("://")[2] == request.get_host()
    return not request.COOKIES
