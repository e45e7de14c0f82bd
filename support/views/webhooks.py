"""Where the mail server hands in what came to the support's address."""

import hmac
import time
from hashlib import sha256

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from support import mailbox
from support.letters import Unreadable

MOST_BYTES = 25 * 1024 * 1024
FRESH_FOR = 300  # seconds between signing and arriving
HEADER = "X-Mail-Signature"


@csrf_exempt
@require_POST
def mail_in(request: HttpRequest) -> HttpResponse:
    """The raw mail is the body, signed like a payment webhook.

    `X-Mail-Signature: t=<unix time>,v1=<HMAC-SHA256 of "<t>." and the body, in hex>`
    """
    if not settings.MAIL_WEBHOOK_SECRET:
        raise Http404
    raw = request.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        return HttpResponse(status=413)
    if not is_signed(request.headers.get(HEADER, ""), raw):
        return HttpResponse(status=400)
    try:
        outcome = mailbox.receive(raw)
    except Unreadable:
        return HttpResponse(status=400)
    return JsonResponse({"outcome": outcome})


def is_signed(header: str, raw: bytes) -> bool:
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    moment = parts.get("t", "")
    if not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
        return False
    is_fresh = abs(time.time() - int(moment)) <= FRESH_FOR
    return is_fresh and hmac.compare_digest(parts.get("v1", "").encode(), sign(moment, raw).encode())


def sign(moment: str, raw: bytes) -> str:
    return hmac.new(settings.MAIL_WEBHOOK_SECRET.encode(), f"{moment}.".encode() + raw, sha256).hexdigest()
