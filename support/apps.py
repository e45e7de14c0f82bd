import importlib

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "support"
    verbose_name = _("Support")

    def ready(self) -> None:
        importlib.import_module("support.messages")  # declares what people are told
        importlib.import_module("support.rights")  # takes what people add to their requests in words
        importlib.import_module("support.parting")  # asks what becomes of open questions
