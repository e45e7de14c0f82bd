"""For whoever may be a child and for guardians: by signed links, without account, cookies or scripts."""

from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privacy import ages, erasure, guardians, identity, minor_links, minors, requests
from privacy.keys import blind_index
from privacy.minor_forms import AgeForm, GuardianForm, NameForm, ProofForm, WishForm
from privacy.models import Guardian, MinorCase
from privacy.telling import Contact

HURRIED = "Too many tries. Please wait a while."


@require_safe
def children(request: HttpRequest) -> HttpResponse:
    """How children are protected here, and the ages the shop goes by."""
    return render(request, "privacy/minor_ages.html", {"ages": ages.ages()})


# --- Whoever may be a child ---------------------------------------------------------------------------------


@require_safe
@never_cache
def age(request: HttpRequest, token: str) -> HttpResponse:
    return _age_page(request, _case(token))


@require_POST
@never_cache
def answer(request: HttpRequest, token: str) -> HttpResponse:
    case = _case(token)
    form = AgeForm(request.POST, country=requests.country_of(case.subject))
    if not form.is_valid():
        return _age_page(request, case, question=form)
    minors.answer(case, bracket=form.cleaned_data["bracket"])
    return redirect("privacy:age", token)


@require_POST
@never_cache
def name_guardian(request: HttpRequest, token: str) -> HttpResponse:
    case, form = _case(token), NameForm(request.POST)
    if not form.is_valid():
        return _age_page(request, case, naming=form)
    if not _may_mail(request, form.cleaned_data["email"]):
        form.add_error(None, _(HURRIED))
        return _age_page(request, case, naming=form, status=429)
    try:
        guardians.name(
            case, name=form.cleaned_data["name"], contact=_contact(request, form), actor=case.subject
        )
    except guardians.NotTheirTurn:
        raise Http404 from None
    return redirect("privacy:age", token)


def _age_page(request: HttpRequest, case: MinorCase, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "case": case,
        "token": minor_links.age_token(case),
        "question": AgeForm(country=requests.country_of(case.subject)),
        "naming": NameForm(),
        "until": guardians.gives_up_at(case),
    }
    return render(request, "privacy/minor_age.html", context | forms, status=status)


# --- Guardians ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def guardian(request: HttpRequest) -> HttpResponse:
    """The same page whether we know the child or not; only who reads its mail learns which."""
    form = GuardianForm(request.POST or None)
    if not form.is_valid():
        return render(request, "privacy/guardian_ask.html", {"form": form})
    child = form.cleaned_data["child"]
    if not ratelimit.consume(request, action="rights_ask"):
        form.add_error(None, _(HURRIED))
        return render(request, "privacy/guardian_ask.html", {"form": form}, status=429)
    if ratelimit.consume(request, action="rights_mail", key=blind_index("email", child)):
        guardians.send_code(child)
    return render(request, "privacy/guardian_prove.html", {"form": ProofForm(initial=form.cleaned_data)})


@require_POST
@never_cache
def prove(request: HttpRequest) -> HttpResponse:
    form = ProofForm(request.POST)
    if not form.is_valid():
        return render(request, "privacy/guardian_prove.html", {"form": form})
    typed = form.cleaned_data
    if not ratelimit.consume(request, action="rights_code_typed", key=blind_index("email", typed["child"])):
        form.add_error(None, _("Too many tries. Please wait an hour and ask for a new code."))
        return render(request, "privacy/guardian_prove.html", {"form": form}, status=429)
    try:
        proved = guardians.prove(
            typed["child"],
            code=typed["code"].strip(),
            name=typed["name"],
            contact=_contact(request, form),
        )
    except identity.WrongCode:
        form.add_error("code", _("This code is wrong or too old."))
    except guardians.AlreadyProved:
        form.add_error(None, _("Somebody has shown this already, and decides by the link in their mail."))
    except guardians.Guarded:
        form.add_error(
            None,
            _("This account is guarded by a second step, so a colleague looks first. Please write to us."),
        )
    if form.errors:
        return render(request, "privacy/guardian_prove.html", {"form": form})
    return redirect("privacy:guardian_page", minor_links.guardian_token(proved))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def guardian_page(request: HttpRequest, token: str) -> HttpResponse:
    """Where a guardian says what they wish, and sees how it stands."""
    guardian = _guardian(token)
    form = WishForm(request.POST or None, initial={"wish": guardian.wish})
    if form.is_valid():
        try:
            guardians.choose(guardian, wish=form.cleaned_data["wish"])
        except guardians.NotTheirTurn:
            raise Http404 from None
        except erasure.Obstructed as problem:
            form.add_error(None, [str(reason) for reason in problem.reasons])
        else:
            is_copy = form.cleaned_data["wish"] == Guardian.Wish.COPY
            return redirect("privacy:guardian_copy" if is_copy else "privacy:guardian_page", token)
    context = {
        "case": guardian.case,
        "guardian": guardian,
        "form": form,
        "token": token,
        "until": guardians.gives_up_at(guardian.case),
    }
    return render(request, "privacy/guardian_page.html", context)


@require_safe
@never_cache
def guardian_copy(request: HttpRequest, token: str) -> HttpResponse:
    guardian = _guardian(token)
    if guardian.case.closed_at:
        raise Http404
    context = {"groups": guardians.shown_to(guardian), "token": token}
    return render(request, "privacy/guardian_copy.html", context)


def _may_mail(request: HttpRequest, email: str) -> bool:
    may_try: bool = ratelimit.consume(request, action="rights_ask") is not None
    return may_try and ratelimit.consume(request, action="rights_mail", key=blind_index("email", email))


def _contact(request: HttpRequest, form: Any) -> Contact:
    country = request.market.country  # type: ignore[attr-defined]
    return Contact(form.cleaned_data["email"], get_language() or "", country)


def _case(token: str) -> MinorCase:
    case = minor_links.case_of(token)
    if case is None:
        raise Http404
    return case


def _guardian(token: str) -> Guardian:
    guardian = minor_links.guardian_of(token)
    if guardian is None:
        raise Http404
    return guardian
