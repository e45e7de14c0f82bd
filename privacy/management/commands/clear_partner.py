from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from privacy import audit, processors
from privacy.models import Processor
from privacy.purposes import Purpose


class Command(BaseCommand):
    help = (
        "Notes that a partner was screened today and has signed, so that it may be told something. The back"
        " office does the same; the partner that carries mails is needed before anybody can sign in there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="as the code declares it: mail, sms, carrier, payment")
        parser.add_argument("name")
        parser.add_argument("country", help="ISO code of where it is based")
        parser.add_argument("--purpose", choices=Purpose.values, default=Purpose.SERVICE_MESSAGE)
        parser.add_argument("--region", default="EU", help="where the data is kept")
        parser.add_argument("--agreement", required=True, help="the version of the agreement it signed")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        code = options["code"]
        kind = processors.kind_of(code)
        if not kind:
            raise CommandError(f"No part of the shop talks to a partner called {code}.")
        today = timezone.localdate()
        values = {name: options[name] for name in ("name", "country", "purpose", "region")}
        values |= {"kind": kind, "agreement_version": options["agreement"], "is_active": True}
        values |= {"screened_on": today, "agreement_signed_on": today, "agreement_expires_on": None}
        partner, _is_new = Processor.objects.update_or_create(code=code, defaults=values)
        audit.record("partner.cleared", obj=partner, processor=code)
        self.stdout.write(
            f"{partner.name} may be told: {', '.join(map(str, processors.allowed_fields(code).values()))}."
        )
