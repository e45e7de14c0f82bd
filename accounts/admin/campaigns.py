"""Campaigns: written here, looked at in every language, tried on oneself, and then sent."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import campaign_preview, campaigns
from accounts.admin.messages import MAIL_POLICY
from accounts.models import Campaign, Channel
from shop.states import InvalidTransition


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):
    list_display = ("title", "topic", "channel", "status", "starts_at", "sent_at")
    list_filter = ("status", "topic", "channel")
    fieldsets = (
        (None, {"fields": (("topic", "channel"), "starts_at", "products")}),
        (gettext_lazy("English"), {"fields": ("title_en", "text_en")}),
        (gettext_lazy("German"), {"fields": ("title_de", "text_de")}),
        (gettext_lazy("French"), {"fields": ("title_fr", "text_fr")}),
    )
    autocomplete_fields = ("products",)

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """What is being sent is not written any more."""
        is_draft = obj is None or obj.status == Campaign.Status.DRAFT
        return is_draft and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        is_draft = obj is None or obj.status == Campaign.Status.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Campaign, post_url_continue: Any = None
    ) -> HttpResponse:
        """From writing to looking at it."""
        response = super().response_add(request, obj, post_url_continue)
        return HttpResponseRedirect(release_path(obj)) if "_save" in request.POST else response

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/release/", wrap(self.release), name="accounts_campaign_release"),
            path("<int:pk>/mail/<slug:language>/", wrap(self.mail), name="accounts_campaign_mail"),
            *super().get_urls(),
        ]

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How it looks, how many will get it, and the buttons that try, send and stop it."""
        campaign = self._campaign(request, pk)
        if request.method == "POST":
            return self._do(request, campaign)
        return TemplateResponse(request, "accounts/admin/release.html", self._story(request, campaign))

    def _story(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": campaign.title,
            "opts": self.opts,
            "campaign": campaign,
            "previews": campaign_preview.all_languages(campaign, by=request.user),  # type: ignore[arg-type]
            "count": campaigns.count(campaign),
            "told": campaigns.messages_of(campaign).count(),
            "may_send": self._may_send(request),
            "can_start": campaign.can_advance(Campaign.Status.SENDING),
            "can_cancel": campaign.can_advance(Campaign.Status.CANCELLED),
            "is_mail": campaign.channel == Channel.EMAIL,
        }

    def _do(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        if not self._may_send(request):
            raise PermissionDenied
        try:
            messages.success(request, self._deed(request, campaign))
        except campaigns.NothingToSay:
            messages.error(request, _("It needs a title and a text in English at least."))
        except InvalidTransition:
            messages.error(request, _("It is not in a state for that any more."))
        return HttpResponseRedirect(release_path(campaign))

    def _deed(self, request: HttpRequest, campaign: Campaign) -> str:
        user: Any = request.user
        if "try" in request.POST:
            campaigns.send_test(campaign, to=user)
            return _("A trial is on its way to you by e-mail.")
        if "cancel" in request.POST:
            campaigns.cancel(campaign, actor=user)
            return _("It is cancelled. What waited is not sent.")
        campaigns.start(campaign, actor=user, starts_at=campaign.starts_at)
        return _("It is being sent.")

    def mail(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        campaign = self._campaign(request, pk)
        if campaign.channel != Channel.EMAIL or language not in campaign_preview.languages():
            raise Http404
        words = campaign_preview.preview(campaign, language, by=request.user)  # type: ignore[arg-type]
        response = HttpResponse(words.html)
        response._csp_replace = MAIL_POLICY  # type: ignore[attr-defined]
        return response

    def _campaign(self, request: HttpRequest, pk: int) -> Campaign:
        campaign = get_object_or_404(Campaign, pk=pk)
        if not self.has_view_permission(request, campaign):
            raise PermissionDenied
        return campaign

    def _may_send(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_campaign")


def release_path(campaign: Campaign) -> str:
    return reverse("admin:accounts_campaign_release", args=[campaign.pk])
