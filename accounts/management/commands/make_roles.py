from typing import Any

from django.core.management.base import BaseCommand

from accounts.roles import ROLES, make_roles


class Command(BaseCommand):
    help = "Makes the roles of staff, or brings their rights up to date. Run it after each deployment."

    def handle(self, **options: Any) -> None:
        make_roles()
        self.stdout.write(f"Roles: {', '.join(ROLES)}.")
