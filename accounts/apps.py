import importlib

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """What people are told and may put right is declared once all models are there."""
        importlib.import_module("accounts.messages")
        importlib.import_module("accounts.replaying")
        importlib.import_module("accounts.correcting")
        importlib.import_module("accounts.suspending")
        importlib.import_module("accounts.guarded")
