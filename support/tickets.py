"""What can be done with a ticket. Each deed is one transaction, and the audit trail says who did it.

The thread belongs to the person who asked: an agent's answer too is sealed with the key of that person.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from accounts.models import User
from accounts.notifications import notify
from orders.models import Order, OrderLine
from privacy import audit, guardians, requests
from privacy.keys import blind_index
from privacy.models import DataSubject, PrivacyRequest, SubjectIdentifier
from support import attachments, children, service_level
from support.models import Message, Ticket

REOPENS_FOR = timedelta(days=14)
PRESSED_TWICE = timedelta(seconds=10)
RATEABLE = (Ticket.Status.SOLVED, Ticket.Status.CLOSED)
# What a question about rights asks for unless it says.
REQUESTS = {
    Ticket.Category.PRIVACY: PrivacyRequest.Kind.ACCESS,
    Ticket.Category.GUARDIAN: PrivacyRequest.Kind.GUARDIAN,
}

Files = Sequence[attachments.Clean]


class TicketClosed(ValueError):
    """Nothing is added to a closed ticket; a requester's reply opens a new one."""


class NotSolved(ValueError):
    """Only somebody whose question was solved is asked how satisfied they are."""


class NotTheSamePerson(ValueError):
    """Two people's conversations are never joined: each would read the other's."""


@transaction.atomic
def open_ticket(
    *,
    category: str,
    body: str,
    language: str,
    country: str,
    title: str = "",
    subject: DataSubject | None = None,
    name: str = "",
    email: str = "",
    order: Order | None = None,
    order_line: OrderLine | None = None,
    right: PrivacyRequest.Kind | None = None,
    request: PrivacyRequest | None = None,
    source: str = Ticket.Source.FORM,
    files: Files = (),
    mail_hash: str | None = None,
) -> Ticket:
    """Without a `subject` the writer becomes a person of their own, whose address is not proven.

    A question about rights is a privacy request at the same time: `request`, or a new one for the `right`.
    """
    ticket = Ticket(
        subject=subject or _writer(email, country),
        category=category,
        source=source,
        language=language,
        country=country,
        order=order,
        order_line=order_line,
        privacy_request=request,
    )
    ticket.title, ticket.name, ticket.email = title, name, email
    ticket.due_at = service_level.due_at(ticket)
    ticket.save()
    write(ticket, body=body, author=Message.Author.REQUESTER, files=files, mail_hash=mail_hash)
    if source != Ticket.Source.CHAT:  # who chats sees that we have it
        notify(ticket.subject, "ticket_received", about=ticket)
    _receive_request(ticket, right, body)
    audit.record(
        "ticket.opened", subject=ticket.subject, obj=ticket, kind=category, reference=ticket.reference
    )
    return ticket


@transaction.atomic
def reply(
    ticket: Ticket,
    *,
    body: str,
    author: str = Message.Author.REQUESTER,
    files: Files = (),
    mail_hash: str | None = None,
) -> Message:
    """What the requester adds. A solved ticket opens again; one that is settled is followed by a new one."""
    lock(ticket)
    if _is_settled(ticket):
        return _follow(ticket, body, files, mail_hash)
    if not (files or mail_hash) and (twin := _said_just_now(ticket, body, author)):
        return twin
    if ticket.status != Ticket.Status.OPEN:
        _wait_for_us(ticket)
    message = write(ticket, body=body, author=author, files=files, mail_hash=mail_hash)
    audit.record("ticket.replied", subject=ticket.subject, obj=ticket)
    return message


@transaction.atomic
def answer(ticket: Ticket, *, body: str, agent: User, files: Files = (), solve: bool = False) -> Message:
    """What an agent says to the requester, who is told at once."""
    lock(ticket)
    if ticket.status == Ticket.Status.CLOSED:
        raise TicketClosed(ticket.reference)
    message = write(ticket, body=body, author=Message.Author.AGENT, agent=agent, files=files)
    ticket.first_answered_at = ticket.first_answered_at or message.created_at
    if solve and ticket.status != Ticket.Status.SOLVED:
        finish(ticket, message)
    else:
        wait_for_them(ticket)
        notify(ticket.subject, "ticket_answered", about=message)
    audit.record("ticket.answered", actor=agent, subject=ticket.subject, obj=ticket)
    return message


@transaction.atomic
def note(ticket: Ticket, *, body: str, agent: User) -> Message:
    """For colleagues. The requester does not see it on the page, but has a right to a copy."""
    message = write(ticket, body=body, author=Message.Author.AGENT, agent=agent, kind=Message.Kind.NOTE)
    audit.record("ticket.noted", actor=agent, subject=ticket.subject, obj=ticket)
    return message


@transaction.atomic
def call_note(ticket: Ticket, *, body: str, agent: User) -> Message:
    """What was said on the phone, as the agent wrote it down. A call counts as an answer."""
    lock(ticket)
    message = write(ticket, body=body, author=Message.Author.AGENT, agent=agent, kind=Message.Kind.CALL)
    ticket.first_answered_at = ticket.first_answered_at or message.created_at
    ticket.save(update_fields=["first_answered_at"])
    audit.record("ticket.called", actor=agent, subject=ticket.subject, obj=ticket)
    return message


@transaction.atomic
def assign(ticket: Ticket, *, agent: User | None, actor: User) -> None:
    ticket.assignee = agent
    ticket.save(update_fields=["assignee"])
    audit.record("ticket.assigned", actor=actor, subject=ticket.subject, obj=ticket)


@transaction.atomic
def prioritise(ticket: Ticket, *, priority: int, actor: User) -> None:
    """What waits for us is due by its new priority, counted from now."""
    lock(ticket)
    ticket.priority = priority
    if ticket.status == Ticket.Status.OPEN:
        ticket.due_at = service_level.due_at(ticket)
    ticket.save(update_fields=["priority", "due_at"])
    audit.record("ticket.prioritised", actor=actor, subject=ticket.subject, obj=ticket)


@transaction.atomic
def solve(ticket: Ticket, *, actor: User | None = None) -> None:
    """By an agent, or without `actor` by the requester; the question how it went follows by mail."""
    lock(ticket)
    finish(ticket, None)
    audit.record("ticket.solved", actor=actor or ticket.subject, subject=ticket.subject, obj=ticket)


@transaction.atomic
def reopen(ticket: Ticket, *, actor: User | None = None) -> None:
    lock(ticket)
    if ticket.status == Ticket.Status.CLOSED:
        raise TicketClosed(ticket.reference)
    _wait_for_us(ticket)
    audit.record("ticket.reopened", actor=actor or ticket.subject, subject=ticket.subject, obj=ticket)


@transaction.atomic
def close(ticket: Ticket, *, actor: User | None = None) -> None:
    """For good; from here the time runs after which it is deleted."""
    lock(ticket)
    ticket.advance(Ticket.Status.CLOSED, actor=actor)
    ticket.closed_at, ticket.due_at = timezone.now(), None
    ticket.save(update_fields=["closed_at", "due_at"])
    audit.record("ticket.closed", actor=actor, subject=ticket.subject, obj=ticket)


@transaction.atomic
def merge(ticket: Ticket, *, into: Ticket, actor: User) -> None:
    """The messages move; the old links lead to where they are now."""
    for locked in sorted((ticket, into), key=lambda one: one.pk):  # one order of locks for everybody
        lock(locked)
    if ticket.pk == into.pk or ticket.subject_id != into.subject_id:
        raise NotTheSamePerson(f"{ticket.reference} into {into.reference}")
    if into.status == Ticket.Status.CLOSED:
        raise TicketClosed(into.reference)
    ticket.messages.update(ticket=into)
    ticket.merged.update(merged_into=into)
    ticket.merged_into, ticket.closed_at, ticket.due_at = into, timezone.now(), None
    if ticket.status != Ticket.Status.CLOSED:
        ticket.advance(Ticket.Status.CLOSED, actor=actor)
    ticket.save(update_fields=["merged_into", "closed_at", "due_at"])
    happened(
        into, gettext_noop("%(reference)s was joined with this conversation."), reference=ticket.reference
    )
    audit.record("ticket.merged", actor=actor, subject=into.subject, obj=ticket, reference=into.reference)


@transaction.atomic
def rate(ticket: Ticket, *, rating: int, note: str = "") -> None:
    """How it went, 1 to 5. Whoever thinks again may say so again."""
    lock(ticket)
    if ticket.status not in RATEABLE:
        raise NotSolved(ticket.reference)
    ticket.rating, ticket.rating_note, ticket.rated_at = rating, note, timezone.now()
    ticket.save(update_fields=["rating", "rating_note", "rated_at"])
    audit.record("ticket.rated", actor=ticket.subject, subject=ticket.subject, obj=ticket)


def close_settled() -> None:
    """What was solved so long ago that nobody came back to it."""
    long_ago = timezone.now() - REOPENS_FOR
    for ticket in Ticket.objects.filter(status=Ticket.Status.SOLVED, solved_at__lte=long_ago).with_keys():
        close(ticket)


# --- What the deeds are made of; `support.chat` writes with these too ---------------------------------------


def lock(ticket: Ticket) -> None:
    """Read the row again and keep others from it until the transaction ends."""
    ticket.refresh_from_db(from_queryset=Ticket.objects.select_for_update())


def write(
    ticket: Ticket,
    *,
    body: str,
    author: str,
    agent: User | None = None,
    kind: str = Message.Kind.REPLY,
    files: Files = (),
    mail_hash: str | None = None,
) -> Message:
    """Add to the thread, with evidence."""
    message = Message(
        ticket=ticket, subject=ticket.subject, author=author, agent=agent, kind=kind, mail_hash=mail_hash
    )
    message.body = body
    message.save()
    if files:
        attachments.add(message, files)
    ticket.last_message_at = message.created_at
    ticket.save(update_fields=["last_message_at"])
    if author == Message.Author.REQUESTER:
        children.notice(ticket.subject, body)
    return message


def _wait_for_us(ticket: Ticket) -> None:
    if ticket.status == Ticket.Status.SOLVED:
        happened(ticket, gettext_noop("Opened again."))
    ticket.advance(Ticket.Status.OPEN)
    ticket.solved_at, ticket.due_at = None, service_level.due_at(ticket)
    ticket.save(update_fields=["solved_at", "due_at"])


def wait_for_them(ticket: Ticket) -> None:
    if ticket.status == Ticket.Status.SOLVED:
        _wait_for_us(ticket)
    if ticket.status == Ticket.Status.OPEN:
        ticket.advance(Ticket.Status.PENDING)
    ticket.due_at = None
    ticket.save(update_fields=["first_answered_at", "due_at"])


def finish(ticket: Ticket, words: Message | None, *, told_by: str = "ticket_solved") -> None:
    ticket.advance(Ticket.Status.SOLVED)
    ticket.solved_at, ticket.due_at = timezone.now(), None
    ticket.save(update_fields=["first_answered_at", "solved_at", "due_at"])
    happened(ticket, gettext_noop("Marked as solved."))
    notify(
        ticket.subject,
        told_by,
        about=ticket,
        key=f"{ticket.solved_at:%Y%m%d%H%M%S}",  # once for each time it is solved
        data={"message": words.pk} if words else None,
    )


def happened(ticket: Ticket, words: str, **values: str) -> None:
    """In the thread, for the requester to read: in their language."""
    with translation.override(ticket.language):
        body = gettext(words) % values
    write(ticket, body=body, author=Message.Author.SYSTEM, kind=Message.Kind.EVENT)


def _said_just_now(ticket: Ticket, body: str, author: str) -> Message | None:
    """The same words again, because a button was pressed twice."""
    last = ticket.messages.select_related("subject__key").last()
    if last is None or (last.author, last.kind) != (author, Message.Kind.REPLY):
        return None
    is_fresh = last.created_at > timezone.now() - PRESSED_TWICE
    return last if is_fresh and last.body == body else None


def _is_settled(ticket: Ticket) -> bool:
    if ticket.status == Ticket.Status.SOLVED:
        return ticket.solved_at is not None and ticket.solved_at <= timezone.now() - REOPENS_FOR
    return bool(ticket.status == Ticket.Status.CLOSED)


def _follow(ticket: Ticket, body: str, files: Files, mail_hash: str | None) -> Message:
    """A new ticket about the same, which says which one it goes on from."""
    new = open_ticket(
        category=ticket.category if ticket.category not in REQUESTS else Ticket.Category.OTHER,
        body=body,
        title=ticket.title,
        subject=ticket.subject,
        name=ticket.name,
        email=ticket.email,
        language=ticket.language,
        country=ticket.country,
        order=ticket.order,
        order_line=ticket.order_line,
        source=ticket.source,
        files=files,
        mail_hash=mail_hash,
    )
    happened(
        new, gettext_noop("This goes on from %(reference)s, which is closed."), reference=ticket.reference
    )
    return new.messages.filter(author=Message.Author.REQUESTER).get()


def _writer(email: str, country: str) -> DataSubject:
    """Typed is not proven: the fingerprint of the address stays unverified."""
    writer = DataSubject.objects.create(kind=DataSubject.Kind.TICKET_WRITER, jurisdiction=country)
    if email:
        SubjectIdentifier.objects.create(
            subject=writer, kind=SubjectIdentifier.Kind.EMAIL, blind_index=blind_index("email", email)
        )
    return writer


def _receive_request(ticket: Ticket, right: PrivacyRequest.Kind | None, body: str) -> None:
    usual = REQUESTS.get(Ticket.Category(ticket.category))
    if usual is None or ticket.privacy_request:
        return
    ticket.privacy_request = requests.receive(
        ticket.subject, right or usual, source=PrivacyRequest.Source.CONTACT
    )
    ticket.save(update_fields=["privacy_request"])
    if ticket.privacy_request.kind == PrivacyRequest.Kind.GUARDIAN:
        guardians.report(body, request=ticket.privacy_request, email=ticket.email)
