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

from privacy import browser
from privacy.purposes import Purpose

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
    needs: Purpose | None = None  # set only for browsers that agreed to this


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
        Cookie(
            settings.CHOICE_COOKIE_NAME,
            set_when=_("You answer a question about your privacy."),
            purpose=_("Remembers your answer, so that we do not ask again."),
            content=_("Your answer and its date; no number."),
            lifetime=_("12 months if you agreed, 6 months if you refused"),
        ),
    )
}


class CookieRegisterMiddleware:
    """Strips cookies that are not in the register, or that the browser did not agree to.

    In the demo and in tests one that is not in the register is an error. One whose consent was taken back is
    deleted with the next answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name in set(response.cookies) - set(REGISTER):
            if settings.DEMO:
                raise UndeclaredCookie(name)
            logger.error("undeclared cookie stripped: %s", name)
            del response.cookies[name]
        for name in _declined(request, response):
            response.cookies.pop(name, None)
            if name in request.COOKIES:
                response.delete_cookie(name, samesite="Lax")
        return response


def _declined(request: HttpRequest, response: HttpResponse) -> list[str]:
    touched = REGISTER.keys() & (request.COOKIES.keys() | response.cookies.keys())
    return [name for name in touched if (need := REGISTER[name].needs) and not browser.permits(request, need)]


@require_safe
def register_page(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/cookies.html", {"cookies": REGISTER.values()})
