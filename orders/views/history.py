"""The orders of somebody who is signed in."""

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Address
from accounts.pages import account_page
from orders import addressing, joining, reordering
from orders.forms import OrderSearchForm
from orders.models import Order
from orders.pages import BuyerRequest, cart_to_fill, hand_over, see_other
from orders.views.status import story
from shop.catalogue.texts import country_name

PAGE_SIZE = 10
REASONS = {
    reordering.Why.NOT_SOLD: gettext_lazy("%(name)s is not sold here any more."),
    reordering.Why.SOLD_OUT: gettext_lazy("%(name)s is sold out."),
    reordering.Why.FEWER: gettext_lazy("%(name)s: there are fewer than you had; the rest is in your cart."),
}


@require_safe
@account_page
def history(request: BuyerRequest) -> HttpResponse:
    form = OrderSearchForm(request.GET)
    mine = Order.objects.of(request.user.subject)
    found = mine.matching(form.words).prefetch_related("lines")
    if form.state:
        found = found.filter(status=form.state)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    guests = joining.candidates(request.user).select_related("market") if page.number == 1 else []
    context = {
        "page": page,
        "form": form,
        "is_searching": bool(form.words or form.state),
        "guests": [(order, country_name(order.market.country, request.LANGUAGE_CODE)) for order in guests],
    }
    return render(request, "orders/history.html", context)


@require_safe
@account_page
def order(request: BuyerRequest, number: str) -> HttpResponse:
    """Everything about it, with the address: whoever is signed in need not prove the postcode."""
    mine = get_object_or_404(Order.objects.of(request.user.subject).with_story(), number=number)
    return render(request, "orders/order.html", story(request, mine) | {"opened": True})


@require_POST
@account_page
def reorder(request: BuyerRequest, number: str) -> HttpResponse:
    mine = get_object_or_404(Order.objects.of(request.user.subject), number=number)
    cart, new_token = cart_to_fill(request)
    for missed in reordering.put_in_cart(mine, cart, market=request.market):
        messages.warning(request, REASONS[missed.why] % {"name": missed.line.name})
    return hand_over(request, "orders:cart", new_token)


@require_http_methods(["GET", "HEAD", "POST"])
@account_page
def use_address(request: BuyerRequest, pk: int) -> HttpResponse:
    """After an address was corrected: orders that would still go to the old one."""
    address = get_object_or_404(Address.objects.of(request.user.subject), pk=pk)
    was = request.GET.get("was", "")
    waiting = addressing.still_going_to(request.user.subject, address.country, was)
    if request.method == "POST":
        _change(request, waiting, partial(addressing.use_address, address=address, actor=request.user))
    if request.method == "POST" or not waiting:
        return see_other(reverse("accounts:addresses"))
    return render(request, "orders/use_new.html", {"orders": waiting, "is_address": True})


@require_http_methods(["GET", "HEAD", "POST"])
@account_page
def use_phone(request: BuyerRequest) -> HttpResponse:
    """After the number was corrected: orders whose carrier would still ring the old one."""
    phone = request.user.phone
    waiting = addressing.still_ringing(request.user.subject, request.GET.get("was", "")) if phone else []
    if request.method == "POST":
        _change(request, waiting, partial(addressing.use_phone, phone=phone, actor=request.user))
    if request.method == "POST" or not waiting:
        return see_other(reverse("accounts:profile"))
    return render(request, "orders/use_new.html", {"orders": waiting, "is_address": False})


def _change(request: BuyerRequest, waiting: Sequence[Order], use_new: Callable[[Order], None]) -> None:
    """Those that were ticked."""
    for order in waiting:
        if order.number not in request.POST.getlist("order"):
            continue
        try:
            use_new(order)
        except addressing.AlreadyPacked:
            messages.error(request, _("Order %(number)s is packed already.") % {"number": order.number})
        else:
            messages.success(request, _("Order %(number)s is changed.") % {"number": order.number})


@require_POST
@account_page
def join(request: BuyerRequest, guest: UUID) -> HttpResponse:
    """One more fact about an order placed as a guest; five tries, then a person looks at it."""
    order = joining.candidates(request.user).filter(subject=guest).first()
    if order is None:
        raise Http404
    if not ratelimit.consume(request, action="join_order", key=str(guest)):
        messages.error(request, _("Too many tries. Please write to us; we will find the order with you."))
        return redirect("orders:history")
    try:
        joining.join(order, request.user, fact=request.POST.get("fact", ""))
    except joining.WrongFact:
        messages.error(request, _("This is neither the number of that order nor its postcode."))
    else:
        messages.success(request, _("The order is now in your account."))
    return redirect("orders:history")
