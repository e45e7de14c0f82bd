"""The large part of a page, drawn once for everybody in the same market and language and then remembered.

A part names nobody and carries no token, exactly as a kept page does (`shop.pagecache`). It serves those for
whom whole pages are not kept: shoppers with a cart, people who are signed in.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from shop.address import page_prefix
from shop.catalogue.cards import SECONDS
from shop.context import Shop, in_this_address


def draw(
    request: HttpRequest, template: str, context: Callable[[], dict[str, Any]], *, kind: str = ""
) -> SafeString:
    """The part of the page at this address; `context` is asked only where it is not remembered.

    `kind` tells apart what is not the same for everybody at this address.
    """
    shop = Shop(request)
    assert shop.market is not None
    place = f"{shop.language}-{shop.market.country.lower()}"
    asked = f"{template} {place} {request.path_info}?{request.GET.urlencode()} {kind}"
    key = "catalogue:part:" + hashlib.sha256(asked.encode()).hexdigest()
    html = cache.get(key)
    if html is None:
        path = f"/{place}{request.path_info}"
        with page_prefix(get_language() or "", shop.market.country):
            known = {"shop": shop, "market": shop.market, "path": path}
            html = render_to_string(template, {**known, **context()})
        cache.set(key, html, SECONDS)
    return in_this_address(request, html)
