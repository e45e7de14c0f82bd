from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Notification
from accounts.pages import AccountRequest, account_page


@require_safe
@account_page
def home(request: AccountRequest) -> HttpResponse:
    unread = Notification.objects.inbox_of(request.user.subject).unread().count()
    return render(request, "accounts/home.html", {"unread": unread})
