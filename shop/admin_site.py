from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class ShopAdminSite(AdminSite):
    """Staff sign in where everybody does, so limits and second factors guard the back office too."""

    site_header = _("Back office")
    site_title = _("Back office")
    index_title = _("What is to be done")

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if self.has_permission(request):
            return super().login(request, extra_context)
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", "/admin/"), login_url="account_login")
