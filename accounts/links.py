"""Signed links to what a person wishes to hear. They open without signing in, never expire and name nobody.

A token is the data subject's random number, sometimes with a topic and a channel, and a signature of ours;
nothing is stored. The newsletter's confirmation ends with the subscription that waits for it.
"""

import hmac
from base64 import urlsafe_b64encode
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.models import Channel, Subscription, Topic
from privacy.models import DataSubject
from shop.address import open_markets, page_url
from shop.catalogue.models import Market

PREFERENCES, UNSUBSCRIBE, CONFIRM = "accounts.preferences", "accounts.unsubscribe", "accounts.confirm"


class Refused(NamedTuple):
    """What an unsubscribe link speaks of."""

    subject_id: UUID
    topic: Topic
    channel: Channel


def preferences_url(subject: DataSubject, language: str, country: str) -> str:
    return _page("choices:preferences", preferences_token(subject), language, country)


def unsubscribe_url(
    subject: DataSubject, topic: Topic | str, channel: Channel | str, language: str, country: str
) -> str:
    return _page("choices:unsubscribe", unsubscribe_token(subject, topic, channel), language, country)


def confirm_url(subscription: Subscription) -> str:
    token = _sign(CONFIRM, subscription.subject_id.hex)
    return _page("choices:newsletter_confirm", token, subscription.language, subscription.country)


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


def place(language: str, country: str) -> tuple[Market, str]:
    """A person's market and language; where that market is closed or unknown, the first open one."""
    markets = open_markets()
    market = markets.get(country) or next(iter(markets.values()))
    return market, language if language in market.language_codes else market.language_codes[0]


def _page(name: str, token: str, language: str, country: str) -> str:
    market, spoken = place(language, country)
    return page_url(name, token, language=spoken, country=market.country)


def _sign(salt: str, value: str) -> str:
    return f"{value}.{_signature(salt, value, settings.SECRET_KEY)}"


def _unsign(salt: str, token: str) -> str | None:
    value, _dot, signature = token.rpartition(".")
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    good = any(hmac.compare_digest(signature.encode(), _signature(salt, value, key).encode()) for key in keys)
    return value if value and good else None


def _signature(salt: str, value: str, key: str) -> str:
    digest = salted_hmac(salt, value, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
