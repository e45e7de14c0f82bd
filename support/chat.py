"""A ticket that is written and read live. Whoever looks at it is here; who is not gets answers by mail."""

from collections.abc import Iterator
from enum import StrEnum
from threading import BoundedSemaphore
from time import sleep

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from privacy import audit
from privacy.models import DataSubject
from support import tickets
from support.models import Message, Ticket
from support.tickets import Files, TicketClosed

HERE_FOR = 40  # seconds since somebody looked last
LISTENS_FOR = 25  # seconds; then the browser connects again, so that no thread is held for ever
SECONDS_BETWEEN = 1
OVER = (Ticket.Status.SOLVED, Ticket.Status.CLOSED)
# Each listener holds a thread of the web server. Who finds no free place looks every few seconds instead.
_places = BoundedSemaphore(3)


class Side(StrEnum):
    """Whose eyes: those of the one who asks, or those of the shop."""

    REQUESTER = "requester"
    AGENT = "agent"

    @property
    def other(self) -> "Side":
        return Side.AGENT if self == Side.REQUESTER else Side.REQUESTER


class NoPlaceToListen(RuntimeError):
    """Every place is taken; looking every few seconds works as well."""


def start(
    *,
    body: str,
    language: str,
    country: str,
    subject: DataSubject | None = None,
    name: str = "",
    email: str = "",
    files: Files = (),
) -> Ticket:
    return tickets.open_ticket(
        category=Ticket.Category.OTHER,
        source=Ticket.Source.CHAT,
        body=body,
        language=language,
        country=country,
        subject=subject,
        name=name,
        email=email,
        files=files,
    )


@transaction.atomic
def answer(ticket: Ticket, *, body: str, agent: User, files: Files = ()) -> Message:
    """Whoever answers first takes the chat. Nobody gets a mail about what they are just reading."""
    tickets.lock(ticket)
    if ticket.assignee_id is None:
        tickets.assign(ticket, agent=agent, actor=agent)
    if not is_here(ticket, Side.REQUESTER):
        return tickets.answer(ticket, body=body, agent=agent, files=files)
    if ticket.status == Ticket.Status.CLOSED:
        raise TicketClosed(ticket.reference)
    message = tickets.write(ticket, body=body, author=Message.Author.AGENT, agent=agent, files=files)
    ticket.first_answered_at = ticket.first_answered_at or message.created_at
    tickets.wait_for_them(ticket)
    audit.record("ticket.answered", actor=agent, subject=ticket.subject, obj=ticket)
    return message


@transaction.atomic
def hand_over(ticket: Ticket, *, to: User, actor: User) -> None:
    tickets.lock(ticket)
    tickets.assign(ticket, agent=to, actor=actor)
    tickets.happened(ticket, gettext_noop("A colleague goes on from here."))


@transaction.atomic
def end(ticket: Ticket, *, actor: User | None = None) -> None:
    """By either side. What nobody answered yet stays an open question; otherwise the conversation follows by
    mail, with the question how it went."""
    tickets.lock(ticket)
    if ticket.status in OVER:
        return
    if actor is None and ticket.first_answered_at is None:
        tickets.happened(ticket, gettext_noop("You left the chat. We answer as soon as we can."))
        return
    tickets.finish(ticket, None, told_by="chat_transcript")
    audit.record("ticket.solved", actor=actor or ticket.subject, subject=ticket.subject, obj=ticket)


# --- Looking ------------------------------------------------------------------------------------------------


def lines(ticket: Ticket, *, after: int = 0) -> QuerySet[Message]:
    """What both sides may read, in order."""
    messages = ticket.messages.public().filter(pk__gt=after)
    return messages.select_related("subject__key", "agent__subject__key").prefetch_related("attachments")


def look(ticket: Ticket, side: Side) -> None:
    """This side is here, and has read what the other one wrote."""
    _stay(ticket, side)
    ticket.messages.filter(author=side.other, read_at__isnull=True).update(read_at=timezone.now())


def _stay(ticket: Ticket, side: Side) -> None:
    cache.set(_presence(ticket, side), timezone.now().timestamp(), HERE_FOR)


def is_here(ticket: Ticket, side: Side) -> bool:
    looked = cache.get(_presence(ticket, side))
    return looked is not None and timezone.now().timestamp() - looked < HERE_FOR


def read_until(ticket: Ticket, side: Side) -> Message | None:
    """The last message of this side if the other one has read it."""
    last = ticket.messages.filter(author=side, kind=Message.Kind.REPLY).last()
    return last if last and last.read_at else None


def _presence(ticket: Ticket, side: Side) -> str:
    return f"chat:{ticket.pk}:{side}"


# --- Listening ----------------------------------------------------------------------------------------------


def listen(ticket: Ticket, side: Side, *, seconds: float = LISTENS_FOR) -> Iterator[str]:
    """Server-sent events: one at first, and one each time something changed. They say that, never what."""
    if not _places.acquire(blocking=False):
        raise NoPlaceToListen
    events = _events(ticket, side, seconds)
    next(events)  # from here on the place is given back however it ends
    return events


def _events(ticket: Ticket, side: Side, seconds: float) -> Iterator[str]:
    try:
        yield ""
        seen = ""
        for _round in range(max(1, int(seconds / SECONDS_BETWEEN))):
            _stay(ticket, side)
            now = _state(ticket)
            yield f"data: {now}\n\n" if now != seen else ":\n\n"  # a comment finds out who has gone
            seen = now
            sleep(SECONDS_BETWEEN)
    finally:
        _places.release()


def _state(ticket: Ticket) -> str:
    """Different whenever the page would look different."""
    row = Ticket.objects.filter(pk=ticket.pk).annotate(
        last=Max("messages__pk"), read=Max("messages__read_at")
    )
    values = row.values_list("last", "read", "status", "assignee").first() or ()
    here = (is_here(ticket, side) for side in Side)
    return "-".join(str(value).replace(" ", "T") for value in (*values, *here))
