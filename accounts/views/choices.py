"""The preference centre, with an account or by a signed link, and unsubscribing with one click."""

from uuid import UUID

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import links, preference_links
from accounts import preferences as wishes
from accounts.forms.choices import AddressOnlyForm, PreferencesForm
from accounts.links import Refused
from accounts.models import User
from privacy import consent
from privacy.keys import blind_index
from privacy.models import ConsentRecord, DataSubject
from privacy.purposes import Purpose

Source = ConsentRecord.Source


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    if not isinstance(request.user, User):
        return _ask_for_link(request)
    return _centre(request, request.user.subject, Source.ACCOUNT, "accounts/preferences.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the link may choose; the page shows no word about who that is."""
    subject = _living(links.subject_id_in(token, links.PREFERENCES))
    return _centre(request, subject, Source.MAIL, "accounts/preferences_by_link.html")


def _living(subject_id: UUID | None) -> DataSubject:
    """Who is erased has no choices any more, and is sent nothing."""
    return get_object_or_404(DataSubject.objects.exclude(status=DataSubject.Status.ERASED), pk=subject_id)


def _centre(request: HttpRequest, subject: DataSubject, source: Source, template: str) -> HttpResponse:
    rows = wishes.rows(subject)
    form = PreferencesForm(_posted(request), choices=wishes.switches(rows))
    if form.is_valid():
        wishes.choose(subject, form.names, source=source)
        return redirect(f"{request.path}?kept")
    context = {
        "rows": rows,
        "is_kept": "kept" in request.GET,
        "is_stale": any(record.purpose == Purpose.MARKETING for record in consent.stale_of(subject)),
    }
    return render(request, template, context)


def _posted(request: HttpRequest) -> QueryDict | None:
    """A form with nothing ticked is empty, and an answer all the same."""
    return request.POST if request.method == "POST" else None


def _ask_for_link(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether the address is known or not."""
    form = AddressOnlyForm(request.POST or None)
    is_asked = False
    if form.is_valid():
        is_asked = ratelimit.consume(request, action="preferences_link")
        if not is_asked:
            form.add_error(None, _("Too many tries. Please come back in an hour."))
        elif ratelimit.consume(request, action="mail_to_address", key=_opaque(form)):
            preference_links.send_link(form.cleaned_data["email"])
    return render(request, "accounts/preferences_link.html", {"form": form, "is_asked": is_asked})


def _opaque(form: AddressOnlyForm) -> str:
    return blind_index("email", form.cleaned_data["email"])


@csrf_exempt  # RFC 8058: mail programs post here without cookies and from nowhere; the token is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, because scanners follow every link; posting does it at once."""
    refused = links.refused_in(token)
    if refused is None:
        raise Http404
    subject = _living(refused.subject_id)
    if request.method == "POST":
        if not ratelimit.consume(request, action="unsubscribe", key=subject.pk.hex):
            return render(request, "429.html", status=429)
        return _unsubscribe(request, subject, refused)
    context = {"refused": refused, "is_fixed": not wishes.can_be_refused(refused.topic, refused.channel)}
    return render(request, "accounts/unsubscribe.html", _words(subject, refused) | context)


def _unsubscribe(request: HttpRequest, subject: DataSubject, refused: Refused) -> HttpResponse:
    deed = wishes.undo if "undo" in request.POST else wishes.unsubscribe
    try:
        deed(subject, refused.topic, refused.channel, source=Source.MAIL)
    except wishes.CannotBeRefused:
        return render(request, "accounts/unsubscribe.html", _words(subject, refused) | {"is_fixed": True})
    context = {"is_undone": deed is wishes.undo}
    return render(request, "accounts/unsubscribed.html", _words(subject, refused) | context)


def _words(subject: DataSubject, refused: Refused) -> dict[str, object]:
    return {
        "topic": refused.topic.label,
        "way": wishes.WAYS[refused.channel],
        "wording": wishes.wording(refused.topic, refused.channel),
        "preferences": links.preferences_token(subject),
    }
