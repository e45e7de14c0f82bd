from types import SimpleNamespace
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from privacy.models import DataSubject


def email_of(user: User) -> str:
    """What allauth calls a person by; `str(user)` is kept out of everybody's sight on purpose."""
    return user.email


class AccountAdapter(DefaultAccountAdapter):
    """allauth's way of doing things, with addresses that carry language and market."""

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("catalogue:home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Signed with the shop's name; allauth would take the host's."""
        shop = SimpleNamespace(name=settings.SHOP_NAME, domain=settings.SHOP_NAME)
        super().send_mail(template_prefix, email, context | {"current_site": shop})

    def clean_email(self, email: str) -> str:
        return str(super().clean_email(email)).casefold()

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.subject = DataSubject.objects.create(kind=DataSubject.Kind.ACCOUNT)
        saved: User = super().save_user(request, user, form, commit)
        return saved
