"""Tell a person something. What is written here is a row for each channel; `accounts.sending` sends them."""

from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from accounts import events, sending
from accounts.events import Event
from accounts.models import Channel, Notification
from privacy.models import DataSubject


@transaction.atomic(savepoint=False)
def notify(
    subject: DataSubject,
    code: str,
    *,
    about: models.Model,
    key: str = "",
    data: Mapping[str, Any] | None = None,
) -> list[Notification]:
    """Queue the event's messages. The same event about the same row is told once, unless `key` differs."""
    event = events.find(code)
    recipient = event.recipient_for(about, subject)
    reachable = [channel for channel in event.channels if _can_reach(recipient, channel)]
    told = [_write(subject, event, channel, about, key, data, recipient.language) for channel in reachable]
    fresh = [notification for notification in told if notification is not None]
    for notification in fresh:
        sending.send_notification.delay_on_commit(notification.pk)
    return fresh


def _can_reach(recipient: events.Recipient, channel: Channel) -> bool:
    if channel == Channel.EMAIL:
        return bool(recipient.email)
    return bool(recipient.phone) if channel == Channel.SMS else recipient.has_inbox


def _write(
    subject: DataSubject,
    event: Event,
    channel: Channel,
    about: models.Model,
    key: str,
    data: Mapping[str, Any] | None,
    language: str,
) -> Notification | None:
    """None where this was told already."""
    values: dict[str, Any] = {
        "subject": subject,
        "event": event.code,
        "topic": event.topic,
        "channel": channel,
        "language": language,
        "content_type": ContentType.objects.get_for_model(about),
        "object_id": str(about.pk),
        "data": dict(data) if data else None,
    }
    notification, is_new = Notification.objects.get_or_create(
        key=f"{event.code}:{channel}:{about._meta.label_lower}:{about.pk}:{key}", defaults=values
    )
    return notification if is_new else None
