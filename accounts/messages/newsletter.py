"""What is said to confirm a newsletter or a phone, to open somebody's preferences, and as news to many."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import campaigns, links, phone_proof, preferences
from accounts.campaigns import Reader
from accounts.events import Event, Recipient, register
from accounts.models import Channel, Subscription, Topic, User
from accounts.recipients import recipient_of
from privacy.models import DataSubject

NOWHERE = Recipient(language=settings.LANGUAGE_CODE, country="", has_inbox=False)


def _subscriber(subscription: Subscription) -> Recipient:
    return Recipient(language=subscription.language, country=subscription.country, email=subscription.email)


def _confirmation(subscription: Subscription, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "link": links.confirm_url(subscription),
        "wording": preferences.wording(Topic.NEWSLETTER, Channel.EMAIL),
    }


def _phone_owner(user: User) -> Recipient:
    """The number to be proved, which nothing else is sent to before."""
    return Recipient(language=user.language or settings.LANGUAGE_CODE, country=user.country, phone=user.phone)


def _phone_code(user: User, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": phone_proof.code_of(user, timezone.now())}


def _person(subject: DataSubject) -> Recipient:
    return recipient_of(subject) or NOWHERE


def _own_link(subject: DataSubject, data: Mapping[str, Any]) -> dict[str, Any]:
    person = _person(subject)
    return {"link": links.preferences_url(subject, person.language, person.country)}


def _reader(reader: Reader) -> Recipient:
    """By the campaign's channel alone."""
    person, channel = reader.person, reader.campaign.channel
    if person is None:
        return NOWHERE
    return replace(
        person,
        email=person.email if channel == Channel.EMAIL else "",
        phone=person.phone if channel == Channel.SMS else "",
        has_inbox=person.has_inbox and channel == Channel.INBOX,
    )


def _colleague(reader: Reader) -> Recipient:
    return reader.person or NOWHERE


def _news(reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
    return campaigns.words_for(reader)


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
register(
    Event(
        "phone_code",
        label=_("The code for your mobile phone"),
        topic=Topic.ACCOUNT,
        channels=(Channel.SMS,),
        recipient=_phone_owner,
        context=_phone_code,
        can_be_refused=False,
        useful_for=phone_proof.VALID_FOR,
    )
)
for topic in (Topic.NEWSLETTER, Topic.OFFERS):
    register(
        Event(
            f"campaign_{topic.value}",
            label=topic.label,
            topic=topic,
            channels=tuple(Channel),
            recipient=_reader,
            context=_news,
            read_by=Reader,
        )
    )
register(
    Event(
        "campaign_test",
        label=_("Trial of a campaign"),
        topic=Topic.ACCOUNT,
        channels=(Channel.EMAIL,),
        recipient=_colleague,
        context=_news,
        read_by=Reader,
        can_be_refused=False,
    )
)
