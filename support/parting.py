"""What people decide about open questions when they have their data deleted."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from privacy import parting
from privacy.models import DataSubject, PrivacyRequest
from privacy.parting import Question
from support import tickets
from support.models import Ticket


def questions(subject: DataSubject) -> Iterator[Question]:
    for ticket in Ticket.objects.unanswered(subject):
        yield Question(
            f"ticket-{ticket.reference}",
            _("We have not answered your question %(reference)s yet") % {"reference": ticket.reference},
            (("finish", _("Answer it first; then it is deleted")), ("close", _("Close it unanswered"))),
            partial(_decide, ticket),
        )


def _decide(ticket: Ticket, request: PrivacyRequest, answer: str, actor: Any) -> None:
    if answer == "close":
        tickets.close(ticket)


parting.register(questions)
