"""The register of everything the shop may tell a person. Each app declares its own in its `messages.py`.

    register(
        Event(
            "order_shipped",
            label=_("Your order is on its way"),
            topic=Topic.ORDERS,
            channels=(Channel.EMAIL, Channel.SMS, Channel.INBOX),
            recipient=recipient_of_order,
            context=lambda order, data: {"order": order, "link": links.page_of(order)},
        )
    )

The words are templates named after the event: `emails/<event>.subject.txt`, `.txt` and `.html`,
`sms/<event>.txt`, `inbox/<event>.html`. They are rendered when they are sent, in the recipient's language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils.functional import Promise

from accounts.models import Channel, Topic
from privacy.models import DataSubject
from privacy.purposes import Purpose

PURPOSES = {
    Topic.ACCOUNT: Purpose.SECURITY,
    Topic.ORDERS: Purpose.SERVICE_MESSAGE,
    Topic.SUPPORT: Purpose.SUPPORT,
    Topic.PRIVACY: Purpose.RIGHTS,
    Topic.NEWSLETTER: Purpose.MARKETING,
    Topic.OFFERS: Purpose.MARKETING,
}


class UnknownEvent(LookupError):
    """Somebody was to be told about an event that no app declares."""


@dataclass(frozen=True)
class Recipient:
    """Where a person can be reached, and in which words. Empty means: not by this way."""

    language: str
    country: str
    email: str = ""
    phone: str = ""
    name: str = ""
    has_inbox: bool = True  # without an account there is none


def _the_row_itself(about: Any, subject: DataSubject) -> Any:
    return about


def _nothing_more(about: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Event:
    """`recipient(about)` and `context(about, data)` are asked when the message is sent, not before.

    They are given the row, or what `read_by` makes of it: news for many people is the row with its reader.
    """

    code: str
    label: str | Promise
    topic: Topic
    channels: tuple[Channel, ...]
    recipient: Callable[[Any], Recipient]
    context: Callable[[Any, Mapping[str, Any]], dict[str, Any]] = _nothing_more
    can_be_refused: bool = True  # codes and alarms cannot
    read_by: Callable[[Any, DataSubject], Any] = _the_row_itself
    reply_to: Callable[[Any], str] | None = None  # where an answer to the mail goes
    useful_for: timedelta | None = None  # a code that comes late is not sent at all
    rows: Callable[[], models.QuerySet[Any]] | None = None  # reads the row with all that is told of it
    # For the preview in the admin: a real row by the name people have for it, and what `data` may look like.
    find: Callable[[str], models.Model | None] | None = None
    sample: Mapping[str, Any] = field(default_factory=dict)

    def recipient_for(self, about: Any, subject: DataSubject) -> Recipient:
        return self.recipient(self.read_by(about, subject))

    def context_for(self, about: Any, subject: DataSubject, data: Mapping[str, Any]) -> dict[str, Any]:
        return self.context(self.read_by(about, subject), data)

    def reply_address(self, about: Any, subject: DataSubject) -> str:
        return self.reply_to(self.read_by(about, subject)) if self.reply_to else ""

    @property
    def purpose(self) -> Purpose:
        return PURPOSES[self.topic]


_events: dict[str, Event] = {}


def register(event: Event) -> Event:
    _events[event.code] = event
    return event


def find(code: str) -> Event:
    try:
        return _events[code]
    except KeyError:
        raise UnknownEvent(code) from None


def all_events() -> list[Event]:
    return sorted(_events.values(), key=lambda event: (event.topic, event.code))
