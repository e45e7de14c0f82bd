from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from shop.demo import loading
from shop.demo.account import load_account
from shop.demo.conversations import load_desk
from shop.demo.history import load_orders


class Command(BaseCommand):
    help = "Loads the demo shop Kiln & Leaf. Loading it again changes nothing."

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo has public passwords and invented orders; production refuses it.")
        loading.load_markets()
        loading.load_partners()
        loading.load_facilities()
        loading.load_policies()
        loading.load_people()
        load_account()
        loading.load_catalogue()
        load_orders()
        load_desk()
        loading.load_safety()
