"""Chat: a ticket written and read live, with or without JavaScript, cookies and an account."""

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from privacy import export
from privacy.models import AuditEvent
from support import chat, links, tickets
from support.chat import Side
from support.models import Message, Ticket
from tests.factories import (
    AgentFactory,
    AttachmentFactory,
    MarketFactory,
    MessageFactory,
    TicketFactory,
    plain_picture,
)

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SAID = "Is <b>it</b> lead-free? & “safe”\n  indented"


@pytest.fixture(autouse=True)
def market():
    return MarketFactory()


@pytest.fixture(autouse=True)
def open_hours(time_machine):
    time_machine.move_to(TUESDAY, tick=False)


@pytest.fixture
def ticket():
    ticket = TicketFactory(source="chat", category="other", title="")
    MessageFactory(ticket=ticket, body=SAID)
    return ticket


@pytest.fixture
def agent():
    agent = AgentFactory()
    rights = Permission.objects.filter(
        codename__in=("view_ticket", "change_ticket"), content_type__app_label="support"
    )
    agent.user_permissions.add(*rights)
    return agent


@pytest.fixture
def address(path_of, ticket):
    """`address("support:chat_lines")`: an address of the chat as the one who asks has it."""

    def of(name="support:chat"):
        return path_of(name, links.page_token(ticket))

    return of


def desk(ticket: Ticket, part: str = "") -> str:
    return reverse(f"admin:support_ticket_chat{part}", args=[ticket.pk])


# --- Beginning ----------------------------------------------------------------------------------------------


def test_anybody_may_start_without_a_name_an_account_or_a_cookie(client, path_of):
    answer = client.post(path_of("support:chat_start"), {"body": SAID}, follow=True)

    ticket = Ticket.objects.with_keys().get()
    assert answer.redirect_chain[0][0].endswith(path_of("support:chat", links.page_token(ticket)))
    assert ticket.source == Ticket.Source.CHAT
    assert "Is &lt;b&gt;it&lt;/b&gt; lead-free?" in answer.text
    assert answer.cookies == {}
    assert answer["Cache-Control"] == "no-store"
    assert mail.outbox == []  # they see that we have it


def test_who_is_signed_in_is_not_asked_again(client, path_of):
    alice = AgentFactory(is_staff=False)
    client.force_login(alice)

    form = client.get(path_of("support:chat_start"))
    client.post(path_of("support:chat_start"), {"body": SAID})

    assert 'name="email"' not in form.text
    assert Ticket.objects.get().subject == alice.subject


def test_when_nobody_is_here_it_becomes_an_ordinary_question(client, path_of, time_machine):
    time_machine.move_to(SUNDAY, tick=False)

    form = client.get(path_of("support:chat_start"))
    answer = client.post(path_of("support:chat_start"), {"body": SAID, "email": "zoe@example.org"})

    ticket = Ticket.objects.get()
    assert "Nobody is here at the moment" in form.text
    assert "24 November" in form.text
    assert ticket.source == Ticket.Source.FORM
    assert ticket.due_at > timezone.now()
    assert answer["Location"].endswith("/received/")


def test_an_empty_chat_and_a_card_number_are_refused(client, path_of):
    empty = client.post(path_of("support:chat_start"), {"body": "  "})
    card = client.post(path_of("support:chat_start"), {"body": "pay with 4111 1111 1111 1111"})

    assert "Please write something" in empty.text
    assert "card number" in card.text
    assert not Ticket.objects.exists()


def test_somebody_who_starts_again_and_again_is_slowed_down(client, path_of):
    for _n in range(5):
        client.post(path_of("support:chat_start"), {"body": "Hello"})

    answer = client.post(path_of("support:chat_start"), {"body": "Hello"})

    assert "several times just now" in answer.text
    assert Ticket.objects.count() == 5


# --- Both ways ----------------------------------------------------------------------------------------------


def test_both_sides_write_and_read(client, address, ticket, agent):
    client.post(address(), {"body": "And dishwasher-proof?"})
    client.force_login(agent)

    at_the_desk = client.get(desk(ticket))
    client.post(desk(ticket), {"body": "It is <both>."})
    client.logout()
    shown = client.get(address())

    assert "And dishwasher-proof?" in at_the_desk.text
    assert "Is &lt;b&gt;it&lt;/b&gt; lead-free?" in at_the_desk.text
    assert "It is &lt;both&gt;." in shown.text
    assert [message.body for message in chat.lines(ticket)] == [
        SAID,
        "And dishwasher-proof?",
        "It is <both>.",
    ]


def test_without_javascript_looking_keeps_what_is_typed(client, address, ticket):
    shown = client.post(address(), {"body": "half a sent", "look": "1"})

    assert ">\nhalf a sent</textarea>" in shown.text
    assert ticket.messages.count() == 1
    assert not shown.context["form"].errors


def test_a_line_that_is_refused_comes_back_as_typed(client, address, ticket):
    shown = client.post(address(), {"body": "4111 1111 1111 1111"})

    assert "4111 1111 1111 1111</textarea>" in shown.text
    assert ticket.messages.count() == 1


def test_a_photo_can_be_shown(client, address, ticket):
    client.post(address(), {"body": "Look", "evidence": plain_picture("crack.png")})

    shown = client.get(address())

    file = ticket.messages.last().attachments.get()
    assert f"/files/{file.reference}/" in shown.text
    assert client.get(re.search(r'<a href="(\S+/files/\S+)"', shown.text)[1]).status_code == 200


def test_only_what_is_new_is_sent_to_a_page_that_is_open(client, address, ticket):
    first = ticket.messages.get()
    MessageFactory(ticket=ticket, body="Second <i>", author="agent")

    shown = client.get(address("support:chat_lines"), {"after": first.pk})
    everything = client.get(address("support:chat_lines"), {"after": "x" * 30})

    assert "Second &lt;i&gt;" in shown.text
    assert "lead-free" not in shown.text
    assert "<html" not in shown.text
    assert "lead-free" in everything.text


def test_internal_notes_are_not_part_of_the_chat(client, address, ticket):
    MessageFactory(ticket=ticket, body="Speaks in riddles", author="agent", kind="note")

    assert "riddles" not in client.get(address()).text
    assert "riddles" not in client.get(address("support:chat_lines")).text


def test_looking_costs_few_queries(client, address, ticket, django_assert_max_num_queries):
    MessageFactory.create_batch(20, ticket=ticket)
    client.get(address("support:chat_lines"))

    with django_assert_max_num_queries(8):
        client.get(address("support:chat_lines"))


def test_what_was_read_is_marked(client, address, ticket, agent):
    mine = ticket.messages.get()
    assert "chat__read" not in client.get(address()).text

    client.force_login(agent)
    client.get(desk(ticket, "_lines"))
    client.logout()

    mine.refresh_from_db()
    assert mine.read_at == timezone.now()
    assert "Read Tuesday, 24 November" in client.get(address()).text
    assert "Somebody from" in client.get(address("support:chat_lines")).text


# --- Answers and mail ---------------------------------------------------------------------------------------


def told(ticket: Ticket) -> list[str]:
    return list(
        Notification.objects.filter(subject=ticket.subject, channel="email").values_list("event", flat=True)
    )


def test_who_is_reading_gets_no_mail_about_an_answer(client, address, ticket, agent):
    client.get(address())

    chat.answer(ticket, body="Yes.", agent=agent)

    ticket.refresh_from_db()
    assert told(ticket) == []
    assert ticket.status == Ticket.Status.PENDING
    assert ticket.first_answered_at
    assert ticket.assignee == agent


def test_who_has_left_gets_the_answer_by_mail(client, address, ticket, agent, time_machine):
    client.get(address())
    time_machine.shift(chat.HERE_FOR + 1)

    chat.answer(ticket, body="Yes.", agent=agent)

    assert told(ticket) == ["ticket_answered"]


def test_another_agent_takes_over(client, ticket, agent):
    other = AgentFactory(name="Bo", is_superuser=True)
    client.force_login(agent)

    client.post(desk(ticket, "_hand_over"), {"to": other.pk})

    ticket.refresh_from_db()
    assert ticket.assignee == other
    assert "A colleague goes on" in chat.lines(ticket).last().body
    assert AuditEvent.objects.filter(action="ticket.assigned").exists()


def test_a_chat_is_not_handed_to_somebody_who_cannot_answer(client, ticket, agent):
    client.force_login(agent)

    client.post(desk(ticket, "_hand_over"), {"to": AgentFactory().pk})

    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_at_the_end_the_conversation_comes_by_mail(
    client, address, ticket, agent, relays, django_capture_on_commit_callbacks
):
    client.get(address())
    chat.answer(ticket, body="It is <safe>.", agent=agent)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(address("support:chat_end"))

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.SOLVED
    assert told(ticket) == ["chat_transcript"]
    [letter] = mail.outbox
    assert SAID.splitlines()[0] in letter.body
    assert "It is <safe>." in letter.body
    assert "/rate/" in letter.body
    assert "It is &lt;safe&gt;." in letter.alternatives[0].content
    assert "This chat has ended" in client.get(address()).text


@pytest.mark.promise("A-I.15")
def test_the_copy_of_somebodys_data_holds_the_chat_and_what_was_said_on_the_phone(ticket, agent):
    AttachmentFactory(message=ticket.messages.get())
    chat.answer(ticket, body="It is safe.", agent=agent)
    tickets.call_note(ticket, body="Asked about the glaze again.", agent=agent)

    export.write(ticket.subject, copy := io.BytesIO())

    with zipfile.ZipFile(copy) as archive:
        words = archive.read("data.json").decode()
        files = [name for name in archive.namelist() if name.endswith(".webp")]
    assert "lead-free" in words
    assert "It is safe." in words
    assert "Asked about the glaze again." in words
    assert len(files) == 1


def test_who_leaves_before_an_answer_is_answered_later(client, address, ticket):
    client.post(address("support:chat_end"))

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.OPEN
    assert "You left the chat" in client.get(address()).text


def test_ending_twice_ends_once(client, address, ticket, agent):
    client.get(address())
    chat.answer(ticket, body="Yes.", agent=agent)

    client.post(address("support:chat_end"))
    client.post(address("support:chat_end"))

    assert told(ticket) == ["chat_transcript"]


def test_writing_after_the_end_opens_it_again(client, address, ticket, agent):
    client.get(address())
    chat.answer(ticket, body="Yes.", agent=agent)
    chat.end(ticket, actor=agent)

    client.post(address(), {"body": "One more thing"})

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.OPEN


def test_what_is_closed_is_followed_by_a_chat_of_its_own(client, address, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(status="closed", closed_at=timezone.now())

    answer = client.post(address(), {"body": "It broke again"}, follow=True)

    assert "It broke again" in answer.text
    assert Ticket.objects.count() == 2
    assert links.page_token(Ticket.objects.get(status="open")) in answer.redirect_chain[0][0]


# --- Listening ----------------------------------------------------------------------------------------------


def test_a_listener_is_told_at_once_and_when_something_changes(ticket, monkeypatch):
    monkeypatch.setattr(chat, "SECONDS_BETWEEN", 0.01)
    events = chat.listen(ticket, Side.REQUESTER, seconds=0.05)

    first, still = next(events), next(events)
    MessageFactory(ticket=ticket)
    changed = next(events)
    rest = list(events)

    assert first.startswith("data: ")
    assert still == ":\n\n"
    assert changed.startswith("data: ")
    assert changed != first
    assert len(rest) == 2
    assert chat.is_here(ticket, Side.REQUESTER)


def test_listeners_never_take_every_thread(client, address, ticket, monkeypatch):
    monkeypatch.setattr(chat, "SECONDS_BETWEEN", 0.01)
    taken = [chat.listen(ticket, Side.AGENT) for _n in range(3)]

    refused = client.get(address("support:chat_events"))
    for events in taken:
        events.close()
    heard = client.get(address("support:chat_events"))

    assert refused.status_code == 204
    assert heard.status_code == 200
    assert heard["Content-Type"] == "text/event-stream"
    assert b"data: " in next(iter(heard.streaming_content))
    heard.close()


# --- Strangers ----------------------------------------------------------------------------------------------


NAMES = ("support:chat", "support:chat_lines", "support:chat_events", "support:chat_end")


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_gets_404(client, path_of, ticket, name):
    other = TicketFactory(source="form")
    tokens = [ticket.reference + "x" * 43, "x", links.page_token(other)]
    ask = client.post if name == "support:chat_end" else client.get

    assert [ask(path_of(name, token)).status_code for token in tokens] == [404] * 3


@pytest.mark.parametrize("part", ["", "_lines", "_events", "_hand_over", "_end"])
def test_staff_without_the_right_sees_no_chat(client, ticket, part):
    client.force_login(AgentFactory())
    ask = client.post if part in ("_hand_over", "_end") else client.get

    assert ask(desk(ticket, part)).status_code in (403, 404)
    assert not Message.objects.exclude(author="requester").exists()


def test_an_agent_does_not_see_chats_about_rights(client, ticket, agent):
    Ticket.objects.update(category="privacy")
    client.force_login(agent)

    assert client.get(desk(ticket)).status_code == 404
