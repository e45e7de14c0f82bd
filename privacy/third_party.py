"""Declarations for models of Django and of other packages, which cannot declare themselves."""

import json
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import models
from django.utils.translation import gettext_lazy as _

from .models import DataSubject
from .registry import (
    After,
    Category,
    DeleteRow,
    NoPersonalData,
    NotPersonal,
    Origin,
    Personal,
    PersonalData,
    Purpose,
    With,
    mask_email,
    noticed,
    register,
    register_tables,
)

register_tables("django_migrations", because=_("the history of the tables themselves"))


@register("auth.Permission")
class PermissionData(NoPersonalData):
    because = _("What staff may be allowed to do")
    fields = {"name": NotPersonal(_("the permission's"))}
    not_personal = ("content_type", "codename")


@register("auth.Group")
class GroupData(NoPersonalData):
    because = _("Roles of staff")
    fields = {"name": NotPersonal(_("the role's"))}
    not_personal = ("permissions",)


@register("contenttypes.ContentType")
class ContentTypeData(NoPersonalData):
    because = _("The shop's own tables")
    not_personal = ("app_label", "model")


@register("sessions.Session")
class SessionData(PersonalData):
    purpose = Purpose.ACCOUNT
    change_at = "accounts:devices"
    retention = After("expire_date", days=0, why=_("Until your sign-in runs out"))
    fields = {
        "session_key": Personal(
            Category.CREDENTIAL,
            _("Random key of your session"),
            erase=DeleteRow(),
            origin=Origin.PASSIVE,
            in_clear=_("random; it must be found by it"),
        ),
        "session_data": Personal(
            Category.CREDENTIAL,
            _("Who is signed in"),
            erase=DeleteRow(),
            origin=Origin.PASSIVE,
            schema=_("the number of the account, the market, messages to show"),
            in_clear=_("signed; the number of an account, and its address only while somebody signs in"),
        ),
    }
    not_personal = ("expire_date",)

    def rows_of(self, subject: DataSubject) -> models.QuerySet[Any]:
        """Which account a session belongs to is written inside it, so each one is opened.

        One of somebody who asked for a code and never typed it holds the address, and no account yet.
        """
        users = {str(user.pk): user for user in get_user_model()._default_manager.filter(subject=subject)}
        addresses = {str(user.get_username()).casefold() for user in users.values()}
        keys = [
            session.pk
            for session in (Session.objects.iterator() if users else ())
            if _is_of(session.get_decoded(), set(users), addresses)
        ]
        return Session.objects.filter(pk__in=keys)


def _is_of(content: dict[str, Any], users: set[str], addresses: set[str]) -> bool:
    if "_auth_user_id" in content:
        return content["_auth_user_id"] in users
    written = json.dumps(content, ensure_ascii=False, default=str).casefold()
    return any(address in written for address in addresses)


@register("admin.LogEntry")
class LogEntryData(PersonalData):
    subject = "user__subject"
    purpose = Purpose.SECURITY
    called = _("work in the back office")
    retention = After("action_time", months=24, why=_("Who of the staff changed what"))
    fields = {
        "object_id": NotPersonal(_("the number of a row")),
        "object_repr": NotPersonal(_("`str()` of a row, which check E010 keeps free of personal data")),
        "change_message": NotPersonal(_("names of columns (privacy.admin.MaskedAdmin)")),
        "action_time": noticed(Category.STAFF, _("When you worked on it")),
    }
    not_personal = ("content_type", "action_flag")


@register("account.EmailAddress")
class EmailAddressData(PersonalData):
    subject = "user__subject"
    purpose = Purpose.ACCOUNT
    change_at = "account_email"
    retention = With("user", why=_("You sign in with it"))
    fields = {
        "email": Personal(
            Category.CONTACT,
            _("E-mail address"),
            erase=DeleteRow(),
            mask=mask_email,
            in_clear=_("signing in looks it up"),
        ),
    }
    not_personal = ("verified", "primary")


@register("account.EmailConfirmation")
class EmailConfirmationData(PersonalData):
    subject = "email_address__user__subject"
    purpose = Purpose.ACCOUNT
    called = _("proof of an e-mail address")
    retention = After("created", days=7, why=_("Confirms that an address is yours"))
    fields = {
        "key": Personal(
            Category.CREDENTIAL,
            _("Random key of the confirmation"),
            erase=DeleteRow(),
            origin=Origin.PASSIVE,
            in_clear=_("random; it must be found by it"),
        ),
    }
    not_personal = ("created", "sent")


@register("mfa.Authenticator")
class AuthenticatorData(PersonalData):
    subject = "user__subject"
    purpose = Purpose.SECURITY
    called = _("second step of signing in")
    change_at = "mfa_index"
    retention = With("user", why=_("The second step of your sign-in"))
    fields = {
        "data": Personal(
            Category.CREDENTIAL,
            _("Secret of the second step"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            schema=_("a passkey's public key, or secrets sealed by the sign-in's adapter"),
            in_clear=_("its secrets are sealed one by one; a public key is no secret"),
        ),
        "created_at": noticed(Category.SECURITY, _("Set up")),
        "last_used_at": noticed(Category.SECURITY, _("Last used")),
    }
    not_personal = ("type",)
