from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy.admin import MaskedAdmin
from privacy.masks import mask_email

# allauth's own page shows addresses in clear, and so would the log of changes.
admin.site.unregister(EmailAddress)
# Secrets of the second step are nobody's business.
admin.site.unregister(Authenticator)


@admin.register(User)
class UserAdmin(MaskedAdmin):
    """Who may sign in and who works here. People register themselves, so nobody is added here."""

    list_display = ("id", "email", "is_staff", "is_active", "date_joined", "idle_kept_at")
    list_filter = ("is_staff", "is_active", ("idle_kept_at", admin.EmptyFieldListFilter))
    fields = ("masked_email", "is_active", "is_staff", "is_superuser", "groups", "date_joined", "last_login")
    readonly_fields = ("masked_email", "date_joined", "last_login")
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may change users may not make themselves the owner."""
        rights = () if request.user.is_superuser else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *rights)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An owner's account is an owner's business."""
        return super().has_change_permission(request, obj) and (
            obj is None or request.user.is_superuser or not obj.is_superuser
        )

    @admin.display(description=_("e-mail"))
    def masked_email(self, user: User) -> str:
        return mask_email(user.email)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
