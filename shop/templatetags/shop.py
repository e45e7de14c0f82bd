"""The few tags every template may use without loading them."""

from functools import cache
from typing import Any

from django import template
from django.template import RequestContext
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from moneyed import Money
from pictures.models import PictureFieldFile

from shop.catalogue.texts import country_name
from shop.context import Shop
from shop.money import format_money

register = template.Library()

# How wide a picture is drawn, for the browser to choose a file by.
SIZES = {
    "card": "(min-width: 80rem) 19rem, (min-width: 40rem) 30vw, 50vw",
    "product": "(min-width: 56rem) 40rem, 100vw",
    "hero": "(min-width: 56rem) 60vw, 100vw",
    "small": "7rem",
}


@register.filter
def money(amount: Money | None) -> str:
    """An amount as a reader of the page's language writes it."""
    return "" if amount is None else format_money(amount, get_language() or "en")


@register.filter
def country(code: str) -> str:
    """The name of a country in the language of the page."""
    return country_name(code, get_language() or "en")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from the sprite; it says nothing to a screen reader, so a word must stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("img/icons.svg"), name
    )


@register.simple_tag
@cache
def styles_and_scripts() -> SafeString:
    """Styles and scripts, which change with a new version of the shop only."""
    return render_to_string("_styles_and_scripts.html")


@register.simple_tag(takes_context=True)
def head(context: RequestContext) -> SafeString:
    """The head of a page that has a market."""
    page: Shop = context["shop"]
    pieces, user = context.get("cart_count"), context.get("user")
    return page.head(
        q=context.get("q") or "",
        pieces=(pieces() if callable(pieces) else pieces) or 0,
        is_known=bool(user and user.is_authenticated),
    )


@register.inclusion_tag("_picture.html")
def picture(image: PictureFieldFile, alt: str, size: str = "card", *, first: bool = False) -> dict[str, Any]:
    """A picture in every stored width and format; `first` for the one the page opens with."""
    sources = image.aspect_ratios[None]
    return {
        "sources": [
            (f"image/{kind.lower()}", ", ".join(f"{files[width].url} {width}w" for width in sorted(files)))
            for kind, files in sources.items()
            if files
        ],
        "image": image,
        "alt": alt,
        "sizes": SIZES[size],
        "first": first,
    }
