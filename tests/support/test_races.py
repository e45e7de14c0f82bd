"""Several at once on one conversation, in threads: SQLite lets writers in one by one and would hide it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from privacy import audit
from shop.states import InvalidTransition
from support import mailbox, tickets
from support.models import Message, Ticket
from tests.factories import AgentFactory, MarketFactory, TicketFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
AT_ONCE = 8
RAW = b"From: zoe@example.org\r\nSubject: The glaze\r\nMessage-ID: <one@example.org>\r\n\r\nIs it lead-free?"


@pytest.fixture(autouse=True)
def market():
    return MarketFactory()


def together(deed) -> list:
    """Run it in threads that all start at once; each with a connection of its own."""
    gate = Barrier(AT_ONCE)

    def run(number: int):
        gate.wait()
        try:
            return deed(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_a_mail_that_is_delivered_many_times_at_once_is_one_ticket():
    outcomes = together(lambda number: mailbox.receive(RAW))

    assert sorted(outcomes) == ["duplicate"] * (AT_ONCE - 1) + ["opened"]
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 1)


def test_replies_and_answers_at_once_are_all_kept_and_the_chain_holds():
    ticket, agent = TicketFactory(), AgentFactory()

    def write(number: int):
        mine = Ticket.objects.get(pk=ticket.pk)
        if number % 2:
            return tickets.reply(mine, body=f"reply {number}")
        return tickets.answer(mine, body=f"answer {number}", agent=agent)

    together(write)

    last = ticket.messages.order_by("pk").last()
    ticket.refresh_from_db()
    assert ticket.messages.count() == AT_ONCE
    assert ticket.status == ("open" if last.author == "requester" else "pending")
    assert audit.verify()


def test_a_question_is_solved_once_and_told_once():
    ticket, agent = TicketFactory(), AgentFactory()

    def solve(number: int) -> str:
        try:
            tickets.solve(Ticket.objects.get(pk=ticket.pk), actor=agent)
        except InvalidTransition:
            return "refused"
        return "solved"

    assert sorted(together(solve)) == ["refused"] * (AT_ONCE - 1) + ["solved"]
    assert ticket.subject.notifications.filter(event="ticket_solved", channel="email").count() == 1
