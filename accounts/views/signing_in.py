from allauth.core import ratelimit
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import disowning, former_address


@never_cache
@require_safe
def passkey(request: HttpRequest) -> HttpResponse:
    """The challenge is laid into a page of its own, because its session and form token belong together."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    if not ratelimit.consume(request, action="passkey"):
        return render(request, "429.html", status=429)
    options = {"request_options": begin_authentication(user=None)}
    context = {"form": LoginWebAuthnForm(), "options": options, "next": request.GET.get("next", "")}
    return render(request, "account/passkey.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the notice of an unusual sign-in. Looking at it, as mail scanners do, changes nothing."""
    if not ratelimit.consume(request, action="not_me"):
        return render(request, "429.html", status=429)
    sign_in = disowning.sign_in_of(token)
    if sign_in is None:
        raise Http404
    if request.method == "POST":
        user = disowning.disown(sign_in)
        return render(request, f"account/{'not_me_done' if user.is_active else 'account_inactive'}.html")
    return render(request, "account/not_me.html", {"sign_in": sign_in})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def old_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link that the old mailbox got when the address was changed. Looking at it changes nothing."""
    if not ratelimit.consume(request, action="not_me"):
        return render(request, "429.html", status=429)
    known = former_address.read(token)
    if known is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            former_address.take_back(*known)
            return render(request, "account/not_me_done.html")
        except former_address.Outranked:
            raise Http404 from None
        except former_address.TakenByOthers:
            problem = _("This address belongs to another account by now. Please write to us.")
    return render(request, "account/old_address.html", {"problem": problem})
