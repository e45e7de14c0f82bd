"""Every address of the shop. `shop.address` decides which of them live under a language and a market."""

from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.static import serve

from accounts.views.webhooks import mail_events, sms_answer
from orders.views.webhooks import stripe_webhook
from privacy.views.choices import gpc
from shop.catalogue import seo
from shop.cookies import register_page
from support.views.webhooks import mail_in


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: touches neither the database nor the cache."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116). It counts for as long as it says, so it never says long."""
    expires = timezone.now() + timedelta(days=90)
    lines = [
        f"Contact: mailto:{settings.SHOP_EMAIL}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for the mark of a page that names none."""
    return redirect(static("img/favicon.svg"))


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse | FileResponse:
    """The demo serves its pictures itself; in production the proxy does."""
    if not settings.DEMO:
        raise Http404
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))


pages = [
    path("", include("shop.catalogue.urls")),
    path("", include("orders.urls")),
    path("", include("privacy.urls")),
    path("privacy/cookies/", register_page, name="privacy_cookies"),
    path("", include("support.urls")),
    path("", include("accounts.choices_urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
]

urlpatterns = [
    *pages,
    path("admin/", admin.site.urls),
    path("healthz", healthz),
    path("webhooks/stripe/", stripe_webhook, name="stripe_webhook"),
    path("webhooks/mail-events/", mail_events, name="mail_events"),
    path("webhooks/sms/", sms_answer, name="sms_answer"),
    path("webhooks/mail-in/", mail_in, name="mail_in"),
    path("favicon.ico", favicon),
    path(".well-known/gpc.json", gpc, name="gpc"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("robots.txt", seo.robots_txt),
    path("sitemap.xml", seo.sitemap_index, name="sitemap_index"),
    path("sitemap-<slug:section>.xml", seo.sitemap_section, name="sitemap_section"),
    path("media/<path:path>", media),
]
