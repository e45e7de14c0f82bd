"""What the support tells people: that a question came in, that it is answered, that it is solved."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.events import Event, Recipient, register
from accounts.models import Channel, Topic, User
from privacy import telling
from privacy.models import DataSubject
from privacy.telling import Contact
from support import links
from support.models import Message, Ticket

CHANNELS = (Channel.EMAIL, Channel.INBOX)


def recipient_of(ticket: Ticket) -> Recipient:
    """An account's own address counts, so that nobody writes to one that was changed since."""
    user = User.objects.select_related("subject__key").filter(subject=ticket.subject_id).first()
    return Recipient(
        language=ticket.language,
        country=ticket.country,
        email=user.email if user else ticket.email,
        name=user.name if user else ticket.name,
        has_inbox=user is not None,
    )


def recipient_of_message(message: Message) -> Recipient:
    return recipient_of(message.ticket)


def about_ticket(ticket: Ticket, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"ticket": ticket, "link": links.page_of(ticket), "marker": links.MARKER}


def about_answer(message: Message, data: Mapping[str, Any]) -> dict[str, Any]:
    return about_ticket(message.ticket, data) | {"answer": message}


def about_solution(ticket: Ticket, data: Mapping[str, Any]) -> dict[str, Any]:
    """With the words it was solved by, where an agent wrote some."""
    words = ticket.messages.public().filter(pk=data.get("message", 0)).first()
    return about_ticket(ticket, data) | {"answer": words, "survey": links.page_of(ticket, "support:rate")}


def about_chat(ticket: Ticket, data: Mapping[str, Any]) -> dict[str, Any]:
    """The whole conversation, read when the mail is sent."""
    replies = ticket.messages.public().filter(kind=Message.Kind.REPLY)
    return about_solution(ticket, data) | {"lines": replies.select_related("subject__key")}


def reply_to_message(message: Message) -> str:
    return links.reply_address(message.ticket)


def find_ticket(reference: str) -> Ticket | None:
    return Ticket.objects.with_keys().filter(reference=reference).first()


def find_answer(reference: str) -> Message | None:
    answers = Message.objects.public().filter(ticket__reference=reference, author=Message.Author.AGENT)
    return answers.select_related("subject__key", "ticket").last()


_of_a_ticket = partial(
    Event,
    topic=Topic.SUPPORT,
    channels=CHANNELS,
    recipient=recipient_of,
    reply_to=links.reply_address,
    find=find_ticket,
)

register(_of_a_ticket("ticket_received", label=_("We have your question"), context=about_ticket))
register(
    _of_a_ticket(
        "ticket_answered",
        label=_("An answer to your question"),
        recipient=recipient_of_message,
        context=about_answer,
        can_be_refused=False,
        reply_to=reply_to_message,
        find=find_answer,
    )
)
register(_of_a_ticket("ticket_solved", label=_("Your question is solved"), context=about_solution))
register(
    _of_a_ticket(
        "chat_transcript",
        label=_("What we wrote to each other"),
        channels=(Channel.EMAIL,),
        context=about_chat,
    )
)


@telling.register_contact
def contact_of(subject: DataSubject) -> Contact | None:
    """Who wrote to us without an account is answered where they wrote from."""
    tickets = Ticket.objects.select_related("subject__key").filter(subject=subject)
    ticket = tickets.order_by("-pk").first() if subject.kind == subject.Kind.TICKET_WRITER else None
    return Contact(ticket.email, ticket.language, ticket.country) if ticket and ticket.email else None
