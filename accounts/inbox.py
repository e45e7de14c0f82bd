"""The messages in somebody's account: drawn anew from what they are about, each time they are read."""

from uuid import UUID

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from accounts import events, rendering
from accounts.models import Notification
from privacy.models import DataSubject


def messages_of(subject: DataSubject) -> QuerySet[Notification]:
    return Notification.objects.inbox_of(subject).order_by("-created_at", "-pk")


def unread_count(subject: DataSubject) -> int:
    return Notification.objects.inbox_of(subject).unread().count()


def title_of(notification: Notification) -> str | Promise:
    """Old news of an event that no longer exists goes by its topic."""
    try:
        return events.find(notification.event).label
    except events.UnknownEvent:
        return str(notification.get_topic_display())


def read(notification: Notification) -> SafeString | None:
    """The message's words, or none where what it was about is gone. From now on it counts as read."""
    if notification.read_at is None:
        notification.read_at = timezone.now()
        notification.save(update_fields=["read_at"])
    about = notification.about
    try:
        event, subject = events.find(notification.event), notification.subject
    except events.UnknownEvent:
        return None
    if about is None:
        return None
    shop = rendering.shop_context(event.recipient_for(about, subject))
    return render_to_string(f"inbox/{event.code}.html", shop | event.context_for(about, subject, {}))


def delete(subject: DataSubject, uuid: UUID) -> None:
    messages_of(subject).filter(uuid=uuid).delete()
