"""What search engines read: canonical and alternate addresses, structured data, sitemaps, robots.txt."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from moneyed import Money

from shop.address import open_markets, page_prefix
from shop.catalogue.details import Details, Offer
from shop.catalogue.models import Market, Product
from shop.catalogue.pages import TITLES
from shop.catalogue.tree import Shelf, shelves

SECTION_SIZE = 5000
# In a script element only these could end it or start a comment.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
SCHEMA = "https://schema.org"


def _address(market: Market, language: str, path: str) -> str:
    return f"{settings.SITE_URL}/{language}-{market.country.lower()}{path}"


def alternates(request: HttpRequest, markets: Iterable[Market] | None = None) -> list[tuple[str, str]]:
    """This page in every language of every market it can be seen in, as (hreflang, address)."""
    shown = list(open_markets().values() if markets is None else markets)
    links = [
        (f"{language}-{market.country}", _address(market, language, request.path_info))
        for market in sorted(shown, key=lambda market: market.position)
        for language in market.language_codes
    ]
    return [*links, ("x-default", settings.SITE_URL + request.path_info)]


def crumbs(path: list[Shelf]) -> list[tuple[str, str]]:
    """The way from the first page to a shelf, as (name, address)."""
    home = [(settings.SHOP_NAME, reverse("catalogue:home"))]
    return home + [(shelf.name, shelf.get_absolute_url()) for shelf in path]


def path_to(product: Product) -> list[Shelf]:
    shelf = shelves().by_pk.get(product.category_id)
    return shelf.path if shelf else []


def product_data(request: HttpRequest, details: Details) -> SafeString:
    """Product with its offers, and the breadcrumbs, in the words of schema.org."""
    product = details.product
    address = settings.SITE_URL + request.path
    data: dict[str, Any] = {
        "@type": "Product",
        "name": product.name,
        "url": address,
        "description": " ".join(strip_tags(product.description or product.summary).split()),
        "image": [settings.SITE_URL + picture.image.url for picture in details.pictures],
        "sku": details.offers[0].variant.sku,
        "offers": [_offer_data(offer, address) for offer in details.offers],
    }
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand.name}
    steps = [*crumbs(path_to(product)), (product.name, request.path)]
    return _script({"@context": SCHEMA, "@graph": [data, _crumbs_data(steps)]})


def _offer_data(offer: Offer, address: str) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "sku": offer.variant.sku,
        "url": address,
        "price": _plain(offer.price.money),
        "priceCurrency": offer.price.money.currency.code,
        "availability": f"{SCHEMA}/{'InStock' if offer.variant.stock else 'OutOfStock'}",
        "itemCondition": f"{SCHEMA}/NewCondition",
    }


def _plain(money: Money) -> str:
    return f"{money.amount:f}"


def crumbs_script(trail: list[tuple[str, str]]) -> SafeString:
    return _script({"@context": SCHEMA, **_crumbs_data(trail)})


def _crumbs_data(trail: list[tuple[str, str]]) -> dict[str, Any]:
    steps = [
        {"@type": "ListItem", "position": number, "name": name, "item": settings.SITE_URL + address}
        for number, (name, address) in enumerate(trail, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": steps}


def _script(data: dict[str, Any]) -> SafeString:
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S308


# --- sitemaps: an index, and sections for each language of each market --------------------------------------


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    names = [
        f"{language}-{market.country.lower()}-{number}"
        for market in open_markets().values()
        for number in _products(market).page_range
        for language in market.language_codes
    ]
    sections = [settings.SITE_URL + reverse("sitemap_section", args=[name]) for name in names]
    return _xml(request, "catalogue/sitemap_index.xml", {"sections": sections})


@require_safe
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    language, _dash, rest = section.partition("-")
    country, _dash, number = rest.partition("-")
    market = open_markets().get(country.upper())
    if market is None or language not in market.language_codes or not number.isdecimal():
        raise Http404
    products = _products(market)
    if int(number) not in products.page_range:
        raise Http404
    with page_prefix(language, country):
        addresses = list(_addresses(products.page(number).object_list, is_first=number == "1"))
    return _xml(request, "catalogue/sitemap.xml", {"addresses": addresses})


def _products(market: Market) -> Paginator:
    rows = Product.objects.sold_in(market).order_by("pk").values_list("slug", "updated_at")
    return Paginator(rows, SECTION_SIZE)


def _addresses(products: Iterable[tuple[str, Any]], *, is_first: bool) -> Iterator[tuple[str, Any]]:
    if is_first:
        yield settings.SITE_URL + reverse("catalogue:home"), None
        for shelf in shelves().by_slug.values():
            yield settings.SITE_URL + shelf.get_absolute_url(), None
        for name in TITLES:
            yield settings.SITE_URL + reverse("catalogue:page", args=[name]), None
    for slug, changed_at in products:
        yield settings.SITE_URL + reverse("catalogue:product", args=[slug]), changed_at


def _xml(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, content_type="application/xml")


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Carts, checkouts, sign-in and searches are nobody's search results."""
    hidden = ("/c/", "/admin/", "/*/cart/", "/*/checkout/", "/*/orders/", "/*/account/", "/*/search/")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in hidden),
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain")
