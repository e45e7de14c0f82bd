"""The support's desk of the demo: conversations in every state, prepared answers, tags and days off.

Held through the shop's own use-cases and then dated back, so that some are due and some are late.
"""

import logging
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone, translation

from accounts.models import Notification, User
from orders.models import Order
from privacy.models import PrivacyRequest
from shop.demo.buyers import BUYERS, Buyer
from shop.demo.people import SIGN_INS
from support import service_level, tickets
from support.models import Holiday, Macro, Message, Tag, Ticket

BOUGHT = (Order.Status.PAID, Order.Status.FULFILLED, Order.Status.COMPLETED)
WORDS = Path(__file__).parent / "conversations.toml"


def load_desk() -> None:
    words = tomllib.loads(WORDS.read_text())
    load_holidays()
    for position, macro in enumerate(words["macro"]):
        bodies = {f"body_{language}": macro[language] for language in ("en", "de", "fr")}
        Macro.objects.update_or_create(name=macro["name"], defaults={**bodies, "position": position})
    for tag in words["tag"]:
        Tag.objects.get_or_create(name=tag["name"])
    if not Ticket.objects.exists():
        with quietly():
            load_tickets(words["ticket"])


@contextmanager
def quietly() -> Iterator[None]:
    """What is set off is done at once and without a word; nothing is left in the queue."""
    tasks, before = current_app.conf, current_app.conf.task_always_eager
    tasks.task_always_eager = True
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        tasks.task_always_eager = before


# --- Days off -----------------------------------------------------------------------------------------------


def load_holidays() -> None:
    """Of this year and the next, where the demo's agents sit."""
    this_year = timezone.localdate().year
    for year in (this_year, this_year + 1):
        for day, name in holidays_of_berlin(year).items():
            Holiday.objects.update_or_create(day=day, defaults={"name": name})


def holidays_of_berlin(year: int) -> dict[date, str]:
    sunday = easter(year)
    return {
        date(year, 1, 1): "New Year",
        date(year, 3, 8): "International Women’s Day",
        sunday - timedelta(days=2): "Good Friday",
        sunday + timedelta(days=1): "Easter Monday",
        date(year, 5, 1): "Labour Day",
        sunday + timedelta(days=39): "Ascension Day",
        sunday + timedelta(days=50): "Whit Monday",
        date(year, 10, 3): "Day of German Unity",
        date(year, 12, 25): "Christmas Day",
        date(year, 12, 26): "Boxing Day",
    }


def easter(year: int) -> date:
    """Easter Sunday, by Gauss's rule with Lichtenberg's correction (Gregorian calendar)."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    full = (19 * (year % 19) + moon) % 30
    late = (full + (year % 19) // 11) // 29
    border = 21 + full - late
    first_sunday = 7 - (year + year // 4 + sun) % 7
    return date(year, 3, 1) + timedelta(days=border + 7 - (border - first_sunday) % 7 - 1)


# --- Conversations ------------------------------------------------------------------------------------------


@transaction.atomic
def load_tickets(plans: list[dict[str, Any]]) -> None:
    buyers = {buyer.email: buyer for buyer in BUYERS}
    orders = list(Order.objects.with_keys().order_by("placed_at"))
    for plan in plans:
        buyer = buyers[plan["by"]]
        with translation.override(buyer.language):
            opened_at = timezone.now() - timedelta(days=plan["days"])
            order = order_before(opened_at, buyer, orders) if plan.get("order") else None
            ticket = begin(plan, buyer, order)
            hold(ticket, plan)
        date_back(ticket, plan, opened_at)
    # It is all long ago: nobody is written to when the demo opens.
    waiting = Notification.objects.filter(status=Notification.Status.WAITING, topic="support")
    waiting.update(status=Notification.Status.SENT, sent_at=timezone.now())


def order_before(moment: datetime, buyer: Buyer, orders: list[Order]) -> Order | None:
    """The last one that had been paid by then."""
    theirs = [order for order in orders if order.email == buyer.email and order.placed_at < moment]
    return next((order for order in reversed(theirs) if order.status in BOUGHT), None)


def begin(plan: dict[str, Any], buyer: Buyer, order: Order | None) -> Ticket:
    user = User.objects.select_related("subject__key").filter(email=buyer.email).first()
    ticket = tickets.open_ticket(
        category=plan["category"],
        title=plan["title"],
        body=plan["said"][0]["text"],
        subject=user.subject if user else None,
        name=buyer.name,
        email=buyer.email,
        language=buyer.language,
        country=buyer.country,
        order=order,
        right=PrivacyRequest.Kind(plan["right"]) if "right" in plan else None,
        source=plan.get("source", Ticket.Source.FORM),
    )
    ticket.tags.set(Tag.objects.filter(name__in=plan.get("tags", [])))
    ticket.priority = Ticket.Priority[plan.get("priority", "normal").upper()]
    ticket.assignee = agent(plan["agent"]) if "agent" in plan else None
    ticket.save(update_fields=["priority", "assignee"])
    return ticket


def hold(ticket: Ticket, plan: dict[str, Any]) -> None:
    answering = agent(plan.get("agent", "support"))
    for said in plan["said"][1:]:
        if said["by"] == "them":
            tickets.reply(ticket, body=said["text"])
        elif said["by"] == "us":
            tickets.answer(ticket, body=said["text"], agent=answering)
        elif said["by"] == "note":
            tickets.note(ticket, body=said["text"], agent=answering)
        else:
            tickets.call_note(ticket, body=said["text"], agent=answering)
    finish(ticket, plan, answering)


def finish(ticket: Ticket, plan: dict[str, Any], answering: User) -> None:
    if plan["ending"] == "pending" and ticket.status == Ticket.Status.OPEN:
        ticket.advance(Ticket.Status.PENDING)
    if plan["ending"] in {"solved", "closed"}:
        tickets.solve(ticket, actor=answering)
    if "rating" in plan:
        tickets.rate(ticket, rating=plan["rating"], note=plan.get("rating_note", ""))
    if plan["ending"] == "closed":
        tickets.close(ticket, actor=answering)


def agent(role: str) -> User:
    email = next(sign_in.email for sign_in in SIGN_INS if sign_in.role == role)
    return User.objects.get(email=email)


def date_back(ticket: Ticket, plan: dict[str, Any], opened_at: datetime) -> None:
    """Every moment of the conversation, as if it had begun then."""
    moments = date_messages(ticket, plan, opened_at)
    ours = [at for at, said in zip(moments, plan["said"], strict=True) if said["by"] in {"us", "call"}]
    over = moments[-1] + timedelta(minutes=1)
    ticket.refresh_from_db()
    Ticket.objects.filter(pk=ticket.pk).update(
        opened_at=opened_at,
        last_message_at=moments[-1],
        first_answered_at=ours[0] if ours else None,
        due_at=due(ticket, moments[-1]) if ticket.status == Ticket.Status.OPEN else None,
        solved_at=over if ticket.solved_at else None,
        rated_at=over if ticket.rated_at else None,
        closed_at=over if ticket.closed_at else None,
    )


def date_messages(ticket: Ticket, plan: dict[str, Any], opened_at: datetime) -> list[datetime]:
    moments = moments_of(plan["said"], opened_at)
    said = ticket.messages.exclude(kind=Message.Kind.EVENT)
    for message, moment in zip(said, moments, strict=True):
        Message.objects.filter(pk=message.pk).update(created_at=moment)
    happened = ticket.messages.filter(kind=Message.Kind.EVENT)
    happened.update(created_at=moments[-1] + timedelta(minutes=1))
    return moments


def moments_of(said: list[dict[str, Any]], opened_at: datetime) -> list[datetime]:
    moments, now = [opened_at], timezone.now()
    for words in said[1:]:
        after = timedelta(hours=words["after"])
        at = moments[-1] + after if words["by"] == "them" else later(moments[-1], after)
        moments.append(min(at, now))
    return moments


def later(start: datetime, length: timedelta) -> datetime:
    """By the clock of those who answer."""
    off = set(Holiday.objects.values_list("day", flat=True))
    return service_level.add_business_time(start, length, service_level.current().hours, off)


def due(ticket: Ticket, asked_at: datetime) -> datetime:
    return later(asked_at, service_level.current().target(ticket.category, ticket.priority))
