from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import settling
from accounts.forms.profile import PlaceForm
from accounts.pages import AccountRequest, account_page
from shop.address import page_prefix


@require_http_methods(["GET", "HEAD", "POST"])
@account_page
def settings(request: AccountRequest) -> HttpResponse:
    """Country and language for what we write to you, and where the shop opens for you."""
    user = request.user
    known = f"{user.language or request.LANGUAGE_CODE}-{user.country or request.market.country}"
    form = PlaceForm(request.POST or None, initial={"place": known}, language=request.LANGUAGE_CODE)
    if not form.is_valid():
        return render(request, "accounts/settings.html", {"form": form})
    language, country = form.chosen
    settling.settle(user, language=language, country=country)
    with page_prefix(language, country):
        messages.success(request, _("Saved. We write to you in this language from now on."))
        return redirect("accounts:settings")
