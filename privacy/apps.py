from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        """Collect every app's declarations, as the admin collects every app's `admin.py`; then check them."""
        autodiscover_modules("personal_data")
        import_module("privacy.checks")
        import_module("privacy.policy_checks")
        import_module("privacy.facilities")
