from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class ShopAdminSite(AdminSite):
    site_header = _("Back office")
    site_title = _("Back office")
    index_title = _("What is to be done")


class ShopAdminConfig(AdminConfig):
    default_site = "shop.admin_site.ShopAdminSite"
