"""Actions on many products at once in the back office; each asks on a page of its own before it acts."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shop.catalogue import editing
from shop.catalogue.forms import ChangePricesForm, SetStatusForm, SetStockForm
from shop.catalogue.models import Product, Variant


@admin.action(permissions=["change"], description=_("Change prices by a percentage…"))
def change_prices(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse | None:
    _demand(request, "catalogue.change_price")

    def apply(data: dict[str, Any]) -> str:
        count = editing.change_prices(variants_of(queryset), **data)
        return ngettext("%d price was changed.", "%d prices were changed.", count) % count

    return ask(modeladmin, request, queryset, ChangePricesForm, _("Change prices"), apply)


@admin.action(permissions=["change"], description=_("Set the stock…"))
def set_stock(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse | None:
    _demand(request, "catalogue.change_variant")

    def apply(data: dict[str, Any]) -> str:
        count = editing.set_stock(variants_of(queryset), actor=request.user, **data)
        return ngettext("%d variant was counted anew.", "%d variants were counted anew.", count) % count

    return ask(modeladmin, request, queryset, SetStockForm, _("Set the stock"), apply)


@admin.action(permissions=["change"], description=_("Put on sale, draft or archive…"))
def set_status(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse | None:
    def apply(data: dict[str, Any]) -> str:
        count = editing.set_status(queryset, **data)
        return ngettext("%d product was changed.", "%d products were changed.", count) % count

    return ask(modeladmin, request, queryset, SetStatusForm, _("Change the status"), apply)


def _demand(request: HttpRequest, right: str) -> None:
    """The action stands on the list of products; what it changes is not the product's own."""
    if not request.user.has_perm(right):
        raise PermissionDenied


def variants_of(products: QuerySet[Product]) -> QuerySet[Variant]:
    return Variant.objects.filter(product__in=products.values("pk"))


def ask(
    modeladmin: Any,
    request: HttpRequest,
    queryset: QuerySet[Product],
    form_class: type[forms.Form],
    title: str | Promise,
    apply: Callable[[dict[str, Any]], str],
) -> HttpResponse | None:
    """The page between choosing and doing. What was selected travels in the form."""
    form = form_class(request.POST if "apply" in request.POST else None)
    if form.is_valid():
        modeladmin.message_user(request, apply(form.cleaned_data), messages.SUCCESS)
        return None
    across = request.POST.get("select_across") == "1"
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": title,
        "form": form,
        "opts": modeladmin.opts,
        "media": modeladmin.media,
        "count": queryset.count(),
        "some": list(queryset[:10]),
        "action": request.POST["action"],
        # Of a selection across pages one key is enough: the address still holds the search.
        "selected": request.POST.getlist("_selected_action")[: 1 if across else None],
        "select_across": "1" if across else "0",
    }
    return TemplateResponse(request, "admin/catalogue/bulk.html", context)
