"""Verifying the mobile phone: ask for the code, then type it."""

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import phone_proof
from accounts.forms.choices import CodeForm
from accounts.pages import AccountRequest, account_page
from privacy.keys import blind_index
from privacy.masks import mask_tail


@account_page
@require_POST
def send_code(request: AccountRequest) -> HttpResponse:
    if not request.user.phone or request.user.phone_verified_at:
        return redirect("accounts:profile")
    if _may_send(request):
        phone_proof.send_code(request.user)
        messages.info(request, _("A text message with a code is on its way."))
    else:
        messages.error(request, _("Too many tries. Please come back in an hour."))
    return redirect("accounts:verify_phone")


def _may_send(request: AccountRequest) -> bool:
    """By person, and by number: it may be a stranger's, typed into many accounts."""
    if not ratelimit.consume(request, action="phone_code_sent", user=request.user):
        return False
    number = blind_index("phone", request.user.phone)
    return bool(ratelimit.consume(request, action="phone_code_to_number", key=number))


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: AccountRequest) -> HttpResponse:
    if not request.user.phone or request.user.phone_verified_at:
        return redirect("accounts:profile")
    form = CodeForm(request.POST or None)
    if form.is_valid() and _is_proved(request, form):
        messages.success(request, _("Your mobile phone is verified."))
        return redirect("accounts:profile")
    context = {"form": form, "phone": mask_tail(request.user.phone)}
    return render(request, "accounts/verify_phone.html", context)


def _is_proved(request: AccountRequest, form: CodeForm) -> bool:
    if not ratelimit.consume(request, action="phone_code_typed", user=request.user):
        form.add_error(None, _("Too many tries. Please come back in an hour."))
        return False
    try:
        phone_proof.prove(request.user, code=form.cleaned_data["code"])
    except phone_proof.WrongCode:
        form.add_error("code", _("This is not the code, or it is too old. You can have a new one sent."))
        return False
    return True
