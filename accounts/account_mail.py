"""What allauth would mail at once is queued as a notification, so that nobody waits for the mail server.

An answer must not take longer for an address the shop knows than for one it does not: where there is nobody
to write to, the same rows are written and taken back.
"""

from collections.abc import Mapping
from typing import Any

from allauth.account.utils import filter_users_by_email
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts import sending
from accounts.models import SignIn, User
from accounts.notifications import notify
from privacy.models import DataSubject

# allauth's name of a mail, and our event.
EVENTS = {
    "account_already_exists": "account_already_exists",
    "email_confirmation": "account_email_confirmation",
    "email_confirmation_signup": "account_email_confirmation",
    "login_code": "account_login_code",
    "password_reset_code": "account_password_reset_code",
}


class UnknownMail(LookupError):
    """allauth wants to send a mail that the shop has no words for."""


def queue(mail: str, email: str, context: Mapping[str, Any]) -> None:
    """A mail with a code, or one that says that an address is known already."""
    if mail == "unknown_account":
        pretend()
    elif mail not in EVENTS:
        raise UnknownMail(mail)
    elif user := context.get("user"):  # confirms an address that is not the account's yet
        _queue(user, EVENTS[mail], {"email": email, "code": context["code"]})
    else:
        # To the address as the account has it: what was typed may only look like it.
        user = filter_users_by_email(email, prefer_verified=True)[0]
        _queue(user, EVENTS[mail], {"code": context.get("code", "")})


def queue_challenge(challenge: SignIn, code: str) -> None:
    """A code nobody asked for: its owner has to know that the password was right."""
    assert challenge.subject
    notify(challenge.subject, "account_challenge", about=challenge, data={"code": code})


def tell(user: User, change: str, *, email: str, details: Mapping[str, Any]) -> None:
    """Something about the way of signing in was changed."""
    addresses = {name: str(details[name]) for name in ("from_email", "to_email") if name in details}
    at = timezone.now().isoformat()
    _queue(user, "account_changed", {"email": email, "change": change, "at": at, **addresses})


def _queue(user: User, event: str, data: Mapping[str, Any]) -> None:
    """Each time anew: a code that is asked for twice is sent twice."""
    notify(user.subject, event, about=user, key=get_random_string(12), data=data)


def pretend() -> None:
    """The work of a mail that nobody gets."""
    with transaction.atomic():
        user = User(subject=DataSubject.objects.create(), email="nobody@localhost")
        _queue(user, "account_login_code", {"code": get_random_string(8)})
        transaction.set_rollback(True)
    sending.send_notification.delay(0)  # a worker finds nothing under this number
