"""The links around a listing, all plain addresses: to other pages, other sortings, out of a filter."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shop.catalogue.listing import SORTS, Filters, Listing
from shop.catalogue.models import Market
from shop.money import format_money, from_minor


@dataclass(frozen=True)
class Chip:
    """An active filter and the address without it."""

    label: str
    href: str


@dataclass(frozen=True)
class PageLink:
    number: int
    href: str
    current: bool = False


def chips(listing: Listing, filters: Filters, query: QueryDict, market: Market) -> list[Chip]:
    labels = {(facet.code, option.code): option.label for facet in listing.facets for option in facet.options}
    active = [
        (code, value, labels.get((code, value), value))
        for code, values in filters.choices.items()
        for value in sorted(values)
    ]
    if filters.in_stock:
        active.append(("stock", "1", _("In stock")))
    for name, minor, words in (
        ("min", filters.lowest, _("from %s")),
        ("max", filters.highest, _("up to %s")),
    ):
        if minor is not None:
            money = format_money(from_minor(minor, market.currency), get_language() or "en")
            active.append((name, query.get(name, ""), words % money))
    return [Chip(label, without(query, name, value)) for name, value, label in active]


def without(query: QueryDict, name: str, value: str) -> str:
    changed = query.copy()
    changed.setlist(name, [other for other in query.getlist(name) if other != value])
    changed.pop("page", None)
    return "?" + changed.urlencode()


def unfiltered(query: QueryDict) -> str:
    """Only what was searched for and how it is sorted is left."""
    kept = QueryDict(mutable=True)
    kept.update({name: query.get(name, "") for name in ("q", "sort") if name in query})
    return "?" + kept.urlencode()


def to_page(query: QueryDict, number: int) -> str:
    changed = query.copy()
    changed.pop("page", None)
    if number > 1:
        changed["page"] = str(number)
    return "?" + changed.urlencode()


def page_links(listing: Listing, filters: Filters, query: QueryDict) -> list[PageLink | None]:
    """First, last and the neighbours of this page; None stands for a gap."""
    near = range(filters.page - 1, filters.page + 2)
    shown = [
        number for number in range(1, listing.pages + 1) if number in {1, listing.pages} or number in near
    ]
    links: list[PageLink | None] = []
    for number in shown:
        if links and links[-1] and number > links[-1].number + 1:
            links.append(None)
        links.append(PageLink(number, to_page(query, number), current=number == filters.page))
    return links if listing.pages > 1 else []


def sorts(filters: Filters, *, is_search: bool) -> list[tuple[str, str, bool]]:
    """The ways to sort, as (code, words, chosen); a search starts with what fits best."""
    words: dict[str, Any] = dict(SORTS)
    if is_search:
        words[""] = _("Best match")
    return [(code, str(label), code == filters.sort) for code, label in words.items()]


def around(
    listing: Listing, filters: Filters, query: QueryDict, market: Market, *, is_search: bool = False
) -> dict[str, Any]:
    """All that stands around the products of a listing."""
    return {
        "chips": chips(listing, filters, query, market),
        "unfiltered": unfiltered(query),
        "page_links": page_links(listing, filters, query),
        "previous": to_page(query, filters.page - 1) if filters.page > 1 else "",
        "next": to_page(query, filters.page + 1) if filters.page < listing.pages else "",
        "sorts": sorts(filters, is_search=is_search),
        "typed": {"min": query.get("min", ""), "max": query.get("max", "")},
    }
