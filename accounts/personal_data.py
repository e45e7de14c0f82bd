"""What the accounts know of people."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy.registry import (
    Category,
    DeleteRow,
    Origin,
    Personal,
    PersonalData,
    Purpose,
    Token,
    WhileKnown,
    mask_email,
    register,
)


@register(User)
class UserData(PersonalData):
    subject = "subject"
    purpose = Purpose.ACCOUNT
    retention = WhileKnown(why=_("You may sign in until you close the account"))
    fields = {
        "email": Personal(
            Category.CONTACT,
            _("E-mail"),
            erase=Token(),
            mask=mask_email,
            in_clear=_("Signing in must find it"),
        ),
        "password": Personal(
            Category.CREDENTIAL,
            _("Password, as a hash"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            in_clear=_("a salted, slow hash"),
        ),
        "last_login": Personal(
            Category.SECURITY, _("Last sign-in"), erase=DeleteRow(), origin=Origin.PASSIVE
        ),
        "date_joined": Personal(Category.SECURITY, _("Joined"), erase=DeleteRow(), origin=Origin.PASSIVE),
    }
    not_personal = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")
