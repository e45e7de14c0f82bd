"""What somebody adds in words to a request about their data becomes a conversation at the desk."""

from django.conf import settings

from privacy import conversation, telling
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


conversation.register(take)
