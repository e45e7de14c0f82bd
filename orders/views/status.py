"""An order's own pages, opened by the secret link in the confirmation."""

from typing import Any

from allauth.core import ratelimit
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import postal
from orders import cancellation, fulfilment, tasks
from orders.carriers import get_carrier
from orders.forms import PostcodeForm
from orders.gateways import GatewayRefused, GatewayUnavailable
from orders.links import number_in, path_of, status_token
from orders.models import Order, OrderReview, Payment
from orders.pages import ShopRequest, secret_page, see_other, subject_of
from orders.views.checkout import on_to_payment
from shop.catalogue.texts import country_name
from shop.states import InvalidTransition

SHOWN_WHILE_WAITING = [
    "status",
    "order__number",
    "order__status",
    "order__language",
    "order__market__country",
]
MOST_LOOKS = 20
SECONDS_BETWEEN = 3


def _order(token: str, orders: QuerySet[Order]) -> Order:
    """Any other token is a page that does not exist."""
    number = number_in(token)
    if number is None:
        raise Http404
    return get_object_or_404(orders, number=number)


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: ShopRequest, token: str) -> HttpResponse:
    """What becomes of the order. Name and address are shown after the postcode is given, each time.

    Whoever is signed in as its buyer is led to the order's page in the account.
    """
    order = _order(token, Order.objects.with_story())
    if order.subject == subject_of(request):
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return see_other(reverse("orders:order", args=[order.number]) + query)
    form = PostcodeForm(request.POST or None)
    if form.is_valid():
        _check_postcode(request, order, form)
    opened = form.is_bound and form.is_valid()
    return render(request, "orders/status.html", story(request, order) | {"form": form, "opened": opened})


def _check_postcode(request: ShopRequest, order: Order, form: PostcodeForm) -> None:
    if not ratelimit.consume(request, action="order_address", key=order.number):
        form.add_error(None, _("Too many tries. Please come back in an hour."))
        return
    secret = order.address.postcode or order.address.city or order.address.name
    if postal.compact(form.cleaned_data["postcode"]) != postal.compact(secret):
        form.add_error("postcode", _("This is not the postcode of the order."))


def story(request: ShopRequest, order: Order) -> dict[str, Any]:
    payment = order.payments.last()
    return {
        "order": order,
        "token": status_token(order),
        "lines": list(order.lines.select_related("variant__product")),
        "envelope": postal.envelope_of(order.address, request.LANGUAGE_CODE),
        "country": country_name(order.address.country, request.LANGUAGE_CODE),
        "is_pending": bool(payment and payment.status == Payment.Status.PENDING),
        "is_on_hold": fulfilment.is_on_hold(order),
        "can_cancel": cancellation.can_cancel(order),
        "review": OrderReview.objects.open().filter(order=order).first(),
        "refunds": [refund for payment in order.payments.all() for refund in payment.refunds.all()],
        "tracking_url": get_carrier(order.fulfilment.carrier).tracking_url(order.fulfilment.tracking_number),
        "unavailable": "unavailable" in request.GET,
    }


@secret_page
@require_safe
def returned(request: ShopRequest, token: str) -> HttpResponse:
    """Back from the gateway. That proves nothing: the page waits until the gateway itself has told us."""
    payments = Payment.objects.select_related("order__market").only(*SHOWN_WHILE_WAITING)
    payment = payments.filter(order__number=number_in(token)).last()
    order = payment.order if payment else _order(token, Order.objects.select_related("market"))
    if order.status != Order.Status.PLACED or payment is None or payment.status == Payment.Status.PENDING:
        return see_other(path_of(order))
    looks = request.GET.get("look", "1")
    look = int(looks) if looks.isdecimal() and len(looks) < 4 else MOST_LOOKS
    if look == 2:  # the webhook is late; mostly it arrives before the first look is over
        tasks.check_payment.delay_on_commit(payment.pk)
    is_patient = look < MOST_LOOKS
    context = {"order": order, "is_patient": is_patient, "status_path": path_of(order)}
    response = render(request, "orders/returned.html", context)
    if is_patient:
        response["Refresh"] = f"{SECONDS_BETWEEN}; url=?look={look + 1}"
    return response


@require_POST
def pay(request: ShopRequest, token: str) -> HttpResponse:
    """Try again, or go on where the payment was left."""
    return on_to_payment(_order(token, Order.objects.with_keys()))


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: ShopRequest, token: str) -> HttpResponse:
    order = _order(token, Order.objects.with_keys())
    if not cancellation.can_cancel(order):
        return see_other(path_of(order))
    problem = ""
    if request.method == "POST":
        try:
            cancellation.cancel(order)
        except InvalidTransition:
            problem = _("This order is already being packed.")
        except (GatewayUnavailable, GatewayRefused):
            problem = _("The payment partner does not answer. Please try again in a few minutes.")
        else:
            tasks.send_refunds.delay_on_commit()
            return see_other(path_of(order))
    return render(request, "orders/cancel.html", {"order": order, "token": token, "problem": problem})
