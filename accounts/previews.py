"""What an event's messages look like, made from a real row, and a test of it to one's own mailbox."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import translation

from accounts import rendering, sending
from accounts.channels import Letter, email
from accounts.events import Event, Recipient
from accounts.models import Channel, Notification, User
from privacy import audit
from privacy.models import DataSubject


@dataclass(frozen=True)
class Example:
    """A real row, and whom it is about."""

    row: models.Model
    subject: DataSubject


def find_example(event: Event, reference: str) -> Example | None:
    """By the name people have for it, or whatever was told last."""
    if event.find and reference:
        row = event.find(reference)
        return Example(row, _person(row)) if row else None
    told = Notification.objects.filter(event=event.code).select_related("subject__key")
    examples = (Example(one.about, one.subject) for one in told[:20] if one.about is not None)
    return next(examples, None)


def _person(row: Any) -> DataSubject:
    """The row's own, or that of the order it belongs to."""
    subject: DataSubject = row.subject if hasattr(row, "subject") else row.payment.order.subject
    return subject


def words(event: Event, example: Example, *, language: str, actor: User) -> dict[str, dict[str, str]]:
    """By channel. That a colleague looked is written down."""
    with translation.override(language):
        context = _context(event, example)
        shown = {channel: sending.WAYS[channel].words_of(event, context) for channel in event.channels}
    audit.record("message.previewed", actor=actor, subject=example.subject, obj=example.row, event=event.code)
    return {channel.value: shown[channel] for channel in event.channels}


def send_test(event: Event, example: Example, *, language: str, to: User) -> None:
    """By mail, whatever one wishes to hear: it is work. Raises what the relay raises."""
    recipient = Recipient(language=language, country=to.country, email=to.email, name=to.name)
    with translation.override(language):
        letter = Letter(uuid.uuid4(), event, recipient, to.email, _context(event, example))
        sending.deliver(example.subject, Channel.EMAIL, email, letter)
    audit.record("message.tested", actor=to, subject=example.subject, obj=example.row, event=event.code)


def _context(event: Event, example: Example) -> dict[str, Any]:
    recipient = event.recipient_for(example.row, example.subject)
    context = event.context_for(example.row, example.subject, event.sample)
    return rendering.shop_context(recipient) | context
