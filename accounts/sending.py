"""Send what is due. The row is locked while it is sent: two workers send one message, and a worker that dies
leaves the row as it was, to be sent by the next sweep. Whether it may be sent is decided now, not when it was
queued; the words are rendered now and kept nowhere.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from typing import Any

from celery import shared_task
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from accounts import eligibility, events, links, rendering, suppressions
from accounts.channels import AddressRefused, Letter, NotDelivered, Unavailable, Way, email, inbox, sms
from accounts.events import Event, Recipient
from accounts.models import Channel, Notification, Suppression, User
from privacy import audit, processors
from privacy.models import DataSubject
from shop.rows import single

logger = logging.getLogger(__name__)

WAYS: dict[str, Way] = {Channel.EMAIL: email, Channel.SMS: sms, Channel.INBOX: inbox}
# How long to wait after each try that failed; then it is given up.
BACK_OFF = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=24),
]
PARTNER_RETRY = timedelta(minutes=10)  # until somebody renews an agreement
_is_at_once = ContextVar("is_at_once", default=False)
SWEEP = 200  # rows a sweep sends at most; the next one goes on


@shared_task
def send_notification(notification_id: int) -> None:
    send(notification_id)


@contextmanager
def at_once() -> Iterator[None]:
    """What a worker tells in here it sends itself as soon as it is certain: no other task has to."""
    token = _is_at_once.set(True)
    try:
        yield
    finally:
        _is_at_once.reset(token)


def announce(notification_id: int) -> None:
    """The row is due. Should this be lost, the next sweep finds it."""
    if _is_at_once.get():
        transaction.on_commit(partial(send, notification_id), robust=True)
    else:
        send_notification.delay_on_commit(notification_id)


def send_due() -> None:
    """What was put off, or lost with its task. One that crashes holds up no other."""
    due = Notification.objects.due().order_by("due_at")
    for notification_id in due.values_list("pk", flat=True)[:SWEEP]:
        try:
            send(notification_id)
        except Exception:
            logger.exception("notification %s", notification_id)


def send(notification_id: int) -> None:
    """A crash, such as a broken template, is loud, and tried again like a relay that is down."""
    try:
        _send(notification_id)
    except Exception:
        with transaction.atomic():
            if notification := _lock(notification_id):
                _try_later(notification, reason="error")
        raise


@transaction.atomic
def _send(notification_id: int) -> None:
    notification = _lock(notification_id)
    if notification is None:
        return
    event = events.find(notification.event)
    about = _row_of(notification, event)
    if notification.subject.status == DataSubject.Status.ERASED:
        _close(notification, Notification.Status.SKIPPED, "erased")
    elif about is None:
        _close(notification, Notification.Status.SKIPPED, "gone")
    else:
        _judge(notification, event, about)


def _judge(notification: Notification, event: Event, about: Any) -> None:
    recipient = event.recipient_for(about, notification.subject)
    way = WAYS[notification.channel]
    address = _address(notification, way, recipient)
    due_at = eligibility.not_before(event, notification.channel, recipient)
    if reason := eligibility.refusal(notification, event, way, address):
        _close(notification, Notification.Status.SKIPPED, reason)
    elif due_at > timezone.now():
        _wait(notification, due_at, "night")
    else:
        with translation.override(recipient.language or notification.language):
            letter = _write(notification, event, about, recipient, address)
            _hand_over(notification, way, letter)


def _lock(notification_id: int) -> Notification | None:
    due = Notification.objects.due().filter(pk=notification_id)
    return single(due.select_for_update(skip_locked=True, of=("self",)).select_related("subject__key"))


def _row_of(notification: Notification, event: Event) -> Any:
    """The row it is about; read with the person at hand, so that decrypting it costs no query."""
    about = single(event.rows().filter(pk=notification.object_id)) if event.rows else notification.about
    if about is not None and getattr(about, "subject_id", None) == notification.subject_id:
        about.subject = notification.subject
    return about


def _address(notification: Notification, way: Way, recipient: Recipient) -> str:
    """A new address is proved by a mail to it, before it is the person's."""
    data = notification.data or {}
    other = data.get("email", "") if way is email else ""
    return other or way.address_of(recipient)


def _write(
    notification: Notification, event: Event, about: Any, recipient: Recipient, address: str
) -> Letter:
    subject = notification.subject
    context = event.context_for(about, subject, notification.data or {})
    unsubscribe = ""
    if event.topic.is_marketing:
        unsubscribe = links.unsubscribe_url(
            subject, event.topic, notification.channel, recipient.language, recipient.country
        )
    return Letter(
        uuid=notification.uuid,
        event=event,
        recipient=recipient,
        address=address,
        context=rendering.shop_context(recipient) | {"unsubscribe_url": unsubscribe} | context,
        reply_to=event.reply_address(about, subject),
        unsubscribe_url=unsubscribe,
    )


def _hand_over(notification: Notification, way: Way, letter: Letter) -> None:
    try:
        deliver(notification.subject, notification.channel, way, letter)
    except processors.ProcessorNotCleared:
        _wait(notification, timezone.now() + PARTNER_RETRY, "partner")
    except Unavailable:
        _close(notification, Notification.Status.SKIPPED, "channel")
    except AddressRefused:
        suppressions.suppress(Channel(notification.channel), letter.address, Suppression.Why.BOUNCE)
        _close(notification, Notification.Status.FAILED, "refused")
    except NotDelivered:
        _try_later(notification, reason="relay")
    else:
        if way is sms:
            suppressions.remember(notification.subject, letter.address)
        _close(notification, Notification.Status.SENT)


def deliver(subject: DataSubject, channel: str, way: Way, letter: Letter) -> None:
    """Whoever carries it is told the address and the words, and the ledger says so."""
    if not way.PROCESSOR:
        way.deliver(letter, {})
        return
    words = way.words_of(letter.event, letter.context)
    disclosure = processors.disclose(
        way.PROCESSOR,
        subject,
        purpose=letter.event.purpose,
        reference=str(letter.uuid),
        fields={"address": letter.address, "words": words},
        channel=channel if letter.event.topic.is_marketing else "",
    )
    try:
        way.deliver(letter, disclosure.payload["words"])
    except (NotDelivered, AddressRefused, Unavailable):
        disclosure.finish(accepted=False)
        raise
    disclosure.finish(accepted=True)


def _close(notification: Notification, status: Notification.Status, reason: str = "") -> None:
    """Once it is sent, or never will be, what it carried is not kept."""
    notification.status, notification.reason, notification.data = status, reason, None
    notification.sent_at = timezone.now() if status == Notification.Status.SENT else None
    notification.save(update_fields=["status", "reason", "data", "sent_at"])


def _wait(notification: Notification, due_at: Any, reason: str) -> None:
    notification.due_at, notification.reason = due_at, reason
    notification.save(update_fields=["due_at", "reason"])


def _try_later(notification: Notification, *, reason: str) -> None:
    notification.attempts += 1
    notification.reason = reason
    if notification.attempts > len(BACK_OFF):
        notification.status = Notification.Status.FAILED
    else:
        notification.due_at = timezone.now() + BACK_OFF[notification.attempts - 1]
    notification.save(update_fields=["attempts", "reason", "status", "due_at"])


@transaction.atomic
def send_again(chosen: QuerySet[Notification], *, actor: User) -> int:
    """What was given up is due once more, with all its tries before it."""
    failed = chosen.filter(status=Notification.Status.FAILED)
    for notification in failed.select_related("subject"):
        audit.record("message.sent_again", actor=actor, subject=notification.subject, obj=notification)
    return failed.update(status=Notification.Status.WAITING, due_at=timezone.now(), attempts=0, reason="")
