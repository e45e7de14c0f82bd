"""What people are told about signing in: codes, changes, and sign-ins that look unusual."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import disowning, former_address
from accounts.events import Event, Recipient, register
from accounts.logins import Reason
from accounts.models import Channel, SignIn, Topic, User
from shop.address import page_for
from shop.catalogue.texts import country_name

CHANGES = {
    "email_changed": _("The e-mail address of your account was changed."),
    "email_confirm": _("The e-mail address of your account was confirmed."),
    "email_deleted": _("An e-mail address was removed from your account."),
    "password_changed": _("The password of your account was changed."),
    "password_reset": _("The password of your account was set anew with a code from your mailbox."),
    "password_set": _("Your account was given a password."),
    "recovery_codes_generated": _(
        "New recovery codes were made for your account; older ones no longer work."
    ),
    "totp_activated": _("An authenticator app now guards your account."),
    "totp_deactivated": _("The authenticator app no longer guards your account."),
    "webauthn_added": _("A passkey or security key was added to your account."),
    "webauthn_removed": _("A passkey or security key was removed from your account."),
}
REASONS = {
    Reason.DEVICE: _("This browser has not signed in to your account before."),
    Reason.NETWORK: _("It came from a network that is new to your account."),
    Reason.COUNTRY: _("It came from a country you have not signed in from before."),
    Reason.TRAVEL: _("You were signed in from another country shortly before."),
    Reason.BURST: _("Several wrong passwords were tried shortly before."),
}

CODE_LIVES = timedelta(minutes=15)
SAMPLE = {"code": "ABC-DEF", "change": "password_changed"}


def _holder(user: User) -> Recipient:
    return Recipient(language=user.language, country=user.country, email=user.email, name=user.name)


def _code(user: User, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": data.get("code", ""), "email": data.get("email") or user.email} | _pages(user)


def _change(user: User, data: Mapping[str, Any]) -> dict[str, Any]:
    context = {"change": CHANGES[data["change"]], "new_email": data.get("to_email", "")} | _pages(user)
    if former := data.get("from_email"):
        token = former_address.token_of(user, former, data.get("at", ""))
        context["undo_link"] = page(user, "accounts:old_address", token)
    return context


def _pages(user: User) -> dict[str, Any]:
    return {
        "sign_in_link": page(user, "account_login"),
        "reset_link": page(user, "account_reset_password"),
    }


def _owner(sign_in: SignIn) -> Recipient:
    return _holder(sign_in.subject.user)  # type: ignore[union-attr]


def _sign_in(sign_in: SignIn, data: Mapping[str, Any]) -> dict[str, Any]:
    user: User = sign_in.subject.user  # type: ignore[union-attr]
    language = get_language() or user.language
    return {
        "at": sign_in.at,
        "device": sign_in.device.label if sign_in.device else "",
        "country": country_name(sign_in.country, language) if sign_in.country else "",
        "reasons": [REASONS[Reason(code)] for code in sign_in.reasons.split(",") if code],
        "not_me_link": page(user, "accounts:not_me", disowning.token_of(sign_in)),
        "devices_link": page(user, "accounts:devices"),
    }


def _challenge(sign_in: SignIn, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": data.get("code", "")} | _sign_in(sign_in, data)


def page(user: User, name: str, *args: object) -> str:
    return page_for(name, *args, language=user.language, country=user.country)


def _declare(code: str, label: Any, context: Any, useful_for: timedelta | None = None) -> None:
    """A mail that nobody can refuse."""
    register(
        Event(
            code,
            label=label,
            topic=Topic.ACCOUNT,
            channels=(Channel.EMAIL,),
            recipient=_holder,
            context=context,
            can_be_refused=False,
            useful_for=useful_for,
            sample=SAMPLE,
        )
    )


_declare("account_already_exists", _("You have an account already"), _code)
_declare("account_email_confirmation", _("The code that confirms an e-mail address"), _code, CODE_LIVES)
_declare("account_login_code", _("The code to sign in"), _code, CODE_LIVES)
_declare("account_password_reset_code", _("The code for a new password"), _code, CODE_LIVES)
_declare("account_changed", _("The way of signing in was changed"), _change)
register(
    Event(
        "account_challenge",
        label=_("The code that an unusual sign-in needs"),
        topic=Topic.ACCOUNT,
        channels=(Channel.EMAIL,),
        recipient=_owner,
        context=_challenge,
        can_be_refused=False,
        useful_for=CODE_LIVES,
        sample=SAMPLE,
    )
)
register(
    Event(
        "unusual_sign_in",
        label=_("An unusual sign-in"),
        topic=Topic.ACCOUNT,
        channels=(Channel.EMAIL, Channel.INBOX),
        recipient=_owner,
        context=_sign_in,
        can_be_refused=False,
    )
)
