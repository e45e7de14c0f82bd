"""May this message go to this person now? Asked when it is sent, whatever was so when it was queued."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts import preferences, quiet_hours
from accounts.channels import Way
from accounts.events import Event, Recipient
from accounts.models import Channel, Notification, Suppression, Topic
from privacy import gate
from privacy.keys import blind_indexes
from privacy.models import DataSubject

WEEK = timedelta(days=7)
ADVERTISING = [topic for topic in Topic if topic.is_marketing]


def refusal(notification: Notification, event: Event, way: Way, address: str) -> str:
    """Why it is not sent, as a code; empty where it may be."""
    subject, channel = notification.subject, Channel(notification.channel)
    if event.useful_for and timezone.now() - notification.created_at > event.useful_for:
        return "late"
    if not address:
        return "no_address"
    if not gate.permits(subject, event.purpose, channel if event.topic.is_marketing else ""):
        return "no_consent" if subject.status == DataSubject.Status.ACTIVE else str(subject.status)
    if event.can_be_refused and not preferences.wants(subject, event.topic, channel):
        return preferences.UNSUBSCRIBED
    if is_suppressed(way, channel, address, even_complaints=event.can_be_refused):
        return "suppressed"
    return "cap" if event.topic.is_marketing and _has_heard_enough(subject) else ""


def is_suppressed(way: Way, channel: Channel, address: str, *, even_complaints: bool) -> bool:
    """Somebody who complained about news still gets the code they ask for."""
    if not way.INDEX:
        return False
    found = Suppression.objects.filter(channel=channel, address_index__in=blind_indexes(way.INDEX, address))
    return (found if even_complaints else found.exclude(why=Suppression.Why.COMPLAINT)).exists()


def not_before(event: Event, channel: str, recipient: Recipient) -> datetime:
    """Now, or the next morning. Codes are sent at night too: somebody waits for them."""
    now = timezone.now()
    wakes = channel == Channel.SMS or (event.topic.is_marketing and channel != Channel.INBOX)
    return quiet_hours.next_allowed(recipient.country, now) if wakes and event.can_be_refused else now


def _has_heard_enough(subject: DataSubject) -> bool:
    """Locks the person, so that two campaigns do not count past each other."""
    DataSubject.objects.select_for_update(no_key=True).get(pk=subject.pk)
    heard = Notification.objects.filter(
        subject=subject, topic__in=ADVERTISING, sent_at__gt=timezone.now() - WEEK
    )
    return bool(heard.count() >= settings.MARKETING_PER_WEEK)
