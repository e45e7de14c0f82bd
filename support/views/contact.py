"""Write to us: with or without an account, and without cookies."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orders.pages import ShopRequest, secret_page, see_other, subject_of
from privacy.models import DataSubject
from shop.catalogue.models import Product
from support import contact as asked
from support import service_level, tickets
from support.forms.conversation import ContactForm
from support.links import path_of
from support.models import Ticket
from support.views import limits


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
@limits.counts_files
def contact(request: ShopRequest) -> HttpResponse:
    subject = subject_of(request)
    form = _form(request, subject)
    if form.is_valid() and not limits.may_ask(request, form.cleaned_data.get("email", "")):
        form.add_error(None, _("You have written several times just now. Please wait a few minutes."))
    if form.is_bound and form.is_valid():
        ticket = tickets.open_ticket(
            **form.question,
            subject=subject,
            language=request.LANGUAGE_CODE,
            country=request.market.country,
        )
        return see_other(path_of(ticket, "support:received"))
    return render(request, "support/contact.html", {"form": form, "hours": service_level.current().hours})


def _form(request: ShopRequest, subject: DataSubject | None) -> ContactForm:
    return ContactForm(
        request.POST or None,
        request.FILES or None,
        usual=service_level.usual_answers(),
        orders=asked.orders_of(subject) if subject else None,
        initial=_about(request),
    )


def _about(request: ShopRequest) -> dict[str, Any]:
    """What a link from an order or a product fills in. An order's number is written down, not looked up."""
    if number := request.GET.get("order", "")[:40]:
        return {"category": Ticket.Category.ORDER, "order_number": number, "about": number}
    if (category := request.GET.get("category", "")) in Ticket.Category.values:
        return {"category": category}
    product = Product.objects.filter(slug=request.GET.get("product", "")[:250]).first()
    if product:
        return {"category": Ticket.Category.PRODUCT, "title": product.name[:200]}
    return {}
