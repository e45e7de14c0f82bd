"""The pages of the catalogue. Each is the same for everybody without a cookie, so each is kept as a whole."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shop.catalogue import cards, details, front, pages, paging, seo
from shop.catalogue.listing import Filters, NoSuchPage, Scope, browse
from shop.catalogue.models import Market, Product
from shop.catalogue.search import complete
from shop.catalogue.tree import shelves
from shop.context import in_this_address
from shop.pagecache import public_page

MOST_LETTERS = 100


class PageRequest(HttpRequest):
    """A request as `shop.address` completes it."""

    market: Market
    LANGUAGE_CODE: str
    htmx: Any


@require_safe
@public_page
def home(request: PageRequest) -> HttpResponse:
    shown = front.show(request.market)
    context = {
        "front": shown,
        "selected": _here(request, shown.selected),
        "new": _here(request, shown.new),
        "texts": pages.texts("home", request.LANGUAGE_CODE),
        "alternates": seo.alternates(request),
    }
    return render(request, "catalogue/home.html", context)


@require_safe
@public_page
def everything(request: PageRequest) -> HttpResponse:
    return _list(request, "catalogue/all.html", Scope())


@require_safe
@public_page
def category(request: PageRequest, slug: str) -> HttpResponse:
    shelf = shelves().by_slug.get(slug)
    if shelf is None:
        raise Http404
    scope = Scope(categories=tuple(shelf.subtree_pks))
    crumbs = seo.crumbs(shelf.path)
    return _list(
        request,
        "catalogue/category.html",
        scope,
        shelf=shelf,
        crumbs=crumbs,
        json_ld=seo.crumbs_script(crumbs),
    )


@require_safe
@public_page
def search(request: PageRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:MOST_LETTERS]
    if not text:
        return render(request, "catalogue/search_empty.html", {"shelves": shelves().first})
    return _list(request, "catalogue/search.html", Scope(text=text), q=text, shelves=shelves().first)


def _list(request: PageRequest, template: str, scope: Scope, **context: Any) -> HttpResponse:
    """A listing as a whole page, or only its changing part where htmx asks for that."""
    filters = Filters.read(request.GET, request.market)
    try:
        listing = browse(scope, market=request.market, filters=filters)
    except NoSuchPage as error:
        raise Http404 from error
    drawn = cards.eager(cards.draw(listing.pks, request.market))
    context |= {"listing": listing, "filters": filters, "cards": _here(request, drawn)}
    context |= {
        "alternates": seo.alternates(request),
        "noindex": not filters.is_plain,
        "canonical_query": paging.to_page(QueryDict(), filters.page) if filters.page > 1 else "",
    }
    context |= paging.around(listing, filters, request.GET, request.market, is_search=bool(scope.text))
    if request.htmx.target != "listing":
        return render(request, template, context)
    response = render(request, "catalogue/_listing.html", context)
    response["Cache-Control"] = "no-store"  # or the browser's "back" would show this part as a page
    return response


@require_safe
@public_page
def product(request: PageRequest, slug: str) -> HttpResponse:
    try:
        shown = details.show(slug, request.market)
    except Product.DoesNotExist as error:
        raise Http404 from error
    except details.NotSoldHere as elsewhere:
        context = {"product": elsewhere.product, "sold_in": elsewhere.markets, "shelves": shelves().first}
        return render(request, "catalogue/not_sold_here.html", context, status=404)
    shelf = shelves().by_pk.get(shown.product.category_id)
    crumbs = seo.crumbs(shelf.path if shelf else [])
    context = {
        "details": shown,
        "product": shown.product,
        "shelf": shelf,
        "crumbs": crumbs,
        "related": _here(request, details.related(shown.product, request.market)),
        "alternates": seo.alternates(request, shown.markets),
        "json_ld": seo.product_data(request, shown, crumbs),
    }
    return render(request, "catalogue/product.html", context)


@require_safe
def suggest(request: PageRequest) -> HttpResponse:
    """Ends of what is being typed into the search field, as links."""
    text = request.GET.get("q", "").strip()[:MOST_LETTERS]
    words = complete(text, language=request.LANGUAGE_CODE) if len(text) > 1 else []
    return render(request, "catalogue/_suggestions.html", {"words": words})


@require_safe
@public_page
def page(request: PageRequest, name: str) -> HttpResponse:
    if name not in pages.NAMES:
        raise Http404
    texts = pages.texts(name, request.LANGUAGE_CODE)
    return render(request, "catalogue/page.html", {"texts": texts, "alternates": seo.alternates(request)})


def _here(request: HttpRequest, drawn: list[Any]) -> list[Any]:
    return [in_this_address(request, card) for card in drawn]
