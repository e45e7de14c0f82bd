"""The words of a message, from templates named after its event."""

from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template

from accounts.events import Recipient


def shop_context(recipient: Recipient) -> dict[str, Any]:
    """What every message may say about the shop and the person it is for."""
    return {
        "name": recipient.name,
        "shop_name": settings.SHOP_NAME,
        "shop_address": settings.SHOP_ADDRESS,
        "shop_email": settings.SHOP_EMAIL,
    }


def render_plain(name: str, context: Mapping[str, Any]) -> str:
    """Text is not HTML: nothing in it is escaped."""
    template = cast(Template, get_template(name)).template
    return str(template.render(Context(dict(context), autoescape=False)))
