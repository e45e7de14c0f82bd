"""The agents' desk: what an agent finds, sees, does, and does not see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, User
from privacy.models import AuditEvent, PrivacyRequest
from support import desk, macros, tickets
from support.models import Macro, Message, Tag, Ticket
from tests.factories import (
    AttachmentFactory,
    FulfilmentFactory,
    MarketFactory,
    MessageFactory,
    OrderAddressFactory,
    OrderFactory,
    OrderLineFactory,
    TicketFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/support/ticket/"


@pytest.fixture
def agent(staff):
    return staff("support")


@pytest.fixture
def alice():
    return User.objects.create_user(
        "alice@mail.example", "a long password", name="Alice Aldermann", phone="+493055501234", country="DE"
    )


@pytest.fixture
def ticket():
    """About an order, with a first message."""
    order = OrderFactory()
    OrderAddressFactory(order=order)
    FulfilmentFactory(order=order)
    line = OrderLineFactory(order=order)
    ticket = TicketFactory(subject=order.subject, category="order", order=order, order_line=line)
    MessageFactory(ticket=ticket, body="Where is my parcel?")
    return ticket


def page_of(ticket: Ticket) -> str:
    return reverse("admin:support_ticket_change", args=[ticket.pk])


def do(client, ticket, deed, **data):
    return client.post(reverse("admin:support_ticket_deed", args=[ticket.pk, deed]), data, follow=True)


def references(page) -> list[str]:
    return [ticket.reference for ticket in page.context["cl"].result_list]


def counts(page) -> dict[str, int]:
    return {counted.queue.name: counted.count for counted in page.context["queues"]}


# --- Queues -------------------------------------------------------------------------------------------------


def test_the_desk_opens_with_what_is_due_soonest(client, agent):
    now = timezone.now()
    later = TicketFactory(due_at=now + timedelta(hours=5))
    late = TicketFactory(due_at=now - timedelta(hours=3))
    soon = TicketFactory(due_at=now + timedelta(hours=1))
    TicketFactory(status="pending")

    page = client.get(LIST, follow=True)

    assert references(page) == [late.reference, soon.reference, later.reference]
    assert "Overdue by 3\xa0hours" in page.text


def test_each_queue_says_how_many_wait(client, agent):
    TicketFactory(assignee=agent)
    TicketFactory(source="chat", due_at=timezone.now() - timedelta(hours=1))
    TicketFactory(status="pending")
    TicketFactory(status="solved", assignee=agent)

    page = client.get(LIST, {"queue": "mine"})

    assert len(references(page)) == 1
    assert counts(page) == {
        "mine": 1,
        "unassigned": 1,
        "waiting": 2,
        "overdue": 1,
        "chats": 1,
        "pending": 1,
        "all": 4,
    }


@pytest.mark.promise("B-3.6", "B-10.2")
def test_questions_about_rights_have_a_queue_and_readers_of_their_own(client, staff):
    sealed = [TicketFactory(category="privacy"), TicketFactory(category="guardian")]
    locked = TicketFactory(subject__status="restricted")

    staff("support")
    seen_by_support = client.get(LIST, {"queue": "all"})
    opened = {client.get(page_of(ticket)).status_code for ticket in [*sealed, locked]}
    staff("privacy")
    seen_by_privacy = client.get(LIST, {"queue": "rights"})

    assert references(seen_by_support) == []
    assert "rights" not in counts(seen_by_support)
    assert opened == {404}
    assert sorted(references(seen_by_privacy)) == sorted(ticket.reference for ticket in sealed)
    assert counts(seen_by_privacy)["all"] == 3


def test_searching_looks_everywhere_by_reference_or_order_number_only(client, agent, ticket):
    tickets.solve(ticket)

    by_reference = client.get(LIST, {"queue": "mine", "q": ticket.reference[:6].lower()})
    by_number = client.get(LIST, {"q": ticket.order.number})
    by_person = [client.get(LIST, {"q": words}) for words in ("zoe.muller@example.org", "Müller", "parcel")]

    assert references(by_reference) == references(by_number) == [ticket.reference]
    assert [references(page) for page in by_person] == [[], [], []]


def test_the_list_is_filtered(client, agent, alice):
    gift = Tag.objects.create(name="gift")
    wanted = TicketFactory(category="return", priority=4, assignee=agent)
    wanted.tags.add(gift)
    TicketFactory()

    page = client.get(LIST, {"queue": "all", "tags__id__exact": gift.pk})
    others = [{"category": "return"}, {"priority": 4}, {"assignee__id__exact": agent.pk}, {"status": "open"}]
    found = [references(client.get(LIST, {"queue": "waiting", **chosen})) for chosen in others]

    assert references(page) == [wanted.reference]
    assert found[:3] == [[wanted.reference]] * 3
    assert len(found[3]) == 2
    assert "Ines support" in page.text
    assert "Alice" not in page.text


def test_the_list_costs_as_many_queries_for_many_tickets(client, agent, django_assert_max_num_queries):
    for _ticket in range(12):
        TicketFactory(assignee=agent).tags.add(Tag.objects.get_or_create(name="gift")[0])

    with django_assert_max_num_queries(16):
        assert len(references(client.get(LIST, {"queue": "waiting"}))) == 12


@pytest.mark.promise("A-V.5", "A-V.8")
def test_the_list_shows_no_person(client, agent):
    TicketFactory(title="About my illness")

    page = client.get(LIST, {"queue": "all"})

    for secret in ("Zoë", "zoe.muller", "illness"):
        assert secret not in page.text


# --- One ticket ---------------------------------------------------------------------------------------------


def test_one_page_tells_the_whole_story(client, agent, ticket, django_assert_max_num_queries):
    earlier = TicketFactory(subject=ticket.subject, category="return", status="closed")
    tickets.note(ticket, body="Ask the carrier first.", agent=agent)
    tickets.call_note(ticket, body="Will ring again.", agent=agent)
    photo = AttachmentFactory(message=ticket.messages.first())

    with django_assert_max_num_queries(40):
        page = client.get(page_of(ticket))

    for part in (
        "Where is my parcel?",
        "Internal note",
        "Ask the carrier first.",
        "Note of a call",
        "Will ring again.",
        "Ines support",
        "Moon jar",
        ticket.order.number,
        earlier.reference,
        "z•••@e•••",
        reverse("admin:support_ticket_evidence", args=[photo.reference]),
    ):
        assert part in page.text


@pytest.mark.promise("A-V.5", "A-V.8")
def test_the_page_shows_no_more_of_a_person_than_the_ticket_needs(client, agent, alice, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(subject=alice.subject)
    ticket = TicketFactory(subject=alice.subject, order=ticket.order, name="", email="")

    page = client.get(page_of(ticket))

    assert "a•••@m•••" in page.text
    for secret in ("alice@mail.example", "5550123", "Hauptstraße", "10115", "zoe.muller"):
        assert secret not in page.text


def test_reading_is_written_down_once_an_hour(client, agent, ticket, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    client.get(page_of(ticket))
    client.get(page_of(ticket))
    time_machine.shift(timedelta(minutes=61))
    client.get(page_of(ticket))

    read = AuditEvent.objects.filter(action="ticket.read", subject_ref=ticket.subject.audit_ref)
    assert [event.data for event in read] == [{"role": "support"}] * 2
    assert {event.actor_ref for event in read} == {agent.subject.audit_ref}


def test_the_customer_sees_that_somebody_read_it(client, staff, alice, path_of):
    ticket = TicketFactory(subject=alice.subject)
    MarketFactory()
    staff("support")
    client.get(page_of(ticket))

    client.force_login(alice)
    page = client.get(path_of("privacy:mine"))

    assert "Customer service: read" in page.text
    assert "Ines" not in page.text


def test_what_people_write_stays_text(client, agent):
    ticket = TicketFactory(title="<script>alert(1)</script>", name="<b>Zoë</b>")
    MessageFactory(ticket=ticket, body="<img src=x onerror=alert(1)>\n{{ name }}")

    page = client.get(page_of(ticket))

    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "<b>Zoë" not in page.text
    assert "{{ name }}" in page.text


# --- Deeds --------------------------------------------------------------------------------------------------


def test_an_answer_reaches_the_person(client, agent, ticket):
    page = do(client, ticket, "answer", body="It left this morning.")

    ticket.refresh_from_db()
    answer = ticket.messages.get(author="agent")
    assert "It left this morning." in page.text
    assert answer.agent == agent
    assert ticket.status == Ticket.Status.PENDING
    assert Notification.objects.filter(event="ticket_answered", subject=ticket.subject).exists()


def test_an_answer_can_solve(client, agent, ticket):
    do(client, ticket, "answer", body="It left this morning.", solve="1")

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.SOLVED


def test_an_empty_answer_is_not_sent(client, agent, ticket):
    page = do(client, ticket, "answer", body=" ")

    assert "This field is required" in page.text
    assert not ticket.messages.filter(author="agent").exists()


def test_a_note_is_for_colleagues(client, agent, ticket):
    do(client, ticket, "note", body="Be generous.")

    note = ticket.messages.get(kind="note")
    assert note not in ticket.messages.public()
    assert not Notification.objects.filter(event="ticket_answered").exists()


def test_a_call_is_noted_only_if_the_person_was_told(client, agent, ticket):
    untold = do(client, ticket, "call", body="Wants it on Friday.")
    before = ticket.messages.filter(kind="call").count()
    do(client, ticket, "call", body="Wants it on Friday.", announced="on")

    assert "without their knowing" in untold.text
    assert before == 0
    assert ticket.messages.get(kind="call").body == "Wants it on Friday."


def test_a_ticket_is_taken_assigned_and_given_back(client, staff, ticket):
    colleague = staff("privacy")
    agent = staff("support")

    do(client, ticket, "take")
    taken_by = Ticket.objects.get(pk=ticket.pk).assignee
    do(client, ticket, "assign", agent=colleague.pk)
    assigned_to = Ticket.objects.get(pk=ticket.pk).assignee
    do(client, ticket, "assign", agent="")

    assert (taken_by, assigned_to) == (agent, colleague)
    assert Ticket.objects.get(pk=ticket.pk).assignee is None
    assert AuditEvent.objects.filter(action="ticket.assigned").count() == 3


def test_nobody_gets_a_ticket_they_may_not_see(staff, ticket):
    support, privacy, packer = staff("support"), staff("privacy"), staff("fulfilment")
    owner = User.objects.create_superuser("owner@shop.example")

    about_rights = TicketFactory(category="privacy")

    assert list(desk.agents_for(ticket)) == [support, privacy, owner]
    assert list(desk.agents_for(about_rights)) == [privacy, owner]
    assert packer not in desk.agents_for(ticket)


def test_priority_tags_and_category(client, agent, ticket):
    late = Tag.objects.create(name="late parcel")

    do(client, ticket, "prioritise", priority="4")
    do(client, ticket, "tag", tags=[late.pk])
    do(client, ticket, "sort", category="complaint")

    ticket.refresh_from_db()
    assert ticket.priority == Ticket.Priority.URGENT
    assert list(ticket.tags.all()) == [late]
    assert ticket.category == Ticket.Category.COMPLAINT


def test_sorted_among_the_rights_it_leaves_the_agents_sight(client, agent, ticket):
    page = do(client, ticket, "sort", category="privacy")

    assert page.redirect_chain[0][0] == LIST
    assert client.get(page_of(ticket)).status_code == 404


def test_solving_closing_and_opening_again_ask_first(client, agent, ticket):
    question = client.get(reverse("admin:support_ticket_deed", args=[ticket.pk, "close"]))
    do(client, ticket, "solve")
    solved = Ticket.objects.get(pk=ticket.pk).status
    do(client, ticket, "reopen")
    opened = Ticket.objects.get(pk=ticket.pk).status
    do(client, ticket, "close")

    assert "Close it for good?" in question.text
    assert (solved, opened) == ("solved", "open")
    assert Ticket.objects.get(pk=ticket.pk).status == "closed"
    assert "not possible" in do(client, ticket, "solve").text


def test_tickets_of_one_person_are_joined(client, agent, ticket):
    other = TicketFactory(subject=ticket.subject)

    do(client, ticket, "merge", reference=other.reference.lower())

    assert Ticket.objects.get(pk=ticket.pk).merged_into == other
    assert other.messages.filter(kind="reply").get().body == "Where is my parcel?"


def test_tickets_of_two_people_stay_apart(client, agent, ticket):
    other, hidden = TicketFactory(), TicketFactory(category="privacy")

    refused = do(client, ticket, "merge", reference=other.reference)
    unseen = do(client, ticket, "merge", reference=hidden.reference)

    assert "not of the same person" in refused.text
    assert "There is no such ticket" in unseen.text
    assert Ticket.objects.get(pk=ticket.pk).merged_into is None


def test_an_agent_files_a_request_for_somebody(client, agent, ticket):
    do(client, ticket, "request", kind="access")
    again = do(client, ticket, "request", kind="erasure")

    request = PrivacyRequest.objects.get(subject=ticket.subject)
    assert (request.kind, request.source) == ("access", "staff")
    assert Ticket.objects.get(pk=ticket.pk).privacy_request == request
    assert "filed with this ticket already" in again.text


@pytest.mark.promise("A-IV.4")
def test_an_agent_corrects_contact_details_and_the_person_is_told(client, agent, alice):
    ticket = TicketFactory(subject=alice.subject)

    do(client, ticket, "correct", name="", phone="030 5550 9999")

    alice = User.objects.get(pk=alice.pk)
    told = Notification.objects.filter(subject=alice.subject, event="contact_changed")
    assert (alice.name, alice.phone) == ("Alice Aldermann", "+493055509999")
    assert alice.phone_verified_at is None
    assert {notification.channel for notification in told} >= {"email"}
    assert told[0].data["changes"] == [{"field": "phone", "was": "•••34", "now": "•••99"}]
    request = PrivacyRequest.objects.get(subject=alice.subject)
    assert (request.kind, request.status) == ("rectification", "completed")
    event = AuditEvent.objects.get(action="account.contact_changed")
    assert event.actor_ref == agent.subject.audit_ref
    assert event.data == {"fields": "phone"}


def test_guests_have_no_contact_details_to_correct(client, agent, ticket):
    page = client.get(page_of(ticket))
    refused = do(client, ticket, "correct", name="Zoe")

    assert "Correct contact details" not in page.text
    assert "no account" in refused.text


@pytest.mark.parametrize("deed", ["answer", "note", "take", "close", "request"])
def test_who_may_only_look_does_nothing(client, staff, ticket, deed):
    reader = staff("marketing")
    answers = do(client, ticket, deed, body="Hello", kind="access").status_code

    assert answers == 403
    assert not reader.has_perm("support.view_ticket")
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("path", ["999/change/", "x/change/", "999/do/take/", "evidence/x/"])
def test_what_does_not_exist_is_not_found(client, agent, path):
    assert client.get(LIST + path).status_code == 404


def test_an_unknown_deed_is_not_found(client, agent, ticket):
    assert client.post(f"{LIST}{ticket.pk}/do/fly/").status_code == 404


def test_tickets_are_not_edited_or_deleted_by_hand(client, agent, ticket):
    client.post(page_of(ticket), {"email": "other@example.org", "status": "closed"})
    deleted = client.post(f"{LIST}{ticket.pk}/delete/", {"post": "yes"})

    assert deleted.status_code == 403
    assert Ticket.objects.with_keys().get(pk=ticket.pk).email == "zoe.muller@example.org"


def test_evidence_is_shown_to_those_who_see_the_ticket(client, staff, ticket):
    photo = AttachmentFactory(message=ticket.messages.first())
    sealed = AttachmentFactory(message__ticket__category="privacy")
    paths = [reverse("admin:support_ticket_evidence", args=[file.reference]) for file in (photo, sealed)]

    staff("support")
    seen = [client.get(path).status_code for path in paths]
    staff("fulfilment")

    assert seen == [200, 404]
    assert [client.get(path).status_code for path in paths] == [404, 404]


# --- Prepared answers ---------------------------------------------------------------------------------------


@pytest.fixture
def macro():
    return Macro.objects.create(
        name="On its way",
        body_en="Hello {{ name }},\norder {{order_number}} has left.\n{{ agent }}",
        body_de="Guten Tag {{ name }},\nBestellung {{ order_number }} ist unterwegs.\n{{ agent }}",
    )


def test_a_prepared_answer_is_put_below_what_was_typed(client, agent, ticket, macro):
    Ticket.objects.filter(pk=ticket.pk).update(language="de")

    page = do(client, ticket, "answer", body="Gute Nachricht!", macro=macro.pk, insert="1")

    body = page.context["forms"]["answer"].initial["body"]
    number = ticket.order.number
    assert body == (
        f"Gute Nachricht!\n\nGuten Tag Zoë Müller,\nBestellung {number} ist unterwegs.\nInes support"
    )
    assert not ticket.messages.filter(author="agent").exists()


def test_without_an_order_its_number_cannot_be_filled_in(client, agent, macro):
    ticket = TicketFactory()

    page = do(client, ticket, "answer", body="Typed already", macro=macro.pk, insert="1")

    assert "fill in for “order_number”." in page.text
    assert page.context["forms"]["answer"].initial["body"] == "Typed already"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {{ name }},", "Hello Zoë,"),
        ("Hello{{name}}", "HelloZoë"),
        ("{% load static %}{{ name }}", "{% load static %}Zoë"),
        ("{ name }", "{ name }"),
    ],
)
def test_only_names_are_filled_in(text, filled):
    assert macros.fill(text, {"name": "Zoë"}) == filled


def test_without_a_name_there_is_no_gap():
    assert macros.fill("Hello {{ name }},", {"name": ""}) == "Hello,"


def test_what_is_filled_in_is_not_read_again():
    assert macros.fill("{{ name }}", {"name": "{{ agent }}"}) == "{{ agent }}"


@pytest.mark.parametrize("text", ["{{ email }}", "{{ name|upper }}", "{{ ticket.email }}", "{{ }}"])
def test_an_unknown_variable_is_a_clear_error(client, admin_client, text):
    with pytest.raises(macros.CannotFillIn, match="What can be filled in: reference, name"):
        macros.check(text)

    page = admin_client.post(
        "/admin/support/macro/add/", {"name": "Odd", "body_en": text, "body_de": "", "position": 0}
    )
    assert "What can be filled in" in page.text
    assert not Macro.objects.exists()


def test_a_prepared_answer_is_shown_as_it_would_read(admin_client, macro):
    page = admin_client.get(f"/admin/support/macro/{macro.pk}/change/")

    assert "Guten Tag Zoë Müller," in page.text


# --- The log of changes -------------------------------------------------------------------------------------


def test_nobody_but_who_answers_reads_the_words(client, staff, ticket):
    for role in ("", "fulfilment", "catalogue", "marketing"):
        staff(role)
        assert client.get(page_of(ticket)).status_code == 403
        assert client.get(LIST, follow=True).status_code == 403
    assert Message.objects.count() == 1
