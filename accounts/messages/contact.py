"""What people are told of changes to their account."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import closing
from accounts.events import Event, Recipient, register
from accounts.models import Channel, Topic, User
from privacy.models import PrivacyRequest
from shop.address import open_markets, page_url

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
    return {"changes": changes, "link": _page(user, "accounts:profile")}


def _way_back(request: PrivacyRequest, data: Mapping[str, Any]) -> dict[str, Any]:
    link = _page(request.subject.user, "accounts:reopen", closing.reopen_token(request))
    return {
        "reference": request.reference,
        "until": closing.begins_at(request),
        "link": link,
    }


def _page(user: User, name: str, *args: object) -> str:
    """In the person's language and market; where that is closed or unknown, in the first open one."""
    markets = open_markets()
    market = markets.get(user.country) or next(iter(markets.values()))
    language = user.language if user.language in market.language_codes else market.language_codes[0]
    return page_url(name, *args, language=language, country=market.country)


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
