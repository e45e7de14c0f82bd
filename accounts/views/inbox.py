"""The messages in the account. Nobody else's can be opened or deleted."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import inbox as use_case
from accounts.pages import AccountRequest, account_page

PAGE_SIZE = 20


@account_page
@require_safe
def inbox(request: AccountRequest) -> HttpResponse:
    subject = request.user.subject
    page = Paginator(use_case.messages_of(subject), PAGE_SIZE).get_page(request.GET.get("page"))
    entries = [(entry, use_case.title_of(entry)) for entry in page]
    context = {"page": page, "entries": entries, "unread": use_case.unread_count(subject)}
    return render(request, "accounts/inbox.html", context)


@account_page
@require_safe
def message(request: AccountRequest, uuid: UUID) -> HttpResponse:
    entry = get_object_or_404(use_case.messages_of(request.user.subject), uuid=uuid)
    context = {"entry": entry, "title": use_case.title_of(entry), "words": use_case.read(entry)}
    return render(request, "accounts/inbox_message.html", context)


@account_page
@require_POST
def delete(request: AccountRequest, uuid: UUID) -> HttpResponse:
    use_case.delete(request.user.subject, uuid)
    messages.info(request, _("The message is deleted."))
    return redirect("accounts:inbox")
