from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "Vitrine"

    def ready(self) -> None:
        from shop import checks  # noqa: F401, PLC0415  # registers the system checks once the apps are loaded


class ShopAdminConfig(AdminConfig):
    default_site = "shop.admin_site.ShopAdminSite"
