from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orders import carts
from orders.forms import AddToCartForm, QuantityForm
from orders.pages import ShopRequest, cart_to_fill, current_basket, current_carts, hand_over
from shop.catalogue.models import Variant


@require_POST
def add_to_cart(request: ShopRequest) -> HttpResponse:
    form = AddToCartForm(request.POST, variants=carts.on_sale(request.market))
    if not form.is_valid():
        return _back(request)
    variant, quantity = form.cleaned_data["variant"], form.cleaned_data["quantity"]
    cart, new_token = cart_to_fill(request)
    if carts.add(cart, variant, quantity, market=request.market):
        return hand_over(request, "orders:cart", new_token)
    return hand_over(request, "orders:cart", new_token, short=variant.pk)


@never_cache
@require_safe
def cart(request: ShopRequest) -> HttpResponse:
    """The cart, what an act just did to it, and the way on."""
    found = current_basket(request)
    basket = carts.illustrated(found) if found else None
    removed = _number(request, "removed")
    return render(
        request,
        "orders/cart.html",
        {
            "basket": basket,
            "cart_count": basket.pieces if basket else 0,
            "quote": basket.quote(basket.offer("")) if basket and basket.rows else None,
            "short": _number(request, "short"),
            "removed": Variant.objects.select_related("product").filter(pk=removed).first()
            if removed
            else None,
            "removed_quantity": _number(request, "quantity"),
            "refused": "refused" in request.GET,
            "moved": basket is not None and basket.cart.market_id != request.market.pk,
        },
    )


@require_POST
def change_line(request: ShopRequest, variant_id: int) -> HttpResponse:
    """Another quantity, or none; what was taken out can be put back with one press."""
    found = current_carts(request).first()
    form = QuantityForm({"quantity": 0} if "remove" in request.POST else request.POST)
    if found is None:
        return hand_over(request, "orders:cart")
    line = get_object_or_404(found.lines.select_related("variant", "cart"), variant__pk=variant_id)
    before = line.quantity
    if not form.is_valid():
        return hand_over(request, "orders:cart")
    if not carts.change(line, form.cleaned_data["quantity"], market=request.market):
        return hand_over(request, "orders:cart", short=variant_id)
    if form.cleaned_data["quantity"] == 0:
        return hand_over(request, "orders:cart", removed=variant_id, quantity=before)
    return hand_over(request, "orders:cart")


def _number(request: HttpRequest, name: str) -> int | None:
    """A number from the address; anybody can write addresses, so anything else is nothing."""
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


def _back(request: ShopRequest) -> HttpResponse:
    """What was asked for is not on sale here, or the form was not ours."""
    return hand_over(request, "orders:cart", refused=1)
