from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy.admin import MaskedAdmin
from privacy.masks import mask_email

# allauth's own page shows addresses in clear, and so would the log of changes.
admin.site.unregister(EmailAddress)


@admin.register(User)
class UserAdmin(MaskedAdmin):
    """Who may sign in and who works here. People register themselves, so nobody is added here."""

    list_display = ("id", "email", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_active")
    fields = ("masked_email", "is_active", "is_staff", "is_superuser", "groups", "date_joined", "last_login")
    readonly_fields = ("masked_email", "date_joined", "last_login")
    filter_horizontal = ("groups",)

    @admin.display(description=_("e-mail"))
    def masked_email(self, user: User) -> str:
        return mask_email(user.email)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
