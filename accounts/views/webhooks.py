"""What relays report back: mails that bounced or were complained about, and answers to text messages.

Both are JSON, signed as `shop.signatures` says. Reporting something twice does no harm.
"""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import suppressions
from accounts.phones import read_phone
from shop.signatures import is_signed

MOST_BYTES = 256 * 1024
DEEDS = {"bounce": suppressions.bounced, "complaint": suppressions.complained}


class NotAReport(ValueError):
    """The body is not what was agreed."""


@csrf_exempt
@require_POST
def mail_events(request: HttpRequest) -> HttpResponse:
    """`[{"type": "bounce", "email": "…", "message_id": "<…>"}]`, type `bounce` (for good) or `complaint`.

    The signature stands in `X-Mail-Signature`. Other types and other keys are ignored.
    """
    try:
        events = _read(request, settings.MAIL_WEBHOOK_SECRET, "X-Mail-Signature", list)
    except NotAReport:
        return HttpResponse(status=400)
    for event in events:
        if isinstance(event, dict) and event.get("type") in DEEDS and _is_email(event.get("email")):
            DEEDS[event["type"]](event["email"], uuid=_uuid_in(event.get("message_id")))
    return HttpResponse(status=200)


@csrf_exempt
@require_POST
def sms_answer(request: HttpRequest) -> HttpResponse:
    """`{"from": "+49…", "text": "STOP"}`, signed in `X-Sms-Signature`."""
    try:
        answer = _read(request, settings.SMS_WEBHOOK_SECRET, "X-Sms-Signature", dict)
        phone, text = read_phone(str(answer["from"]), settings.SHOP_COUNTRY), str(answer["text"])
    except (NotAReport, KeyError, ValidationError):
        return HttpResponse(status=400)
    if phone:
        suppressions.answered(phone, text)
    return HttpResponse(status=200)


def _read(request: HttpRequest, secret: str, header: str, kind: type) -> Any:
    """Without a secret nobody can sign, so there is nothing here."""
    if not secret:
        raise Http404
    raw = request.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES or not is_signed(secret, request.headers.get(header, ""), raw):
        raise NotAReport
    try:
        content = json.loads(raw)
    except ValueError:
        raise NotAReport from None
    if not isinstance(content, kind):
        raise NotAReport
    return content


def _is_email(value: Any) -> bool:
    try:
        validate_email(value)
    except (ValidationError, TypeError):
        return False
    return True


def _uuid_in(message_id: Any) -> UUID | None:
    """Ours are `<uuid@host>`."""
    try:
        return UUID(str(message_id).strip("<> ").partition("@")[0])
    except ValueError:
        return None
