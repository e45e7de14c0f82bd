"""The newsletter's form and its confirmation; neither needs a cookie or a script."""

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import links, preferences
from accounts import newsletter as use_case
from accounts.forms.choices import AddressOnlyForm
from accounts.models import Channel, Topic
from privacy.keys import blind_index
from shop.catalogue.models import Market


class ShopRequest(HttpRequest):
    """A request for a page of the shop, as `shop.address` completes it."""

    market: Market
    LANGUAGE_CODE: str


def _wording() -> str:
    return preferences.wording(Topic.NEWSLETTER, Channel.EMAIL)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ShopRequest) -> HttpResponse:
    """The answer is the same whether the address gets the newsletter already or not."""
    form = AddressOnlyForm(request.POST or None)
    is_asked = False
    if form.is_valid():
        is_asked = _ask(request, form.cleaned_data["email"])
        if not is_asked:
            form.add_error(None, _("Too many tries. Please come back in an hour."))
    context = {"form": form, "is_asked": is_asked, "wording": _wording()}
    return render(request, "accounts/newsletter.html", context)


def _ask(request: ShopRequest, email: str) -> bool:
    """No address is written to again and again; of that the page says nothing."""
    if not ratelimit.consume(request, action="newsletter"):
        return False
    if ratelimit.consume(request, action="mail_to_address", key=blind_index("email", email)):
        use_case.ask(email, language=request.LANGUAGE_CODE, country=request.market.country)
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link confirms nothing, because scanners open links too; the button does."""
    subject_id = links.subject_id_in(token, links.CONFIRM)
    if subject_id is None:
        raise Http404
    context = {"wording": _wording(), "is_confirmed": False, "is_over": False}
    if request.method == "POST":
        try:
            subscription = use_case.confirm(subject_id)
        except use_case.NothingToConfirm:
            context["is_over"] = True
        else:
            token = links.preferences_token(subscription.subject)
            context |= {"is_confirmed": True, "preferences": token}
    return render(request, "accounts/newsletter_confirm.html", context)
