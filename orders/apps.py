import importlib

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        """Carts hear of sign-ins once all models are there."""
        importlib.import_module("orders.sign_in")
        importlib.import_module("orders.messages")  # declares what buyers are told
        importlib.import_module("orders.correcting")
        importlib.import_module("orders.explaining")
        importlib.import_module("orders.parting")  # asks what becomes of orders when their buyer goes
        importlib.import_module("orders.rights")  # says where guests are reached, and what only they know
