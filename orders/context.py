"""How many pieces are in the cart, for the head of every page."""

from functools import cache
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest

from accounts.models import User
from orders.models import Cart, CartLine


def cart_count(request: HttpRequest) -> dict[str, Any]:
    """One query, made only where there may be a cart and a template asks."""
    found = _carts(request)
    return {"cart_count": cache(lambda: _pieces(found)) if found is not None else 0}


def _carts(request: HttpRequest) -> QuerySet[Cart] | None:
    user, token = getattr(request, "user", None), getattr(request, "cart_token", "")
    if isinstance(user, User):
        return Cart.objects.alive().filter(subject=user.subject_id)
    return Cart.objects.of(token) if token else None


def _pieces(found: QuerySet[Cart]) -> int:
    lines = CartLine.objects.filter(cart__in=found)
    return lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0
