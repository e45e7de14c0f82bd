from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "Vitrine"

    def ready(self) -> None:
        from shop import checks  # noqa: F401, PLC0415  # registers the system checks once the apps are loaded
