"""The pages of the catalogue. Each is the same for everybody without a cookie, so each is kept as a whole."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shop.catalogue import cards, details, front, pages, paging, parts, seo
from shop.catalogue.details import Details, NotSoldHere
from shop.catalogue.listing import Filters, Listing, NoSuchPage, Scope, browse
from shop.catalogue.models import Market, Product
from shop.catalogue.search import complete
from shop.catalogue.tree import shelves
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
    text = pages.text("home", request.LANGUAGE_CODE)
    part = parts.draw(request, "catalogue/_home.html", lambda: _front(request, text))
    context = {"part": part, "text": text, "alternates": seo.alternates(request)}
    return render(request, "catalogue/home.html", context)


def _front(request: PageRequest, text: pages.Text) -> dict[str, Any]:
    story = pages.text("story", request.LANGUAGE_CODE)
    return {"front": front.show(request.market), "text": text, "story": story}


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
    crumbs = seo.crumbs(shelf.path)
    scope = Scope(categories=tuple(shelf.subtree_pks))
    json_ld = seo.crumbs_script(crumbs)
    return _list(request, "catalogue/category.html", scope, shelf=shelf, crumbs=crumbs, json_ld=json_ld)


@require_safe
@public_page
def search(request: PageRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:MOST_LETTERS]
    if not text:
        return render(request, "catalogue/search_empty.html", {"shelves": shelves().first})
    return _list(request, "catalogue/search.html", Scope(text=text), q=text)


def _list(request: PageRequest, template: str, scope: Scope, **context: Any) -> HttpResponse:
    """A listing as a whole page, or only its changing part where htmx asks for that."""
    filters = Filters.read(request.GET, request.market)
    try:
        listing = browse(scope, market=request.market, filters=filters)
    except NoSuchPage as error:
        raise Http404 from error
    part = parts.draw(request, "catalogue/_listing.html", lambda: _listed(request, scope, filters, listing))
    if request.htmx.target == "listing":
        # Not stored, or the browser's "back" would show this part as a page.
        return HttpResponse(part, headers={"Cache-Control": "no-store"})
    context |= {
        "listing": listing,
        "part": part,
        "alternates": seo.alternates(request),
        "noindex": not filters.is_plain,
        "canonical_query": paging.to_page(QueryDict(), filters.page) if filters.page > 1 else "",
    }
    return render(request, template, context)


def _listed(request: PageRequest, scope: Scope, filters: Filters, listing: Listing) -> dict[str, Any]:
    around = paging.around(listing, filters, request.GET, request.market, is_search=bool(scope.text))
    drawn = cards.eager(cards.draw(listing.pks, request.market))
    return {
        "listing": listing,
        "filters": filters,
        "cards": drawn,
        "q": scope.text,
        "shelves": shelves().first,
        **around,
    }


@require_safe
@public_page
def product(request: PageRequest, slug: str) -> HttpResponse:
    try:
        shown = details.show(slug, request.market)
    except Product.DoesNotExist as error:
        raise Http404 from error
    except NotSoldHere as elsewhere:
        context = {"product": elsewhere.product, "sold_in": elsewhere.markets, "shelves": shelves().first}
        return render(request, "catalogue/not_sold_here.html", context, status=404)
    context = {
        "details": shown,
        "product": shown.product,
        "part": parts.draw(request, "catalogue/_product.html", lambda: _shown(request, shown)),
        "alternates": seo.alternates(request, shown.markets),
        "json_ld": seo.product_data(request, shown),
    }
    return render(request, "catalogue/product.html", context)


def _shown(request: PageRequest, shown: Details) -> dict[str, Any]:
    return {
        "details": shown,
        "product": shown.product,
        "shelf": shelves().by_pk.get(shown.product.category_id),
        "crumbs": seo.crumbs(seo.path_to(shown.product)),
        "related": details.related(shown.product, request.market),
    }


@require_safe
def suggest(request: PageRequest) -> HttpResponse:
    """Ends of what is being typed into the search field, as links."""
    text = request.GET.get("q", "").strip()[:MOST_LETTERS]
    words = complete(text, language=request.LANGUAGE_CODE) if len(text) > 1 else []
    return render(request, "catalogue/_suggestions.html", {"words": words})


@require_safe
@public_page
def page(request: PageRequest, name: str) -> HttpResponse:
    if name not in pages.TITLES:
        raise Http404
    text = pages.text(name, request.LANGUAGE_CODE)
    context = {"text": text, "name": name, "alternates": seo.alternates(request)}
    return render(request, "catalogue/page.html", context)
