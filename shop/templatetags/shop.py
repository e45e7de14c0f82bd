"""The few tags every template may use without loading them."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from moneyed import Money

from shop.money import format_money

register = template.Library()


@register.filter
def money(amount: Money | None) -> str:
    """An amount as a reader of the page's language writes it."""
    return "" if amount is None else format_money(amount, get_language() or "en")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from the sprite; it says nothing to a screen reader, so a word must stand beside it."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("img/icons.svg"), name)
