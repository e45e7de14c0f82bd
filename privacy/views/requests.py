from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from privacy import authorities, deletion, erasure, partner_notices, request_links, requests
from privacy.models import PrivacyRequest


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def status(request: HttpRequest, token: str) -> HttpResponse:
    """How a request stands; by a press it is taken back. No word of the data itself."""
    asked = request_links.request_of(token)
    if asked is None:
        raise Http404
    if request.method == "POST" and asked.is_cancellable:
        deletion.withdraw(asked)
        return redirect("privacy:request", token)
    waits = asked.kind == PrivacyRequest.Kind.ERASURE and asked.status == PrivacyRequest.Status.SCHEDULED
    context = {
        "asked": asked,
        "authority": authorities.of(requests.country_of(asked.subject)),
        "token": request_links.token_of(asked),
        "obstacles": erasure.obstacles(asked.subject) if waits else (),
        "limits": asked.restrictions.filter(subject=asked.subject),  # not of a child they named
        "outcome": deletion.outcome(asked),
        "backups_end_on": deletion.backups_end_on(asked),
        "mentions": asked.mentions.open().count(),
        "notices": partner_notices.of(asked),
    }
    return render(request, "privacy/request.html", context)
