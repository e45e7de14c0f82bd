from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from privacy.models import DataSubject


class AccountAdapter(DefaultAccountAdapter):
    """allauth's way of doing things, with addresses that carry language and market."""

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("catalogue:home")

    def clean_email(self, email: str) -> str:
        return str(super().clean_email(email)).casefold()

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.subject = DataSubject.objects.create(kind=DataSubject.Kind.ACCOUNT)
        saved: User = super().save_user(request, user, form, commit)
        return saved
