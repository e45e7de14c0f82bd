from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from privacy import copies
from privacy.models import DataCopy, DataSubject, PrivacyRequest


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@reauthentication_required
def my_copy(request: HttpRequest) -> HttpResponse:
    subject = request.user.subject  # type: ignore[union-attr]
    if request.method == "POST":
        copies.ask(subject, source=PrivacyRequest.Source.ACCOUNT, actor=subject)
        return redirect("privacy:my_copy")
    return render(request, "privacy/copy.html", about(subject, reverse("privacy:download_copy")))


@require_POST
@never_cache
@login_required
@reauthentication_required
def download(request: HttpRequest) -> HttpResponse:
    subject = request.user.subject  # type: ignore[union-attr]
    return zip_of(copies.latest_of(subject))


def about(subject: DataSubject, download_url: str) -> dict[str, Any]:
    copy = copies.latest_of(subject)
    return {
        "copy": copy,
        "downloads_left": DataCopy.MOST_DOWNLOADS - copy.downloads if copy else 0,
        "is_making": copies.is_making(subject),
        "download_url": download_url,
    }


def zip_of(copy: DataCopy | None) -> HttpResponse:
    """Named after nobody."""
    if copy is None:
        raise Http404
    try:
        content = copies.fetch(copy)
    except copies.NotThere:
        raise Http404 from None
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    response["Cache-Control"] = "no-store"
    return response
