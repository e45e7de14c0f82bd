"""What an agent can do with a ticket: a form each, and a page of its own for what is asked again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from shop.states import InvalidTransition
from support import assistance, tickets
from support.admin import forms
from support.assistance import AlreadyFiled, NoAccount
from support.models import Ticket
from support.tickets import NotTheSamePerson, TicketClosed

Act = Callable[[Ticket, dict[str, Any], User], Any]
Status = Ticket.Status


def _answer(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    tickets.answer(ticket, body=said["body"], solve=said["solve"], agent=agent)


def _note(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    tickets.note(ticket, body=said["body"], agent=agent)


def _call(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    tickets.call_note(ticket, body=said["body"], agent=agent)


def _take(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    tickets.assign(ticket, agent=agent, actor=agent)


def _assign(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    tickets.assign(ticket, agent=said["agent"], actor=agent)


def _prioritise(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    tickets.prioritise(ticket, priority=said["priority"], actor=agent)


def _sort(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    assistance.sort(ticket, category=said["category"], agent=agent)


def _tag(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    assistance.tag(ticket, tags=said["tags"], agent=agent)


def _solve(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    tickets.solve(ticket, actor=agent)


def _reopen(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    tickets.reopen(ticket, actor=agent)


def _close(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    tickets.close(ticket, actor=agent)


def _merge(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    tickets.merge(ticket, into=said["reference"], actor=agent)


def _file_request(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    assistance.file_request(ticket, kind=said["kind"], agent=agent)


def _correct(ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    assistance.correct_contact(ticket, agent=agent, **said)


def _always(ticket: Ticket) -> bool:
    return True


def _not_closed(ticket: Ticket) -> bool:
    return ticket.status != Status.CLOSED


def _unsolved(ticket: Ticket) -> bool:
    return ticket.status in (Status.OPEN, Status.PENDING)


def _can_be_reopened(ticket: Ticket) -> bool:
    return ticket.status == Status.SOLVED


def _without_request(ticket: Ticket) -> bool:
    return ticket.privacy_request_id is None


def _has_account(ticket: Ticket) -> bool:
    return hasattr(ticket.subject, "user")


@dataclass(frozen=True)
class Deed:
    """Those with a question have a page of their own; the others stand on the ticket's."""

    name: str
    label: Any
    form: type[forms.DeedForm]
    act: Act
    is_possible: Callable[[Ticket], bool] = _not_closed
    question: Any = ""


DEEDS = {
    deed.name: deed
    for deed in (
        Deed("answer", _("Answer"), forms.AnswerForm, _answer),
        Deed("note", _("Add an internal note"), forms.WordsForm, _note, _always),
        Deed("take", _("Take it"), forms.DeedForm, _take),
        Deed("assign", _("Assign"), forms.AssignForm, _assign),
        Deed("prioritise", _("Set the priority"), forms.PriorityForm, _prioritise),
        Deed("sort", _("Change the topic"), forms.CategoryForm, _sort),
        Deed("tag", _("Set the tags"), forms.TagForm, _tag, _always),
        Deed(
            "call",
            _("Note a call"),
            forms.CallForm,
            _call,
            question=_("What was said? Write down what helps to solve it, not more."),
        ),
        Deed(
            "solve",
            _("Mark as solved"),
            forms.DeedForm,
            _solve,
            _unsolved,
            _("Is it solved? The customer is asked how it went."),
        ),
        Deed(
            "reopen", _("Open again"), forms.DeedForm, _reopen, _can_be_reopened, _("Open this ticket again?")
        ),
        Deed(
            "close",
            _("Close"),
            forms.DeedForm,
            _close,
            question=_("Close it for good? Nothing is added to a closed ticket."),
        ),
        Deed(
            "merge",
            _("Join with another"),
            forms.MergeForm,
            _merge,
            question=_(
                "Only tickets of the same person can be joined, or each would read the other’s words."
            ),
        ),
        Deed(
            "request",
            _("File a privacy request"),
            forms.RequestForm,
            _file_request,
            _without_request,
            _("Does the customer want to use a right? It is filed in their name, and the clock runs."),
        ),
        Deed(
            "correct",
            _("Correct contact details"),
            forms.ContactForm,
            _correct,
            _has_account,
            _("Only at the customer’s wish. They are told what was changed."),
        ),
    )
}

REFUSALS = {
    InvalidTransition: _("This is not possible in the ticket’s present state."),
    TicketClosed: _("That ticket is closed; nothing is added to it."),
    NotTheSamePerson: _("These tickets are not of the same person; they stay apart."),
    AlreadyFiled: _("A privacy request is filed with this ticket already."),
    NoAccount: _("This person has no account."),
}


class Refused(ValueError):
    """The deed was not done; the text tells the agent why."""


def do(deed: Deed, ticket: Ticket, said: dict[str, Any], agent: User) -> None:
    try:
        deed.act(ticket, said, agent)
    except tuple(REFUSALS) as refusal:
        raise Refused(str(REFUSALS[type(refusal)])) from refusal
