"""How many pieces are in the cart, for the head of every page."""

from functools import cache
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest

from accounts.models import User
from orders.models import Cart, CartLine


def cart_count(request: HttpRequest) -> dict[str, Any]:
    """One query, made only where there may be a cart and a template asks."""
    return {"cart_count": cache(lambda: _pieces(request))}


def _pieces(request: HttpRequest) -> int:
    user, token = getattr(request, "user", None), getattr(request, "cart_token", "")
    if isinstance(user, User):
        found = Cart.objects.alive().filter(subject=user.subject_id)
    elif token:
        found = Cart.objects.of(token)
    else:
        return 0
    return CartLine.objects.filter(cart__in=found).aggregate(pieces=Sum("quantity"))["pieces"] or 0
