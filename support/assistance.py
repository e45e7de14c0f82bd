"""What an agent does for somebody besides answering: looked at, sorted, corrected, and their rights used."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import profiles
from accounts.models import User
from accounts.roles import role_of
from privacy import audit, requests
from privacy.models import AuditEvent, PrivacyRequest
from support import service_level, tickets
from support.models import Tag, Ticket

WRITTEN_DOWN_AGAIN_AFTER = timedelta(hours=1)


class NoAccount(ValueError):
    """Who wrote as a guest has no contact details but those of the ticket."""


class AlreadyFiled(ValueError):
    """A ticket carries one request; its reference is the text."""


@transaction.atomic
def note_reading(ticket: Ticket, *, agent: User) -> None:
    """The customer is told that somebody read it, in which role and when; once an hour is enough."""
    lately = AuditEvent.objects.filter(
        action="ticket.read",
        object_ref=f"{ticket._meta.label_lower}:{ticket.pk}",
        actor_ref=agent.subject.audit_ref,
        time__gt=timezone.now() - WRITTEN_DOWN_AGAIN_AFTER,
    )
    if not lately.exists():
        audit.record("ticket.read", actor=agent, subject=ticket.subject, obj=ticket, role=role_of(agent))


@transaction.atomic
def tag(ticket: Ticket, *, tags: Iterable[Tag], agent: User) -> None:
    ticket.tags.set(tags)
    audit.record("ticket.tagged", actor=agent, subject=ticket.subject, obj=ticket)


@transaction.atomic
def sort(ticket: Ticket, *, category: str, agent: User) -> None:
    """What was filed under the wrong word. While it waits for us, it is due as if asked there now."""
    tickets.lock(ticket)
    ticket.category = category
    if ticket.status == Ticket.Status.OPEN:
        ticket.due_at = service_level.due_at(ticket)
    ticket.save(update_fields=["category", "due_at"])
    audit.record("ticket.sorted", actor=agent, subject=ticket.subject, obj=ticket, kind=category)


@transaction.atomic
def file_request(ticket: Ticket, *, kind: str, agent: User) -> PrivacyRequest:
    """Somebody who asks for a right in the middle of a conversation has used it."""
    tickets.lock(ticket)
    if ticket.privacy_request:
        raise AlreadyFiled(ticket.privacy_request.reference)
    request = requests.receive(ticket.subject, PrivacyRequest.Kind(kind), source=PrivacyRequest.Source.STAFF)
    ticket.privacy_request = request
    ticket.save(update_fields=["privacy_request"])
    audit.record(
        "ticket.request_filed",
        actor=agent,
        subject=ticket.subject,
        obj=ticket,
        kind=kind,
        reference=request.reference,
    )
    return request


@transaction.atomic
def correct_contact(ticket: Ticket, *, name: str, phone: str, agent: User) -> PrivacyRequest:
    """At the person's wish. What is empty stays; they are told what it was and what it is now, in masks."""
    user = User.objects.select_related("subject__key").filter(subject=ticket.subject_id).first()
    if user is None:
        raise NoAccount(ticket.reference)
    request = requests.current(
        ticket.subject, PrivacyRequest.Kind.RECTIFICATION, source=PrivacyRequest.Source.STAFF
    )
    profiles.change_contact(user, name=name or user.name, phone=phone or user.phone, actor=agent)
    requests.settle(request, PrivacyRequest.Status.COMPLETED, actor=agent)
    return request
