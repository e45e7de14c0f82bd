"""What people are told of changes to their account."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import closing
from accounts.events import Event, Recipient, register
from accounts.models import Channel, Topic, User
from privacy.models import PrivacyRequest
from shop.address import page_for

FIELD_NAMES = {"name": _("Name"), "phone": _("Mobile phone")}


def _holder(user: User) -> Recipient:
    return Recipient(language=user.language, country=user.country, email=user.email, name=user.name)


def _who_closed(request: PrivacyRequest) -> Recipient:
    """Nobody can look into the inbox of a closed account."""
    user = request.subject.user
    return Recipient(
        language=user.language, country=user.country, email=user.email, name=user.name, has_inbox=False
    )


def _changes(user: User, data: Mapping[str, Any]) -> dict[str, Any]:
    changes = [change | {"label": FIELD_NAMES[change["field"]]} for change in data.get("changes", [])]
    link = page_for("accounts:profile", language=user.language, country=user.country)
    return {"changes": changes, "link": link}


def _way_back(request: PrivacyRequest, data: Mapping[str, Any]) -> dict[str, Any]:
    user, token = request.subject.user, closing.reopen_token(request)
    return {
        "reference": request.reference,
        "until": closing.begins_at(request),
        "link": page_for("accounts:reopen", token, language=user.language, country=user.country),
    }


def _last_chance(user: User, data: Mapping[str, Any]) -> dict[str, Any]:
    ends_on = data.get("ends_on")
    return {
        "ends_on": date.fromisoformat(ends_on) if ends_on else None,
        "link": page_for("account_login", language=user.language, country=user.country),
    }


register(
    Event(
        "account_idle",
        label=_("Your account is about to end"),
        topic=Topic.ACCOUNT,
        channels=(Channel.EMAIL,),
        recipient=_holder,
        context=_last_chance,
        can_be_refused=False,
        sample={"ends_on": "2030-01-31"},
    )
)
register(
    Event(
        "contact_changed",
        label=_("Your contact details were changed"),
        topic=Topic.ACCOUNT,
        channels=(Channel.EMAIL, Channel.INBOX),
        recipient=_holder,
        context=_changes,
        can_be_refused=False,
    )
)
register(
    Event(
        "account_closed",
        label=_("Your account is closed"),
        topic=Topic.ACCOUNT,
        channels=(Channel.EMAIL,),
        recipient=_who_closed,
        context=_way_back,
        can_be_refused=False,
    )
)
