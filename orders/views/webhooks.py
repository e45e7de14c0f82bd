from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orders import inbox, tasks
from orders.gateways import InvalidSignature

# Events name a thing and what happened to it; more than this is not one.
MOST_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Verify, store, answer. What follows is worked out by a task, and again by the sweep if that is lost."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        event = inbox.receive("stripe", request.body, request.headers)
    except InvalidSignature:
        return HttpResponse(status=400)
    tasks.process_webhook.delay_on_commit(event.pk)
    return HttpResponse(status=200)
