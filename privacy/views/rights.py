"""The rights of everybody, with and without an account, cookies or JavaScript."""

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privacy import copies, deletion, erasure, identity, request_links
from privacy.keys import blind_index
from privacy.models import PrivacyRequest
from privacy.request_forms import AskForm, DeleteForm, LookUpForm, ProveForm
from privacy.views.copies import about, zip_of


@require_safe
def hub(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/rights.html", {"form": AskForm(), "look_up": LookUpForm()})


@require_POST
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """The same page whether we know the address or not; only who reads its mail learns which."""
    form = AskForm(request.POST)
    if not form.is_valid():
        return render(request, "privacy/rights.html", {"form": form, "look_up": LookUpForm()})
    if not ratelimit.consume(request, action="rights_ask"):
        form.add_error(None, _("Too many tries. Please wait a while."))
        return render(request, "privacy/rights.html", {"form": form, "look_up": LookUpForm()}, status=429)
    email, kind = form.cleaned_data["email"], form.cleaned_data["kind"]
    if ratelimit.consume(request, action="rights_mail", key=blind_index("email", email)):
        identity.send_code(email, kind)
    return render(request, "privacy/prove.html", {"form": ProveForm(initial=form.cleaned_data)})


@require_POST
@never_cache
def prove(request: HttpRequest) -> HttpResponse:
    form = ProveForm(request.POST)
    if not form.is_valid():
        return render(request, "privacy/prove.html", {"form": form})
    typed = form.cleaned_data
    if not ratelimit.consume(request, action="rights_code_typed", key=blind_index("email", typed["email"])):
        form.add_error(None, _("Too many tries. Please wait an hour and ask for a new code."))
        return render(request, "privacy/prove.html", {"form": form}, status=429)
    kind = PrivacyRequest.Kind(typed["kind"])
    try:
        asked = identity.prove(typed["email"], kind, code=typed["code"].strip(), fact=typed["fact"])
    except identity.WrongCode:
        form.add_error("code", _("This code is wrong or too old."))
        return render(request, "privacy/prove.html", {"form": form})
    return redirect(_next_page(asked))


def _next_page(asked: PrivacyRequest) -> str:
    """To the data only for whom we are sure of."""
    mine = (PrivacyRequest.Kind.ERASURE, *copies.KINDS)
    if asked.kind in mine and asked.status != PrivacyRequest.Status.IDENTITY_PENDING:
        return reverse("privacy:rights_open", args=[request_links.pass_for(asked)])
    return request_links.path_of(asked)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def open_(request: HttpRequest, key: str) -> HttpResponse:
    """For half an hour after the proof: the plan of the deletion, or the copy."""
    asked = _by_pass(key)
    if asked.kind == PrivacyRequest.Kind.ERASURE:
        return _delete(request, asked)
    if request.method == "POST":
        kind = PrivacyRequest.Kind(asked.kind)
        copies.ask(asked.subject, source=PrivacyRequest.Source.HUB, kind=kind, actor=asked.subject)
        return redirect("privacy:rights_open", key)
    context = about(asked.subject, reverse("privacy:rights_copy", args=[key])) | {"asked": asked}
    return render(request, "privacy/open_copy.html", context)


@require_POST
@never_cache
def copy(request: HttpRequest, key: str) -> HttpResponse:
    return zip_of(copies.latest_of(_by_pass(key).subject))


@require_POST
@never_cache
def look_up(request: HttpRequest) -> HttpResponse:
    form = LookUpForm(request.POST)
    if form.is_valid():
        if not ratelimit.consume(request, action="rights_ask"):
            form.add_error(None, _("Too many tries. Please wait a while."))
        elif asked := request_links.request_of(form.cleaned_data["token"]):
            return redirect(request_links.path_of(asked))
        else:
            form.add_error("token", _("There is no such request."))
    return render(request, "privacy/rights.html", {"form": AskForm(), "look_up": form})


def _delete(request: HttpRequest, asked: PrivacyRequest) -> HttpResponse:
    form = DeleteForm(request.POST or None)
    if form.is_valid():
        is_now = form.cleaned_data["when"] == "now"
        deletion.ask(asked.subject, source=PrivacyRequest.Source.HUB, at_once=is_now, actor=asked.subject)
        return redirect(request_links.path_of(asked))
    context = {"form": form, "asked": asked, "plan": erasure.plan(asked.subject)}
    return render(request, "privacy/open_deletion.html", context)


def _by_pass(key: str) -> PrivacyRequest:
    asked = request_links.request_by_pass(key)
    if asked is None or asked.subject.status not in identity.KNOWN:
        raise Http404
    return asked
