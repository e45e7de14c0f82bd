"""One address, two quiet pages: details, and the review to order by. What is typed travels in the form."""

import logging

from allauth.core import ratelimit
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.postal import envelope
from orders import carts, payments
from orders import checkout as placing
from orders.carts import Basket
from orders.forms import CheckoutForm
from orders.links import path_of
from orders.models import Cart, Order, Payment
from orders.models.carts import hash_token
from orders.pages import (
    ShopRequest,
    current_basket,
    forget_cart_cookie,
    hand_over,
    secret_page,
    see_other,
    subject_of,
)
from orders.prefilling import Known, known_of, save_address
from privacy import policies
from shop.catalogue import parts
from shop.catalogue.stock import OutOfStock

logger = logging.getLogger(__name__)


@require_POST
def begin(request: ShopRequest) -> HttpResponse:
    """From the cart to the checkout, under a new token."""
    basket = current_basket(request)
    if basket is None or not basket.can_check_out:
        return hand_over(request, "orders:cart")
    return hand_over(request, "orders:checkout", placing.begin(basket))


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: ShopRequest) -> HttpResponse:
    basket = current_basket(request)
    if basket is None:
        return _after_the_order(request)
    if basket.cart.scope != Cart.Scope.CHECKOUT:
        return hand_over(request, "orders:cart")
    if not placing.may_order(subject_of(request)):
        return _refusal(request)
    basket.cart.keep_open()
    if request.method == "POST":
        return _step(request, basket)
    if not basket.can_check_out:
        return hand_over(request, "orders:cart")
    return _details(request, basket, _form(request, basket))


def _form(request: ShopRequest, basket: Basket) -> CheckoutForm:
    return CheckoutForm(
        request.POST or None,
        country=request.market.country,
        offers=basket.offers,
        known=_known(request),
    )


def _known(request: ShopRequest) -> Known | None:
    if not isinstance(request.user, User):
        return None
    return known_of(request.user, request.market.country, wanted=request.GET.get("address", ""))


def _step(request: ShopRequest, basket: Basket) -> HttpResponse:
    """Which button was pressed: back to the details, on to the review, less of something, or order."""
    if "less" in request.POST:
        placing.take_what_is_left(basket.cart, request.POST["less"], market=request.market)
        basket = carts.look(basket.cart, request.market, on=basket.on)
    form = _form(request, basket)
    if not basket.rows:
        return hand_over(request, "orders:cart")
    if not form.is_valid() or "edit" in request.POST:
        return _details(request, basket, form)
    if "place" in request.POST and basket.is_buyable:
        return _place(request, basket, form)
    return _review(request, basket, form)


def _place(request: ShopRequest, basket: Basket, form: CheckoutForm) -> HttpResponse:
    quote = basket.quote(form.offer)
    if request.POST.get("total") != str(quote.total_minor):
        return _review(request, basket, form, changed=True)
    if not ratelimit.consume(request, action="place_order"):
        return _review(request, basket, form, hurried=True, status=429)
    try:
        with transaction.atomic():
            order = placing.place_order(
                basket, quote, form.contact, subject=subject_of(request), language=request.LANGUAGE_CODE
            )
            payment = payments.new_try(order)
    except OutOfStock:
        fresh = carts.look(basket.cart, request.market, on=basket.on)
        return _review(request, fresh, form, sold=True, status=409)
    except placing.CartGone:
        return _after_the_order(request)
    except placing.OrderingRests:
        return _refusal(request)
    if isinstance(request.user, User) and form.wants_address_saved:
        save_address(request.user, request.market.country, form.address)
    return _done(order, payment)


def _done(order: Order, payment: Payment | None = None) -> HttpResponse:
    response = on_to_payment(order, payment)
    forget_cart_cookie(response)
    return response


def on_to_payment(order: Order, payment: Payment | None = None) -> HttpResponse:
    """To the gateway's page; where that cannot be, the order waits on its own page, and nothing is lost."""
    try:
        return see_other(payments.start(order, payment).url)
    except payments.NotPayable:
        return see_other(path_of(order))
    except payments.CANNOT_PAY_NOW:
        logger.exception("order %s: the payment page cannot be opened", order.pk)
        return see_other(f"{path_of(order)}?unavailable=1")


def _after_the_order(request: ShopRequest) -> HttpResponse:
    """A second press of the button finds the order that the first one placed."""
    order = placing.order_of(hash_token(request.cart_token)) if request.cart_token else None
    return _done(order) if order else hand_over(request, "orders:cart")


def _refusal(request: ShopRequest) -> HttpResponse:
    """Why nothing can be ordered, and where to turn; what is in the cart stays."""
    return render(request, "orders/resting.html", status=403)


def _details(request: ShopRequest, basket: Basket, form: CheckoutForm) -> HttpResponse:
    basket = carts.illustrated(basket)
    quote = basket.quote(basket.offer(form["delivery"].value() or ""))
    context = {"basket": basket, "cart_count": basket.pieces, "form": form, "quote": quote}
    if not form.is_bound and request.session.is_empty():
        offers = ",".join(f"{code}={offer.amount}" for code, offer in form.offers.items())
        template = "orders/_checkout_form.html"
        context["blank"] = parts.draw(request, template, lambda: {"form": form}, kind=offers)
    return render(request, "orders/checkout.html", context)


def _review(
    request: ShopRequest, basket: Basket, form: CheckoutForm, *, status: int = 200, **said: bool
) -> HttpResponse:
    """Everything the order will say, and the form again, hidden. What is said here counts as seen."""
    basket = carts.illustrated(basket)
    quote = basket.quote(form.offer)
    context = {
        "basket": basket,
        "cart_count": basket.pieces,
        "form": form,
        "quote": quote,
        "priced": basket.priced_rows(quote),
        "envelope": envelope(request.market.country, form.address, request.LANGUAGE_CODE),
        "told": policies.in_force(),
        **said,
    }
    response = render(request, "orders/review.html", context, status=status)
    carts.see_prices(basket)
    return response
