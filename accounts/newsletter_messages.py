"""What is said to confirm a newsletter, to open somebody's preferences, and as news to many people."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import links, preferences
from accounts.events import Event, Recipient, register
from accounts.models import Channel, Subscription, Topic
from accounts.recipients import recipient_of
from privacy.models import DataSubject


def _subscriber(subscription: Subscription) -> Recipient:
    return Recipient(language=subscription.language, country=subscription.country, email=subscription.email)


def _confirmation(subscription: Subscription, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "link": links.confirm_url(subscription),
        "wording": preferences.wording(Topic.NEWSLETTER, Channel.EMAIL),
    }


def _person(subject: DataSubject) -> Recipient:
    return recipient_of(subject) or Recipient(language="", country="", has_inbox=False)


def _own_link(subject: DataSubject, data: Mapping[str, Any]) -> dict[str, Any]:
    person = _person(subject)
    return {"link": links.preferences_url(subject, person.language, person.country)}


# Both are about a choice, not advertising: they come before any consent, and only when somebody asks.
register(
    Event(
        "newsletter_confirm",
        label=_("Please confirm the newsletter"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL,),
        recipient=_subscriber,
        context=_confirmation,
        can_be_refused=False,
    )
)
register(
    Event(
        "preferences_link",
        label=_("The link to your preferences"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL,),
        recipient=_person,
        context=_own_link,
        can_be_refused=False,
    )
)
