"""What the pages of carts, checkouts and orders share: who carries the cart, and how it is handed on."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.models import User
from orders import carts, saved_carts
from orders.carts import Basket
from orders.models import Cart, opening
from orders.models.carts import LIFETIME, cart_with_token
from privacy.models import DataSubject
from shop.address import page_prefix
from shop.catalogue.models import Market


class ShopRequest(HttpRequest):
    """A request for a page of the shop, as `shop.address` completes it."""

    market: Market
    cart_token: str
    carried_token: str
    LANGUAGE_CODE: str


class BuyerRequest(ShopRequest):
    """Of somebody who is signed in."""

    user: User


def current_carts(request: ShopRequest) -> QuerySet[Cart]:
    """At most one: of whoever is signed in the saved one, on every device; else what the browser carries."""
    subject = subject_of(request)
    return Cart.objects.saved_by(subject) if subject else Cart.objects.of(request.cart_token)


def current_basket(request: ShopRequest) -> Basket | None:
    """The current cart as it stands today."""
    subject, market = subject_of(request), request.market
    opened = opening.by_subject(subject, market) if subject else opening.by_token(request.cart_token, market)
    return carts.basket_of(opened, market, on=timezone.localdate()) if opened else None


def cart_to_fill(request: ShopRequest) -> tuple[Cart, str]:
    """The current cart, or one to begin with its token."""
    subject = subject_of(request)
    if subject is not None:
        return saved_carts.find_or_begin(subject, request.market)
    carried = current_carts(request).first()
    return (carried, "") if carried else cart_with_token(request.market)


def subject_of(request: ShopRequest) -> DataSubject | None:
    return request.user.subject if isinstance(request.user, User) else None


def see_other(url: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(url)
    response.status_code = 303  # whatever the method was, the answer is fetched
    return response


def hand_over(request: ShopRequest, name: str, new_token: str = "", **query: Any) -> HttpResponse:
    """On to a page of the cart. A new token goes both ways, by cookie and in the address.

    A browser that took the cookie is sent from there to the plain address (`shop.address`); one that did not
    goes on with the address. Without a new token it stays as it was.
    """
    suffix = f"?{urlencode(query)}" if query else ""
    if not new_token:
        return see_other(reverse(name) + suffix)
    with page_prefix(request.LANGUAGE_CODE, request.market.country, new_token):
        response = see_other(reverse(name) + suffix)
    set_cart_cookie(response, new_token)
    return response


def set_cart_cookie(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        settings.CART_COOKIE_NAME,
        token,
        max_age=LIFETIME,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_cart_cookie(response: HttpResponse) -> None:
    response.delete_cookie(settings.CART_COOKIE_NAME, samesite="Lax")


def secret_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a page that shows somebody's order: never stored, never indexed."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return marked
