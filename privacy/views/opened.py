"""What somebody does who has shown who they are: a page for each right, open for half an hour."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from privacy import (
    authorities,
    consent,
    conversation,
    copies,
    deletion,
    erasure,
    explaining,
    identity,
    objection,
    rectification,
    request_links,
    requests,
    restriction,
)
from privacy.models import PrivacyRequest, Restriction
from privacy.purposes import Purpose
from privacy.request_forms import DeleteForm, LimitForm, ObjectionForm, WithdrawForm, WordsForm
from privacy.views.copies import about, zip_of

Kind = PrivacyRequest.Kind


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def open_(request: HttpRequest, key: str) -> HttpResponse:
    asked = by_pass(key)
    return PAGES[Kind(asked.kind)](request, asked)


@require_POST
@never_cache
def copy(request: HttpRequest, key: str) -> HttpResponse:
    """Not with a pass for another right: to get one of those, a signed-in person gives no password."""
    asked = by_pass(key)
    if asked.kind not in copies.KINDS:
        raise Http404
    return zip_of(copies.latest_of(asked.subject))


@require_POST
@never_cache
def lift(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Who set a limit may end it at any time, and needs no notice."""
    asked = by_pass(key)
    for limit in Restriction.objects.of(asked.subject).filter(pk=pk):
        if limit.is_own:
            restriction.lift(limit, actor=asked.subject)
    return redirect("privacy:rights_open", key)


def by_pass(key: str) -> PrivacyRequest:
    asked = request_links.request_by_pass(key)
    if asked is None or Kind(asked.kind) not in PAGES or asked.subject.status not in identity.KNOWN:
        raise Http404
    return asked


def _key(request: HttpRequest) -> str:
    """The pass of this page: a new one for each page would never end."""
    return str(request.resolver_match.kwargs["key"])  # type: ignore[union-attr]


def _page(request: HttpRequest, asked: PrivacyRequest, template: str, **more: Any) -> HttpResponse:
    context = {"asked": asked, "key": _key(request), "status_url": request_links.path_of(asked)} | more
    return render(request, f"privacy/{template}.html", context)


def _copy(request: HttpRequest, asked: PrivacyRequest) -> HttpResponse:
    if request.method == "POST":
        source = PrivacyRequest.Source(asked.source)
        copies.ask(asked.subject, source=source, kind=Kind(asked.kind), actor=asked.subject)
        return redirect(request.path)
    context = about(asked.subject, reverse("privacy:rights_copy", args=[_key(request)]))
    return _page(request, asked, "open_copy", **context)


def _deletion(request: HttpRequest, asked: PrivacyRequest) -> HttpResponse:
    form = DeleteForm(request.POST or None, subject=asked.subject)
    if form.is_valid():
        is_now, source = form.cleaned_data["when"] == "now", PrivacyRequest.Source(asked.source)
        try:
            deletion.ask(
                asked.subject, source=source, at_once=is_now, answers=form.answers, actor=asked.subject
            )
        except erasure.Obstructed as obstructed:
            form.add_error(None, str(obstructed))
        else:
            return redirect(request_links.path_of(asked))
    return _page(request, asked, "open_deletion", form=form, plan=erasure.plan(asked.subject))


def _restriction(request: HttpRequest, asked: PrivacyRequest) -> HttpResponse:
    form = LimitForm(request.POST or None, subject=asked.subject)
    if form.is_valid():
        restriction.restrict(asked.subject, **form.limit, request=asked, actor=asked.subject)
        requests.finish(asked, actor=asked.subject)
        return redirect(request.path)
    return _page(request, asked, "open_restriction", form=form, limits=Restriction.objects.of(asked.subject))


def _objection(request: HttpRequest, asked: PrivacyRequest) -> HttpResponse:
    form = ObjectionForm(request.POST or None, subject=asked.subject)
    if form.is_valid():
        objection.object_to(asked, Purpose(form.cleaned_data["purpose"]), actor=asked.subject)
        if words := form.cleaned_data["words"].strip():
            conversation.hand_over(asked, words)
        return redirect(request.path)
    return _page(request, asked, "open_objection", form=form, limits=Restriction.objects.of(asked.subject))


def _withdrawal(request: HttpRequest, asked: PrivacyRequest) -> HttpResponse:
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        objection.withdraw(asked, form.purpose, actor=asked.subject)
        return redirect(request.path)
    return _page(request, asked, "open_withdrawal", given=consent.given_by(asked.subject))


def _rectification(request: HttpRequest, asked: PrivacyRequest) -> HttpResponse:
    """What can be put right in place, each by its own button; the rest in words."""
    parts, words = [], WordsForm(request.POST if "words" in request.POST else None)
    if words.is_valid():
        return _hand_over(request, asked, words)
    for thing in rectification.correctable(asked.subject):
        form = thing.bound(request.POST if request.POST.get("part") == thing.key else None)
        if form.is_valid() and _correct(asked, thing, form):
            return redirect(request.path)
        parts.append((thing, form))
    limits = Restriction.objects.of(asked.subject)
    return _page(request, asked, "open_rectification", parts=parts, form=words, limits=limits)


def _correct(asked: PrivacyRequest, thing: rectification.Correctable, form: Any) -> bool:
    try:
        rectification.correct(asked, thing, form, actor=asked.subject)
        requests.finish(asked, actor=asked.subject)
    except rectification.TooLate:
        form.add_error(None, _("It is too late to change this here. Write to us below."))
        return False
    return True


def _explanation(request: HttpRequest, asked: PrivacyRequest) -> HttpResponse:
    words = WordsForm(request.POST if "words" in request.POST else None)
    if words.is_valid():
        return _hand_over(request, asked, words)
    if request.method == "POST" and not words.is_bound:
        requests.finish(asked, actor=asked.subject)
        return redirect(request_links.path_of(asked))
    return _page(request, asked, "open_explanation", form=words, explained=explaining.explain(asked.subject))


def _complaint(request: HttpRequest, asked: PrivacyRequest) -> HttpResponse:
    words = WordsForm(request.POST or None)
    if words.is_valid():
        return _hand_over(request, asked, words)
    authority = authorities.of(requests.country_of(asked.subject))
    return _page(request, asked, "open_complaint", form=words, authority=authority)


def _hand_over(request: HttpRequest, asked: PrivacyRequest, words: WordsForm) -> HttpResponse:
    conversation.hand_over(asked, words.cleaned_data["words"])
    return redirect(request_links.path_of(asked))


PAGES: dict[PrivacyRequest.Kind, Callable[[HttpRequest, PrivacyRequest], HttpResponse]] = {
    Kind.ACCESS: _copy,
    Kind.PORTABILITY: _copy,
    Kind.ERASURE: _deletion,
    Kind.RESTRICTION: _restriction,
    Kind.OBJECTION: _objection,
    Kind.WITHDRAWAL: _withdrawal,
    Kind.RECTIFICATION: _rectification,
    Kind.EXPLANATION: _explanation,
    Kind.COMPLAINT: _complaint,
}
