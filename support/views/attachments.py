"""Evidence, shown to the two sides of the conversation. To everybody else there is no such page."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import User
from orders.pages import secret_page
from privacy import access
from privacy.fields import KeyDestroyed
from support.desk import visible_to
from support.links import reference_in
from support.models import Attachment


@secret_page
@require_safe
def attachment(request: HttpRequest, token: str, reference: str) -> HttpResponse:
    """For whoever holds the ticket's link."""
    return _show(Attachment.objects.filter(message__ticket__reference=reference_in(token) or ""), reference)


@secret_page
@login_required
@require_safe
def my_attachment(request: HttpRequest, ticket: str, reference: str) -> HttpResponse:
    """For whose ticket it is, signed in."""
    assert isinstance(request.user, User)
    own = Attachment.objects.filter(message__ticket__subject=request.user.subject_id)
    return _show(own.filter(message__ticket__reference=ticket), reference)


@secret_page
@require_safe
def attachment_for_staff(request: HttpRequest, reference: str) -> HttpResponse:
    """For agents whose work opens the ticket, from the admin."""
    if not isinstance(request.user, User) or not request.user.has_perm("support.view_ticket"):
        raise Http404
    shown = Attachment.objects.filter(message__ticket__in=visible_to(request.user))
    file = get_object_or_404(shown.select_related("message__ticket__subject"), reference=reference)
    access.open_(request.user, file.message.ticket)
    return _show(shown, reference)


def _show(attachments: QuerySet[Attachment], reference: str) -> HttpResponse:
    """A photo we drew is shown, anything else is handed over as a file; neither may run anything."""
    file = get_object_or_404(attachments.select_related("subject__key"), reference=reference)
    try:
        response = HttpResponse(file.file.read(), content_type=file.content_type)
    except KeyDestroyed:
        raise Http404 from None  # the person is erased; nobody can read it again
    shown_as = "inline" if file.kind == Attachment.Kind.IMAGE else "attachment"
    ending = file.content_type.rpartition("/")[2]
    response["Content-Disposition"] = f'{shown_as}; filename="{file.kind}-{file.pk}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
