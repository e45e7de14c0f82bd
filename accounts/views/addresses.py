from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import address_book, postal
from accounts.forms.profile import AddressForm, CountryForm
from accounts.models import Address
from accounts.pages import AccountRequest, account_page
from shop.address import open_markets
from shop.catalogue.texts import country_name


@require_safe
@account_page
def addresses(request: AccountRequest) -> HttpResponse:
    book = [
        (address, postal.envelope_of(address, request.LANGUAGE_CODE))
        for address in Address.objects.of(request.user.subject)
    ]
    is_full = len(book) >= address_book.MOST_ADDRESSES
    return render(request, "accounts/addresses.html", {"book": book, "is_full": is_full})


@require_http_methods(["GET", "HEAD", "POST"])
@account_page
def add(request: AccountRequest) -> HttpResponse:
    """The form is that of a country; another one is a press away."""
    wanted = request.GET.get("country", "")
    country = wanted if wanted in open_markets() else request.market.country
    initial = {"name": request.user.name}
    form = AddressForm(request.POST or None, country=country, initial=initial)
    if form.is_valid():
        try:
            address_book.add(
                request.user.subject, country, form.address, is_default=form.cleaned_data["is_default"]
            )
        except address_book.BookFull:
            form.add_error(None, _("Your address book is full. Please delete an address first."))
        else:
            messages.success(request, _("The address is saved."))
            return redirect("accounts:addresses")
    countries = CountryForm(initial={"country": country}, language=request.LANGUAGE_CODE)
    return _form_page(request, form, countries=countries)


@require_http_methods(["GET", "HEAD", "POST"])
@account_page
def edit(request: AccountRequest, pk: int) -> HttpResponse:
    address = _own(request, pk)
    lines = postal.parts(address)
    was = address_book.fingerprint(address.country, lines)
    initial = lines | {"is_default": address.is_default}
    form = AddressForm(request.POST or None, country=address.country, initial=initial)
    if not form.is_valid():
        return _form_page(request, form, address=address)
    address_book.change(address, form.address, is_default=form.cleaned_data["is_default"])
    messages.success(request, _("The address is saved."))
    return redirect(f"{reverse('orders:use_address', args=[address.pk])}?was={was}")


@require_http_methods(["GET", "HEAD", "POST"])
@account_page
def delete(request: AccountRequest, pk: int) -> HttpResponse:
    address = _own(request, pk)
    if request.method == "POST":
        address_book.remove(address)
        messages.success(request, _("The address is deleted."))
        return redirect("accounts:addresses")
    envelope = postal.envelope_of(address, request.LANGUAGE_CODE)
    return render(request, "accounts/delete_address.html", {"address": address, "envelope": envelope})


@require_POST
@account_page
def use_first(request: AccountRequest, pk: int) -> HttpResponse:
    address_book.use_first(_own(request, pk))
    messages.success(request, _("This address now comes first at the checkout."))
    return redirect("accounts:addresses")


def _own(request: AccountRequest, pk: int) -> Address:
    """Anybody else's is a page that does not exist."""
    return get_object_or_404(Address.objects.of(request.user.subject), pk=pk)


def _form_page(request: AccountRequest, form: AddressForm, **more: object) -> HttpResponse:
    context = {"form": form, "place": country_name(form.country, request.LANGUAGE_CODE), **more}
    return render(request, "accounts/address.html", context)
