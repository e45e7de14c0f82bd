"""Where somebody shops, and in which language the shop writes to them."""

from django.db import transaction

from accounts.models import User
from privacy import audit


@transaction.atomic
def settle(user: User, *, language: str, country: str) -> None:
    user.language, user.country = language, country
    user.save(update_fields=["language", "country"])
    audit.record("account.settled", actor=user, subject=user, obj=user, fields="language,country")
