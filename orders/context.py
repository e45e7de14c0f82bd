"""How many pieces are in the cart, for the head of every page."""

from functools import cache
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from orders.models import CartLine
from orders.models.carts import hash_token


def cart_count(request: HttpRequest) -> dict[str, Any]:
    """One query, made only where a cart is carried and a template asks."""
    token = getattr(request, "cart_token", "")
    return {"cart_count": cache(lambda: _pieces(token)) if token else 0}


def _pieces(token: str) -> int:
    lines = CartLine.objects.filter(cart__token_hash=hash_token(token), cart__expires_at__gt=timezone.now())
    return lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0
