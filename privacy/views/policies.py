"""The shop's policies: the one that holds, all there were, and what changed between two."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from privacy import data_map, differences, policies
from privacy.models import PolicyVersion
from privacy.processors import partners


class KindConverter:
    """`privacy/policy`, `privacy/cookie-policy` and `terms`: where each kind of policy lives."""

    PLACES = {"privacy": "privacy/policy", "cookies": "privacy/cookie-policy", "terms": "terms"}
    regex = "|".join(PLACES.values())

    def to_python(self, value: str) -> str:
        return next(kind for kind, place in self.PLACES.items() if place == value)

    def to_url(self, value: str) -> str:
        return self.PLACES[value]


@require_safe
def policy(request: HttpRequest, kind: str) -> HttpResponse:
    version = PolicyVersion.objects.effective(kind)
    if version is None:
        raise Http404
    return render(request, "privacy/policy.html", _page(version))


@require_safe
def version(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    return render(request, "privacy/policy.html", _page(_published(kind, number)))


@require_safe
def history(request: HttpRequest, kind: str) -> HttpResponse:
    context = {"kind": PolicyVersion.Kind(kind), "versions": _told(kind)}
    return render(request, "privacy/policy_history.html", context)


@require_safe
def changes(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Against the version before; the first is all new."""
    version = _published(kind, number)
    language = get_language() or settings.LANGUAGE_CODE
    text = version.text_in(language)
    before = version.previous.text_in(language) if version.previous else None
    context = {
        "version": version,
        "text": text,
        "paragraphs": differences.between(before.text if before else "", text.text if text else ""),
    }
    return render(request, "privacy/policy_changes.html", context)


@require_safe
def feed(request: HttpRequest, kind: str) -> HttpResponse:
    told = _told(kind)
    label = str(PolicyVersion.Kind(kind).label)
    atom = Atom1Feed(
        title=f"{label} – {settings.SHOP_NAME}",
        link=request.build_absolute_uri(reverse("privacy:policy", args=[kind])),
        description=label,
        language=get_language(),
        feed_url=request.build_absolute_uri(),
    )
    for version, text in told:
        link = request.build_absolute_uri(reverse("privacy:policy_version", args=[kind, version.number]))
        atom.add_item(
            title=str(version),
            link=link,
            unique_id=link,
            description=text.summary if text else "",
            pubdate=version.published_at,
            updateddate=version.published_at,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)


def _told(kind: str) -> list[tuple[PolicyVersion, Any]]:
    """Every published version with its words in the reader's language, newest first."""
    versions = PolicyVersion.objects.published().filter(kind=kind).prefetch_related("texts")
    if not versions:
        raise Http404
    language = get_language() or settings.LANGUAGE_CODE
    return [(version, version.text_in(language)) for version in versions]


def _published(kind: str, number: int) -> PolicyVersion:
    version = PolicyVersion.objects.published().filter(kind=kind, number=number).first()
    if version is None:
        raise Http404
    return version


def _page(version: PolicyVersion) -> dict[str, Any]:
    """With the tables of what the declarations say, under the privacy policy."""
    text = version.text_in(get_language() or settings.LANGUAGE_CODE)
    context: dict[str, Any] = {
        "version": version,
        "text": text,
        "body": policies.html_of(text) if text else "",
        "in_force": PolicyVersion.objects.effective(version.kind),
        "upcoming": PolicyVersion.objects.upcoming()
        .filter(kind=version.kind)
        .order_by("effective_at")
        .first(),
    }
    if version.kind == PolicyVersion.Kind.PRIVACY:
        context["entries"] = data_map.by_purpose()
        context["partners"] = partners()
    return context
