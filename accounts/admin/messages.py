"""What people were told: whether, when and by which way, and never in which words."""

from typing import Any

from csp.constants import NONE
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import events, previews, sending
from accounts.admin.forms import PreviewForm
from accounts.channels import AddressRefused, NotDelivered
from accounts.events import Event
from accounts.models import Channel, Notification, Suppression
from accounts.phones import read_phone
from accounts.previews import Example
from privacy.admin import MaskedAdmin, ReadOnlyAdmin
from privacy.keys import blind_indexes
from privacy.processors import ProcessorNotCleared

CANNOT_SEND = (AddressRefused, NotDelivered, ProcessorNotCleared)
# A mail is a page of its own, with its own styles and nothing else.
MAIL_POLICY = {"script-src": [NONE], "img-src": [NONE], "style-src": ["'unsafe-inline'"], "sandbox": [""]}


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("pk", "event", "channel", "status", "reason", "created_at", "sent_at")
    list_filter = ("status", "channel", "topic", "event", "reason", "created_at")
    list_select_related = ("subject",)
    search_fields = ("=uuid", "event")
    fields = ("uuid", "subject", "event", "topic", "channel", "language", "status", "reason")
    fields += ("attempts", "created_at", "due_at", "sent_at", "read_at")  # type: ignore[assignment]
    actions = ("send_again",)
    change_list_template = "accounts/admin/notifications.html"

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_notification")

    @admin.action(description=_("Send again what was given up"), permissions=["manage"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[Notification]) -> None:
        done = sending.send_again(chosen, actor=request.user)  # type: ignore[arg-type]
        messages.success(request, ngettext("%d message waits again.", "%d messages wait again.", done) % done)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("preview/", wrap(self.events_view), name="accounts_notification_events"),
            path("preview/<slug:code>/", wrap(self.preview_view), name="accounts_notification_preview"),
            path("preview/<slug:code>/mail/", wrap(self.mail_view), name="accounts_notification_mail"),
            *super().get_urls(),
        ]

    def events_view(self, request: HttpRequest) -> HttpResponse:
        self._check(request)
        context = self._page(request, _("Templates of messages")) | {"events": events.all_events()}
        return TemplateResponse(request, "accounts/admin/events.html", context)

    def preview_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Every channel's words in one language; a press on the button sends the mail to oneself."""
        event, form, example = self._asked(request, code)
        if request.method == "POST" and example:
            self._send_test(request, event, example, form.cleaned_data["language"])
            return HttpResponseRedirect(request.get_full_path())
        context = self._page(request, event.label) | {"event": event, "form": form, "example": example}
        if example:
            language = form.cleaned_data["language"]
            context["words"] = previews.words(event, example, language=language, actor=request.user)  # type: ignore[arg-type]
            context["query"] = request.GET.urlencode()
        return TemplateResponse(request, "accounts/admin/preview.html", context)

    def mail_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """The HTML as a mailbox shows it: no script, nothing from afar."""
        event, form, example = self._asked(request, code)
        if example is None or Channel.EMAIL not in event.channels:
            raise Http404
        words = previews.words(event, example, language=form.cleaned_data["language"], actor=request.user)  # type: ignore[arg-type]
        response = HttpResponse(words[Channel.EMAIL]["html"])
        response._csp_replace = MAIL_POLICY  # type: ignore[attr-defined]
        return response

    def _asked(self, request: HttpRequest, code: str) -> tuple[Event, PreviewForm, Example | None]:
        self._check(request)
        try:
            event = events.find(code)
        except events.UnknownEvent:
            raise Http404 from None
        form = PreviewForm(request.GET, event=event)
        found = previews.find_example(event, form.cleaned_data["reference"]) if form.is_valid() else None
        return event, form, found

    def _send_test(self, request: HttpRequest, event: Event, example: Example, language: str) -> None:
        try:
            previews.send_test(event, example, language=language, to=request.user)  # type: ignore[arg-type]
        except CANNOT_SEND:
            messages.error(request, _("It could not be sent: the relay does not take it, or may not."))
        else:
            messages.success(request, _("Sent to your own address."))

    def _check(self, request: HttpRequest) -> None:
        """A preview shows a customer's data."""
        if not self.has_manage_permission(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, title: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


@admin.register(Suppression)
class SuppressionAdmin(MaskedAdmin):
    """The whole address finds its fingerprint; deleting that lets messages through again."""

    list_display = ("pk", "channel", "why", "created_at")
    list_filter = ("channel", "why")
    search_fields = ("pk",)
    search_help_text = _("The whole e-mail address, or the phone number with its country code")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(address_index__in=_fingerprints(search_term)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _fingerprints(address: str) -> list[str]:
    if "@" in address:
        return blind_indexes("email", address)
    try:
        phone = read_phone(address, settings.SHOP_COUNTRY)
    except ValidationError:
        return []
    return blind_indexes("phone", phone)
