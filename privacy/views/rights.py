"""The rights of everybody, with and without an account, cookies or JavaScript."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privacy import identity, request_links, requests, restriction
from privacy.keys import blind_index
from privacy.models import PrivacyRequest
from privacy.request_forms import AskForm, LookUpForm, MineForm, ProveForm
from privacy.views import opened


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
    if kind == PrivacyRequest.Kind.GUARDIAN:
        return redirect("privacy:guardian")  # who asks is not whom it is about
    if ratelimit.consume(request, action="rights_mail", key=blind_index("email", email)):
        identity.send_code(email, kind)
    return render(request, "privacy/prove.html", {"form": ProveForm(initial=form.cleaned_data)})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def prove(request: HttpRequest) -> HttpResponse:
    """Also opened by whoever has a code because a colleague of ours asked for them."""
    form = ProveForm(request.POST or None)
    if not form.is_valid():
        return render(request, "privacy/prove.html", {"form": form})
    typed = form.cleaned_data
    if not ratelimit.consume(request, action="rights_code_typed", key=blind_index("email", typed["email"])):
        form.add_error(None, _("Too many tries. Please wait an hour and ask for a new code."))
        return render(request, "privacy/prove.html", {"form": form}, status=429)
    kind = PrivacyRequest.Kind(typed["kind"])
    try:
        proved = identity.prove(typed["email"], kind, code=typed["code"].strip(), fact=typed["fact"])
    except identity.WrongCode:
        form.add_error("code", _("This code is wrong or too old."))
        return render(request, "privacy/prove.html", {"form": form})
    return redirect(_next_page(*proved))


def _next_page(asked: PrivacyRequest, is_known: bool) -> str:
    """To the data only for whom we are sure of, just now: another may have proved it before."""
    if asked.kind in opened.PAGES and is_known:
        return reverse("privacy:rights_open", args=[request_links.pass_for(asked)])
    return request_links.path_of(asked)


@require_POST
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in need not prove who they are for what shows nothing new."""
    form, subject = MineForm(request.POST), request.user.subject  # type: ignore[union-attr]
    if not form.is_valid():
        return redirect("privacy:rights")
    kind = PrivacyRequest.Kind(form.cleaned_data["kind"])
    asked = requests.current(subject, kind, source=PrivacyRequest.Source.ACCOUNT)
    requests.verify(asked, actor=subject)
    return redirect("privacy:rights_open", request_links.pass_for(asked))


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


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def keep_limit(request: HttpRequest, token: str) -> HttpResponse:
    """By the link in the mail that says when a limit ends: it shall not."""
    limit = request_links.limit_of(token)
    if limit is None:
        raise Http404
    if request.method == "POST":
        restriction.keep(limit)
        return redirect(request.path)
    return render(request, "privacy/keep_limit.html", {"limit": limit})
