"""After a restore: what people had done with their account and their messages since, done again."""

import logging
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress

from accounts import preferences, suppressions
from accounts.models import Channel, ChannelPreference, Suppression, Topic, User
from privacy import replay
from privacy.models import ConsentRecord, DataSubject, SubjectIdentifier

EMAIL = SubjectIdentifier.Kind.EMAIL
logger = logging.getLogger(__name__)


def unsubscribe(subject: DataSubject, details: dict[str, Any], moment: datetime) -> None:
    """Unless they wished for it again since."""
    topic, channel = Topic(details["topic"]), Channel(details["channel"])
    known = ChannelPreference.objects.filter(subject=subject, topic=topic, channel=channel).first()
    if known is None or (known.is_wanted and known.changed_at < moment):
        preferences.switch(
            subject, topic, channel, is_wanted=False, source=ConsentRecord.Source(details["source"])
        )


def suppress(subject: None, details: dict[str, Any], moment: datetime) -> None:
    known = {"channel": details["channel"], "address_index": details["address_index"]}
    Suppression.objects.update_or_create(**known, defaults={"why": details["why"]})


def allow(subject: None, details: dict[str, Any], moment: datetime) -> None:
    suppressions.stops(details["address_indexes"]).delete()


def change_address(subject: DataSubject, details: dict[str, Any], moment: datetime) -> None:
    """The old mailbox may be somebody else's by now: nothing is sent to it any more."""
    email = details["email"]
    user = User.objects.filter(subject=subject).first()
    if user is None or user.email == email:
        return
    if User.objects.filter(email=email).exists() or EmailAddress.objects.filter(email=email).exists():
        logger.error("user %s: the address they changed to is somebody else's", user.pk)
        return
    user.email = email
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    user.subject.identifiers.filter(kind=EMAIL, verified_at__isnull=False).delete()
    SubjectIdentifier.objects.prove(user.subject, EMAIL, email)


replay.register("unsubscribe", unsubscribe)
replay.register("suppress", suppress)
replay.register("allow", allow)
replay.register("change_address", change_address)
