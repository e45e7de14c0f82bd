"""What can be done with a ticket, and what must not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from privacy.models import AuditEvent, DataSubject, SubjectIdentifier
from support import tickets
from support.models import Message, Ticket
from tests.factories import AgentFactory, TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return AgentFactory()


def open_one(**values) -> Ticket:
    return tickets.open_ticket(
        **{
            "category": "product",
            "title": "The glaze",
            "body": "Is it lead-free?",
            "name": "Zoë Müller",
            "email": "zoe.muller@example.org",
            "language": "en",
            "country": "DE",
        }
        | values
    )


def test_a_stranger_becomes_a_person_of_their_own_whose_address_is_not_proven():
    ticket = open_one()

    assert ticket.subject.kind == DataSubject.Kind.TICKET_WRITER
    identifier = SubjectIdentifier.objects.matching("email", "ZOE.MULLER@example.org").get()
    assert identifier.subject == ticket.subject
    assert identifier.verified_at is None


def test_what_somebody_wrote_lies_encrypted_in_the_database(django_assert_num_queries):
    ticket = open_one()

    stored = Ticket.objects.filter(pk=ticket.pk).values_list("title", "name", "email").get()
    body = Message.objects.filter(ticket=ticket).values_list("body", flat=True).get()

    assert all(b"glaze" not in sealed.data and b"Zo" not in sealed.data for sealed in stored)
    assert b"lead" not in body.data
    read = Message.objects.select_related("subject__key").get(ticket=ticket)
    assert read.body == "Is it lead-free?"


def test_an_answer_waits_for_the_requester_and_a_reply_for_us_again(agent):
    ticket = open_one()

    tickets.answer(ticket, body="It is.", agent=agent)
    answered = Ticket.objects.get(pk=ticket.pk)
    tickets.reply(ticket, body="And the clay?")
    replied = Ticket.objects.get(pk=ticket.pk)

    assert (answered.status, answered.due_at) == ("pending", None)
    assert answered.first_answered_at
    assert replied.status == "open"
    assert replied.due_at > timezone.now()
    assert replied.first_answered_at == answered.first_answered_at
    assert [message.author for message in ticket.messages.all()] == ["requester", "agent", "requester"]


def test_a_second_question_before_the_answer_keeps_the_first_ones_time():
    ticket = open_one()
    due = Ticket.objects.get(pk=ticket.pk).due_at

    tickets.reply(ticket, body="And the clay?")

    assert Ticket.objects.get(pk=ticket.pk).due_at == due


def test_a_reply_within_two_weeks_opens_a_solved_ticket_again(agent):
    ticket = open_one()
    tickets.answer(ticket, body="It is.", agent=agent, solve=True)
    Ticket.objects.filter(pk=ticket.pk).update(solved_at=timezone.now() - timedelta(days=13))

    message = tickets.reply(ticket, body="But the clay?")

    assert message.ticket_id == ticket.pk
    assert Ticket.objects.get(pk=ticket.pk).status == "open"
    assert "Opened again." in [entry.body for entry in ticket.messages.all()]


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_reply_after_that_opens_a_new_ticket_which_says_so(agent, is_closed):
    ticket = open_one()
    tickets.solve(ticket, actor=agent)
    Ticket.objects.filter(pk=ticket.pk).update(solved_at=timezone.now() - timedelta(days=15))
    if is_closed:
        tickets.close_settled()

    message = tickets.reply(ticket, body="But the clay?")

    assert message.ticket_id != ticket.pk
    assert message.ticket.subject_id == ticket.subject_id
    assert f"This goes on from {ticket.reference}, which is closed." in [
        entry.body for entry in message.ticket.messages.all()
    ]


def test_nobody_answers_a_closed_ticket(agent):
    ticket = open_one()
    tickets.close(ticket, actor=agent)

    with pytest.raises(tickets.TicketClosed):
        tickets.answer(ticket, body="One more thing", agent=agent)


def test_solved_tickets_close_after_two_weeks(agent):
    early, late = TicketFactory(), TicketFactory()
    for ticket in (early, late):
        tickets.solve(ticket, actor=agent)
    Ticket.objects.filter(pk=early.pk).update(solved_at=timezone.now() - timedelta(days=14))

    tickets.close_settled()

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, late.status) == ("closed", "solved")
    assert early.closed_at


def test_notes_are_not_public(agent):
    ticket = open_one()

    tickets.note(ticket, body="Ask the workshop", agent=agent)
    tickets.call_note(ticket, body="She called about it", agent=agent)

    assert [message.kind for message in ticket.messages.public()] == ["reply"]
    assert Ticket.objects.get(pk=ticket.pk).first_answered_at


def test_two_tickets_of_one_person_are_merged(agent):
    first = open_one()
    second = open_one(subject=first.subject)

    tickets.merge(second, into=first, actor=agent)

    second.refresh_from_db()
    assert (second.status, second.merged_into) == ("closed", first)
    assert first.messages.count() == 3
    assert second.messages.count() == 0


def test_tickets_of_two_people_are_not_merged_even_with_the_same_address(agent):
    first, second = open_one(), open_one()

    with pytest.raises(tickets.NotTheSamePerson):
        tickets.merge(second, into=first, actor=agent)


def test_only_what_is_solved_is_rated(agent):
    ticket = open_one()
    with pytest.raises(tickets.NotSolved):
        tickets.rate(ticket, rating=5)
    tickets.solve(ticket)

    tickets.rate(ticket, rating=4, note="Quick!")

    ticket.refresh_from_db()
    assert (ticket.rating, ticket.rating_note) == (4, "Quick!")


@pytest.mark.parametrize(("category", "kind"), [("privacy", "access"), ("guardian", "guardian")])
def test_a_question_about_rights_is_a_privacy_request(category, kind):
    ticket = open_one(category=category)

    assert ticket.privacy_request.kind == kind
    assert ticket.privacy_request.subject == ticket.subject
    assert ticket.privacy_request.due_on > timezone.localdate()


def test_every_deed_leaves_an_event_without_a_word_of_the_conversation(agent):
    ticket = open_one()
    tickets.assign(ticket, agent=agent, actor=agent)
    tickets.note(ticket, body="Ask the workshop", agent=agent)
    tickets.answer(ticket, body="It is.", agent=agent)
    tickets.reply(ticket, body="Thanks")
    tickets.solve(ticket, actor=agent)
    tickets.reopen(ticket, actor=agent)
    tickets.close(ticket, actor=agent)

    events = AuditEvent.objects.filter(action__startswith="ticket.").order_by("seq")

    assert [event.action.removeprefix("ticket.") for event in events] == [
        "opened", "assigned", "noted", "answered", "replied", "solved", "reopened", "closed",
    ]  # fmt: skip
    assert all("Zo" not in str(event.data) for event in events)


def test_the_same_news_is_told_once_and_each_answer_by_itself(agent):
    ticket = open_one()

    tickets.answer(ticket, body="It is.", agent=agent)
    tickets.answer(ticket, body="The clay too.", agent=agent)
    tickets.solve(ticket, actor=agent)

    told = ticket.subject.notifications.filter(channel="email").order_by("pk")
    assert [notification.event for notification in told] == [
        "ticket_received", "ticket_answered", "ticket_answered", "ticket_solved",
    ]  # fmt: skip


def test_a_button_pressed_twice_says_it_once():
    ticket = open_one()

    first = tickets.reply(ticket, body="And dishwasher-safe?")
    second = tickets.reply(ticket, body="And dishwasher-safe?")
    other = tickets.reply(ticket, body="And in blue?")

    assert first == second
    assert list(ticket.messages.filter(author="requester"))[1:] == [first, other]
