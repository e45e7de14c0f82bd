"""How many pieces are in the cart, for the head of every page."""

from functools import cache
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest

from accounts.models import User
from orders.models import Cart, CartLine


def cart_count(request: HttpRequest) -> dict[str, Any]:
    """One query, made only where there may be a cart and a template asks."""
    return {"cart_count": cache(lambda: _pieces(request))}


def _pieces(request: HttpRequest) -> int:
    user, token = getattr(request, "user", None), getattr(request, "cart_token", "")
    if isinstance(user, User):
        return _pieces_in(Cart.objects.alive().filter(subject=user.subject_id))
    return _pieces_in(Cart.objects.of(token)) if token else 0


def _pieces_in(found: QuerySet[Cart]) -> int:
    lines = CartLine.objects.filter(cart__in=found)
    return lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0
