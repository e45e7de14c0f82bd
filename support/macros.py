"""Prepared answers, filled in: `{{ name }}` is replaced and nothing else happens, no tags, no filters."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import User
from support.models import Macro, Ticket

VARIABLES = {
    "reference": gettext_lazy("the reference of the ticket"),
    "name": gettext_lazy("what the person is called; left out where we do not know it"),
    "order_number": gettext_lazy("the number of the order it is about"),
    "agent": gettext_lazy("your name"),
}
CAN_BE_EMPTY = {"name", "agent"}
EXAMPLE = {"reference": "K7MPQ2RXWA4H", "name": "Zoë Müller", "order_number": "R4TK9W2PX", "agent": "Ines"}

PLACE = re.compile(r"(?P<space>[ \t]?)\{\{(?P<variable>.*?)\}\}", re.DOTALL)


class CannotFillIn(ValueError):
    """A prepared answer asks for something that is not there; the text says what."""


def fill_in(macro: Macro, ticket: Ticket, agent: User) -> str:
    """In the language of the person who asked."""
    with override(ticket.language):
        return fill(macro.body, values_for(ticket, agent))


def values_for(ticket: Ticket, agent: User) -> dict[str, str]:
    return {
        "reference": ticket.reference,
        "name": ticket.name,
        "order_number": ticket.order.number if ticket.order else "",
        "agent": agent.name,
    }


def fill(text: str, values: Mapping[str, str]) -> str:
    """Without a name, `Hello {{ name }},` becomes `Hello,`."""

    def value_of(place: re.Match[str]) -> str:
        variable = place["variable"].strip()
        if variable not in VARIABLES:
            raise CannotFillIn(
                _("There is no “%(variable)s”. What can be filled in: %(known)s.")
                % {"variable": variable, "known": ", ".join(VARIABLES)}
            )
        value = values.get(variable, "")
        if not value and variable not in CAN_BE_EMPTY:
            raise CannotFillIn(
                _("Nothing is known here to fill in for “%(variable)s”.") % {"variable": variable}
            )
        return place["space"] + value if value else ""

    return PLACE.sub(value_of, text)


def check(text: str) -> None:
    """Would it be filled in, if everything were known?"""
    fill(text, EXAMPLE)
