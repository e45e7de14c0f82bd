"""Where the mail server hands in what came to the support's address."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shop.signatures import is_signed
from support import mailbox
from support.letters import Unreadable

MOST_BYTES = 25 * 1024 * 1024
HEADER = "X-Mail-Signature"


@csrf_exempt
@require_POST
def mail_in(request: HttpRequest) -> HttpResponse:
    """The raw mail is the body; `X-Mail-Signature` is made as `shop.signatures` says."""
    if not settings.MAIL_WEBHOOK_SECRET:
        raise Http404
    raw = request.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        return HttpResponse(status=413)
    if not is_signed(settings.MAIL_WEBHOOK_SECRET, request.headers.get(HEADER, ""), raw):
        return HttpResponse(status=400)
    try:
        outcome = mailbox.receive(raw)
    except Unreadable:
        return HttpResponse(status=400)
    return JsonResponse({"outcome": outcome})
