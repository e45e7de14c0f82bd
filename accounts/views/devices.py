from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from accounts.pages import AccountRequest, account_page


@require_safe
@account_page
def devices(request: AccountRequest) -> HttpResponse:
    """Where this person is signed in; this browser comes first."""
    here = request.session.get(sessions.SIGN_IN)
    running = sorted(sessions.running(request.user.subject), key=lambda sign_in: sign_in.pk != here)
    return render(request, "accounts/devices.html", {"sign_ins": running, "here": here})


@require_POST
@account_page
def sign_out(request: AccountRequest, pk: int) -> HttpResponse:
    sign_in = get_object_or_404(sessions.running(request.user.subject), pk=pk)
    sessions.end([sign_in], actor=request.user)
    messages.success(request, _("That browser is signed out."))
    return redirect("accounts:devices")


@require_POST
@account_page
def sign_out_others(request: AccountRequest) -> HttpResponse:
    here = request.session.get(sessions.SIGN_IN)
    others = [sign_in for sign_in in sessions.running(request.user.subject) if sign_in.pk != here]
    sessions.end(others, actor=request.user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("accounts:devices")
