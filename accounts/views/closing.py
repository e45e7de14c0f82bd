from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import closing
from accounts.forms.profile import CloseForm
from accounts.pages import AccountRequest, account_page
from privacy import erasure, request_links
from privacy.deletion import COOLING_OFF


@require_http_methods(["GET", "HEAD", "POST"])
@account_page
@reauthentication_required
def close(request: AccountRequest) -> HttpResponse:
    """What happens, what stays and why; then one press. Whoever comes here has just signed in."""
    form, days = CloseForm(request.POST or None, subject=request.user.subject), COOLING_OFF.days
    if form.is_valid():
        is_now = form.cleaned_data["when"] == "now"
        try:
            closed = closing.close(request.user, at_once=is_now, answers=form.answers)
        except closing.StillStaff:
            form.add_error(None, _("You work here. A colleague has to take your rights back first."))
        except closing.AlreadyClosed:
            logout(request)
            return redirect("catalogue:home")
        else:
            logout(request)
            return redirect("privacy:request", request_links.token_of(closed))
    context = {"form": form, "days": days, "plan": erasure.plan(request.user.subject)}
    return render(request, "accounts/close.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def reopen(request: AccountRequest, token: str) -> HttpResponse:
    """By the link in the mail. Looking at the page changes nothing: mail scanners look too."""
    closed = closing.request_of(token)
    if closed is None:
        raise Http404
    outcome = "asks" if closing.can_reopen(closed) else "late"
    if request.method == "POST" and outcome == "asks":
        try:
            closing.reopen(closed)
        except closing.TooLate:
            outcome = "late"
        else:
            outcome = "open"
    return render(request, "accounts/reopen.html", {"outcome": outcome, "reference": closed.reference})
