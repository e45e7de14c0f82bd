from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from privacy import minor_links, my_data
from privacy.models import ConsentRecord, PrivacyRequest


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What the shop knows of whoever is signed in; open while their data is restricted as well."""
    subject = request.user.subject  # type: ignore[union-attr]
    context = {
        "is_restricted": subject.status == subject.Status.RESTRICTED,
        "age_page": minor_links.age_path(subject),
        "groups": my_data.by_category(subject),
        "receivers": my_data.receivers(subject),
        "looks": my_data.looks(subject),
        "decisions": ConsentRecord.objects.filter(subject=subject)[: my_data.MOST_EVENTS],
        "requests": PrivacyRequest.objects.filter(subject=subject).order_by("-received_at"),
    }
    response = render(request, "privacy/mine.html", context)
    add_never_cache_headers(response)
    response["Cache-Control"] = "no-store"
    return response
