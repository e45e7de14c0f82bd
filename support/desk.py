"""What the agents' desk shows: who may see which ticket, in which queue it waits, and what belongs to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy import restriction
from privacy.models import DataSubject, Restriction
from support.models import Message, Ticket
from support.models.tickets import TicketQuerySet

ABOUT_RIGHTS = (Ticket.Category.PRIVACY, Ticket.Category.GUARDIAN)
HELPS_WITH_RIGHTS = "privacy.view_privacyrequest"
ANSWERS = "support.change_ticket"
EARLIER = 10
SOONEST_FIRST = (F("due_at").asc(nulls_last=True), F("last_message_at").desc(), "pk")


def visible_to(agent: User, tickets: TicketQuerySet | None = None) -> TicketQuerySet:
    """Questions about rights, and everything of people whose data is locked, have readers of their own."""
    tickets = Ticket.objects.all() if tickets is None else tickets
    if not agent.has_perm(restriction.READS_CHILDREN):
        tickets = tickets.exclude(subject__in=Restriction.objects.children().values("subject"))
    if agent.has_perm(HELPS_WITH_RIGHTS):
        return tickets
    locked = Q(subject__status=DataSubject.Status.RESTRICTED)
    return tickets.exclude(locked | Q(category__in=ABOUT_RIGHTS))


def is_sealed(ticket: Ticket) -> bool:
    return ticket.category in ABOUT_RIGHTS or ticket.subject.status == DataSubject.Status.RESTRICTED


def can(right: str) -> Q:
    """Users with a right, by their roles."""
    app, codename = right.split(".")
    groups = Group.objects.filter(permissions__content_type__app_label=app, permissions__codename=codename)
    return Q(is_superuser=True) | Q(groups__in=groups)


def agents_for(ticket: Ticket) -> QuerySet[User]:
    """Who can answer this one."""
    agents = User.objects.filter(can(ANSWERS), is_staff=True, is_active=True).select_related("subject__key")
    if is_sealed(ticket):
        agents = agents.filter(can(HELPS_WITH_RIGHTS))
    return agents.order_by("pk").distinct()


# --- Queues -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Queue:
    name: str
    label: Any
    rows: Callable[[User], Q]


OPEN = Q(status=Ticket.Status.OPEN)

QUEUES = {
    queue.name: queue
    for queue in (
        Queue("rights", _("Rights and guardians"), lambda agent: OPEN & Q(category__in=ABOUT_RIGHTS)),
        Queue("mine", _("Mine"), lambda agent: OPEN & Q(assignee=agent)),
        Queue("unassigned", _("Nobody’s yet"), lambda agent: OPEN & Q(assignee__isnull=True)),
        Queue("waiting", _("All that wait for us"), lambda agent: OPEN),
        Queue("overdue", _("Overdue"), lambda agent: OPEN & Q(due_at__lt=timezone.now())),
        Queue("chats", _("Chats"), lambda agent: OPEN & Q(source=Ticket.Source.CHAT)),
        Queue("pending", _("Wait for them"), lambda agent: Q(status=Ticket.Status.PENDING)),
        Queue("all", _("All"), lambda agent: Q()),
    )
}
FIRST_QUEUE = "waiting"


@dataclass(frozen=True)
class Counted:
    queue: Queue
    count: int


def queues_of(agent: User) -> list[Counted]:
    """All counts in one query."""
    shown = [
        queue for queue in QUEUES.values() if queue.name != "rights" or agent.has_perm(HELPS_WITH_RIGHTS)
    ]
    counts = visible_to(agent).aggregate(
        **{queue.name: Count("pk", filter=queue.rows(agent)) for queue in shown if queue.name != "all"},
        all=Count("pk"),
    )
    return [Counted(queue, counts[queue.name]) for queue in shown]


def is_overdue(ticket: Ticket) -> bool:
    return bool(ticket.status == Ticket.Status.OPEN and ticket.due_at and ticket.due_at < timezone.now())


# --- One ticket ---------------------------------------------------------------------------------------------


def thread(ticket: Ticket) -> QuerySet[Message]:
    return ticket.messages.select_related("subject__key", "agent__subject__key").prefetch_related(
        "attachments"
    )


def earlier(ticket: Ticket, agent: User) -> QuerySet[Ticket]:
    """Other tickets of the same person, as far as this agent may see them."""
    others = visible_to(agent).filter(subject=ticket.subject_id).exclude(pk=ticket.pk)
    return others.order_by("-opened_at")[:EARLIER]
