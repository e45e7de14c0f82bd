"""The secret link to an order's page. Nothing is stored: the token is the number with a signature of ours."""

import hmac
from base64 import urlsafe_b64encode

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from orders.models import Order
from orders.models.orders import NUMBER_LENGTH
from shop.address import page_prefix

SALT = "orders.status"


def status_token(order: Order) -> str:
    return order.number + _signature(order.number, settings.SECRET_KEY)


def number_in(token: str) -> str | None:
    """The order's number if the token is one of ours, made with the present key or one kept for old links."""
    number, signature = token[:NUMBER_LENGTH], token[NUMBER_LENGTH:]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    valid = any(hmac.compare_digest(signature.encode(), _signature(number, key).encode()) for key in keys)
    return number if valid else None


def path_of(order: Order, name: str = "orders:status") -> str:
    """An order's page in its language and market."""
    with page_prefix(order.language, order.market.country):
        return reverse(name, args=[status_token(order)])


def page_of(order: Order, name: str = "orders:status") -> str:
    """The same as a full address, for mails and gateways."""
    return f"{settings.SITE_URL}{path_of(order, name)}"


def _signature(number: str, key: str) -> str:
    digest = salted_hmac(SALT, number, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
