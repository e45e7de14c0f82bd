"""Of the person behind a ticket: enough to help, not more. No address, no phone, no whole e-mail address."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from orders.models import Order
from privacy.masks import mask_email
from shop.catalogue.texts import country_name, language_name
from support import desk
from support.models import Ticket


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    kind: str
    language: str
    country: str
    orders: int
    earlier: Iterable[Ticket]


def person(ticket: Ticket, agent: User) -> Person:
    user: User | None = getattr(ticket.subject, "user", None)
    return Person(
        name=ticket.name or (user.name if user else ""),
        email=mask_email(user.email if user else ticket.email),
        kind=_("Has an account") if user else _("Guest; the address is not proven"),
        language=language_name(ticket.language),
        country=country_name(ticket.country, get_language() or "en"),
        orders=Order.objects.filter(subject=ticket.subject_id).count(),
        earlier=desk.earlier(ticket, agent),
    )


@dataclass(frozen=True)
class Bought:
    """The order a ticket is about, without where it went and to whom."""

    order: Order
    status: str
    parcel: str
    lines: list[Any]


def bought(ticket: Ticket) -> Bought | None:
    order = ticket.order
    if order is None:
        return None
    return Bought(
        order=order,
        status=order.get_status_display(),
        parcel=order.fulfilment.get_status_display() if hasattr(order, "fulfilment") else "",
        lines=list(order.lines.select_related("order")),
    )
