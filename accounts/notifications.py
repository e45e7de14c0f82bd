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
    rows = [_row(subject, event, channel, about, key, data, recipient.language) for channel in reachable]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    written = Notification.objects.filter(uuid__in=[row.uuid for row in rows]).order_by()
    pks = dict(written.values_list("uuid", "pk"))
    fresh = [row for row in rows if row.uuid in pks]
    for notification in fresh:
        notification.pk = pks[notification.uuid]
        sending.announce(notification.pk)
    return fresh


def _can_reach(recipient: events.Recipient, channel: Channel) -> bool:
    if channel == Channel.EMAIL:
        return bool(recipient.email)
    return bool(recipient.phone) if channel == Channel.SMS else recipient.has_inbox


def _row(
    subject: DataSubject,
    event: Event,
    channel: Channel,
    about: models.Model,
    key: str,
    data: Mapping[str, Any] | None,
    language: str,
) -> Notification:
    row = Notification(
        key=f"{event.code}:{channel}:{about._meta.label_lower}:{about.pk}:{key}",
        subject=subject,
        event=event.code,
        topic=event.topic,
        channel=channel,
        language=language,
        content_type=ContentType.objects.get_for_model(about),
        object_id=str(about.pk),
    )
    row.data = dict(data) if data else None
    return row
