"""Signed links to what a person wishes to hear. They open without signing in, never expire and name nobody.

A token is the data subject's random number, sometimes with a topic and a channel, and a signature of ours;
nothing is stored. The newsletter's confirmation ends with the subscription that waits for it.
"""

from typing import NamedTuple
from uuid import UUID

from django.core.signing import BadSignature, Signer

from accounts.models import Channel, Subscription, Topic
from privacy.models import DataSubject
from shop.address import page_for

PREFERENCES, UNSUBSCRIBE, CONFIRM = "accounts.preferences", "accounts.unsubscribe", "accounts.confirm"


class Refused(NamedTuple):
    """What an unsubscribe link speaks of."""

    subject_id: UUID
    topic: Topic
    channel: Channel


def preferences_url(subject: DataSubject, language: str, country: str) -> str:
    return page_for("choices:preferences", preferences_token(subject), language=language, country=country)


def unsubscribe_url(
    subject: DataSubject, topic: Topic | str, channel: Channel | str, language: str, country: str
) -> str:
    token = unsubscribe_token(subject, topic, channel)
    return page_for("choices:unsubscribe", token, language=language, country=country)


def confirm_url(subscription: Subscription) -> str:
    token = _sign(CONFIRM, subscription.subject_id.hex)
    where = {"language": subscription.language, "country": subscription.country}
    return page_for("choices:newsletter_confirm", token, **where)


def preferences_token(subject: DataSubject) -> str:
    return _sign(PREFERENCES, subject.pk.hex)


def unsubscribe_token(subject: DataSubject, topic: Topic | str, channel: Channel | str) -> str:
    return _sign(UNSUBSCRIBE, f"{subject.pk.hex}.{Topic(topic).value}.{Channel(channel).value}")


def subject_id_in(token: str, salt: str) -> UUID | None:
    """Whose link this is, if it is one of ours made for that use."""
    value = _unsign(salt, token)
    return UUID(hex=value) if value else None


def refused_in(token: str) -> Refused | None:
    value = _unsign(UNSUBSCRIBE, token)
    if value is None:
        return None
    subject_id, topic, channel = value.split(".")
    return Refused(UUID(hex=subject_id), Topic(topic), Channel(channel))


def _sign(salt: str, value: str) -> str:
    return Signer(salt=salt, sep=".").sign(value)


def _unsign(salt: str, token: str) -> str | None:
    try:
        return Signer(salt=salt, sep=".").unsign(token)
    except BadSignature:
        return None
