"""The cookie register: every cookie the shop may set, and the middleware that lets no other one pass."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


class UndeclaredCookie(RuntimeError):
    """Code tried to set a cookie that the register does not know."""


@dataclass(frozen=True)
class Cookie:
    name: str
    set_when: Any
    purpose: Any
    content: Any
    lifetime: Any


REGISTER = {
    cookie.name: cookie
    for cookie in (
        Cookie(
            settings.CART_COOKIE_NAME,
            set_when=_("You put something in the cart."),
            purpose=_("Finds your cart again."),
            content=_("A random number."),
            lifetime=_("30 days"),
        ),
        Cookie(
            settings.SESSION_COOKIE_NAME,
            set_when=_("You sign in."),
            purpose=_("Keeps you signed in."),
            content=_("A random number."),
            lifetime=_("14 days"),
        ),
        Cookie(
            settings.DEVICE_COOKIE_NAME,
            set_when=_("You sign in."),
            purpose=_("Lets us warn you when somebody signs in from another browser."),
            content=_("A random number."),
            lifetime=_("180 days"),
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            set_when=_("You sign in."),
            purpose=_("Makes sure that a form was sent from this shop."),
            content=_("A random number."),
            lifetime=_("1 year"),
        ),
    )
}


class CookieRegisterMiddleware:
    """Strips cookies that are not in the register; in the demo and in tests they are an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name in set(response.cookies) - set(REGISTER):
            if settings.DEMO:
                raise UndeclaredCookie(name)
            logger.error("undeclared cookie stripped: %s", name)
            del response.cookies[name]
        return response


@require_safe
def register_page(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/cookies.html", {"cookies": REGISTER.values()})
