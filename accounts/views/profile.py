from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import profiles
from accounts.forms.profile import AboutYouForm, ContactForm
from accounts.pages import AccountRequest, account_page
from privacy import minor_links
from privacy.keys import blind_index


@require_http_methods(["GET", "HEAD", "POST"])
@account_page
def profile(request: AccountRequest) -> HttpResponse:
    """Two forms: how we reach you, and what you may tell us and need not."""
    contact, about = _contact_form(request), _about_form(request)
    if contact.is_bound and contact.is_valid():
        return _save_contact(request, contact)
    if about.is_bound and about.is_valid():
        if case := profiles.tell(request.user, **about.cleaned_data):
            return redirect("privacy:age", minor_links.age_token(case))
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"contact": contact, "about": about})


@require_POST
@account_page
def take_back(request: AccountRequest, field: str) -> HttpResponse:
    if field not in profiles.ABOUT_YOU:
        raise Http404
    profiles.take_back(request.user, field)
    messages.success(request, _("Removed. Nothing of it is kept."))
    return redirect("accounts:profile")


def _contact_form(request: AccountRequest) -> ContactForm:
    known = {"name": request.user.name, "phone": request.user.phone}
    typed = request.POST if "contact" in request.POST else None
    return ContactForm(typed, initial=known, country=request.market.country)


def _about_form(request: AccountRequest) -> AboutYouForm:
    known = profiles.profile_of(request.user)
    typed = request.POST if "about" in request.POST else None
    return AboutYouForm(typed, initial={"gender": known.gender, "birth_date": known.birth_date})


def _save_contact(request: AccountRequest, form: ContactForm) -> HttpResponse:
    """Orders not yet packed may get the new number as well; that is the next page's question."""
    old_phone = request.user.phone
    profiles.change_contact(request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    if old_phone and request.user.phone and old_phone != request.user.phone:
        return redirect(f"{reverse('orders:use_phone')}?was={blind_index('phone', old_phone)}")
    return redirect("accounts:profile")
