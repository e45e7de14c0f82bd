"""What the pages of somebody who is signed in share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from accounts.models import User
from shop.catalogue.models import Market


class AccountRequest(HttpRequest):
    """A request of somebody who is signed in, as `shop.address` completes it."""

    user: User
    market: Market
    LANGUAGE_CODE: str


def account_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a page of the account: strangers sign in first, and no browser or proxy keeps it."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["Cache-Control"] = "no-store"
        return response

    return cast(Callable[..., HttpResponse], login_required(marked))
