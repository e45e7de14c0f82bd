"""What somebody adds in words to a request about their data becomes a conversation at the desk."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from privacy import access, conversation, telling
from privacy.models import PrivacyRequest
from support import tickets
from support.models import Ticket


def take(request: PrivacyRequest, words: str) -> None:
    """The first words open a ticket, later ones go into it."""
    ticket = Ticket.objects.filter(privacy_request=request).with_keys().first()
    if ticket:
        tickets.reply(ticket, body=words)
        return
    contact = telling.contact_of(request.subject)
    tickets.open_ticket(
        category=Ticket.Category.PRIVACY,
        body=words,
        subject=request.subject,
        request=request,
        language=contact.language if contact else settings.LANGUAGE_CODE,
        country=contact.country if contact else "",
        email=contact.email if contact else "",
    )


def page(request: PrivacyRequest) -> str:
    number = Ticket.objects.filter(privacy_request=request).values_list("pk", flat=True).first()
    return reverse("admin:support_ticket_change", args=[number]) if number else ""


def is_at_work(agent: User, ticket: Ticket) -> bool:
    """What waits for us is everybody's at the desk; what was answered, the agent's own or nobody's."""
    if ticket.status == Ticket.Status.CLOSED or not agent.has_perm("support.view_ticket"):
        return False
    return ticket.status == Ticket.Status.OPEN or ticket.assignee_id in (None, agent.pk)


access.register_work(Ticket, is_at_work)
conversation.register(take=take, page=page)
