"""A conversation's own pages: for whoever holds the link, and in the account of whoever began it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts import sending
from support import links, tickets
from support.models import Message, Ticket
from tests.factories import (
    AgentFactory,
    MarketFactory,
    MessageFactory,
    OrderFactory,
    ProcessorFactory,
    TicketFactory,
    plain_picture,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def market():
    """A market to write from, and a relay that may carry our mails."""
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    return MarketFactory()


@pytest.fixture
def agent():
    return AgentFactory()


@pytest.fixture
def alice():
    return AgentFactory(email="alice@example.org", name="Alice", is_staff=False)


@pytest.fixture
def ticket():
    """A guest's, with a question."""
    return MessageFactory(body="Is it <b>lead-free</b>?").ticket


@pytest.fixture
def hers(alice):
    """Alice's, with a question."""
    return MessageFactory(ticket__subject=alice.subject).ticket


def test_the_link_shows_the_thread_and_nobodys_name_or_address(client, ticket, agent):
    tickets.answer(ticket, body="It is.", agent=agent)
    tickets.note(ticket, body="Ask the workshop", agent=agent)

    page = client.get(links.path_of(ticket))

    assert "Is it &lt;b&gt;lead-free&lt;/b&gt;?" in page.text
    assert "It is." in page.text
    for secret in ("Ask the workshop", "Zoë", "zoe.muller", agent.name, agent.email):
        assert secret not in page.text
    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("name", ["ticket", "received", "solve", "rate"])
@pytest.mark.parametrize("change", [lambda token: token[:-1] + "x", lambda token: "2" * 12 + token[12:], len])
def test_any_other_link_is_a_page_that_does_not_exist(client, path_of, ticket, name, change):
    path = path_of(f"support:{name}", change(links.page_token(ticket)))

    answer = client.post(path) if name == "solve" else client.get(path)

    assert answer.status_code == 404


def test_a_link_made_with_a_retired_key_still_opens_its_page(client, ticket, settings):
    path = links.path_of(ticket)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret"

    assert client.get(path).status_code == 200


def test_a_reply_opens_the_ticket_again_and_brings_photos(client, ticket, agent):
    tickets.answer(ticket, body="It is.", agent=agent)

    answer = client.post(links.path_of(ticket), {"body": "Sure?", "evidence": plain_picture("a.png")})

    ticket.refresh_from_db()
    message = ticket.messages.last()
    assert (answer.status_code, ticket.status) == (303, "open")
    assert answer["Location"].endswith(f"#m{message.pk}")
    assert (message.author, message.body, message.attachments.count()) == ("requester", "Sure?", 1)


def test_a_reply_that_is_refused_keeps_what_was_typed(client, ticket):
    page = client.post(links.path_of(ticket), {"body": "Take 4111 1111 1111 1111 <please>"})

    assert "card number" in page.text
    assert "Take 4111 1111 1111 1111 &lt;please&gt;" in page.text
    assert ticket.messages.count() == 1


def test_replies_are_limited(client, ticket):
    answers = [client.post(links.path_of(ticket), {"body": f"No. {n}"}) for n in range(11)]

    assert [answer.status_code for answer in answers] == [303] * 10 + [200]
    assert "No. 10" in answers[-1].text


def test_a_reply_to_a_closed_ticket_leads_to_the_new_one(client, ticket, agent):
    tickets.close(ticket, actor=agent)

    answer = client.post(links.path_of(ticket), {"body": "One more thing"})
    page = client.get(answer["Location"].partition("#")[0])

    assert Ticket.objects.count() == 2
    assert f"This goes on from {ticket.reference}" in page.text


def test_the_link_of_a_merged_ticket_leads_to_where_it_went(client, ticket, agent):
    other = TicketFactory(subject=ticket.subject, title="The other one")
    tickets.merge(ticket, into=other, actor=agent)

    page = client.get(links.path_of(ticket))

    assert "The other one" in page.text
    assert "lead-free" in page.text


@pytest.mark.promise("A-I.18")
def test_the_page_says_by_when_we_answer_and_when_we_are_late(client, ticket):
    Ticket.objects.update(due_at=timezone.now() + timedelta(days=1))
    in_time = client.get(links.path_of(ticket))
    Ticket.objects.update(due_at=timezone.now() - timedelta(days=1))
    late = client.get(links.path_of(ticket))

    assert "We answer by" in in_time.text
    assert "are late" in late.text


@pytest.mark.promise("B-2.5")
def test_a_guest_is_answered_by_mail_and_rates_when_it_is_solved(client, ticket, agent, mailoutbox):
    message = tickets.answer(ticket, body="It is.", agent=agent, solve=True)
    send_all(ticket)

    mail = mailoutbox[-1]
    survey = next(word for word in mail.body.split() if word.endswith("/rate/"))
    answer = client.post(survey.replace("http://localhost:8000", ""), {"rating": "4", "note": "Quick!"})

    ticket.refresh_from_db()
    assert message.body in mail.body
    assert mail.reply_to == [links.reply_address(ticket)]
    assert ticket.reference in mail.subject
    assert (answer.status_code, ticket.rating, ticket.rating_note) == (303, 4, "Quick!")


def test_the_mail_of_an_answer_has_its_words_and_the_link(ticket, agent, mailoutbox):
    tickets.answer(ticket, body="Read <this> & that", agent=agent)
    send_all(ticket)

    (mail,) = mailoutbox
    html = mail.alternatives[0][0]
    assert "Read <this> & that" in mail.body
    assert "Read &lt;this&gt; &amp; that" in html
    assert links.page_of(ticket) in mail.body
    assert "src=" not in html  # nothing is loaded from afar


def test_marked_as_solved_it_asks_how_it_went(client, ticket):
    answer = client.post(links.path_of(ticket, "support:solve"))
    again = client.post(links.path_of(ticket, "support:solve"))

    assert answer["Location"] == links.path_of(ticket, "support:rate")
    assert again["Location"] == links.path_of(ticket)
    assert Ticket.objects.get().status == "solved"


def test_what_is_not_solved_is_not_rated(client, ticket):
    answer = client.post(links.path_of(ticket, "support:rate"), {"rating": "5"})

    ticket.refresh_from_db()
    assert answer.status_code == 303
    assert ticket.rating is None


@pytest.mark.parametrize("rating", ["0", "6", "", "five"])
def test_a_rating_is_one_to_five(client, ticket, rating):
    tickets.solve(ticket)

    page = client.post(links.path_of(ticket, "support:rate"), {"rating": rating})

    assert page.status_code == 200
    assert "errorlist" in page.text


@pytest.mark.promise("A-I.15")
def test_an_account_lists_its_own_conversations_only(client, path_of, alice, hers, ticket):
    client.force_login(alice)

    page = client.get(path_of("support:tickets"))

    assert hers.reference in page.text
    assert ticket.reference not in page.text


def test_an_account_without_questions_is_shown_where_to_ask(client, path_of, alice):
    client.force_login(alice)

    assert "not asked us anything yet" in client.get(path_of("support:tickets")).text


def test_a_long_list_comes_in_pages_at_the_same_cost(client, path_of, alice, django_assert_max_num_queries):
    TicketFactory.create_batch(25, subject=alice.subject)
    client.force_login(alice)
    client.get(path_of("support:tickets"))

    with django_assert_max_num_queries(8):
        page = client.get(path_of("support:tickets"))

    assert page.text.count('class="row"') == 20
    assert client.get(path_of("support:tickets") + "?page=2").text.count('class="row"') == 5


def test_a_long_thread_costs_no_more_questions(client, ticket, django_assert_max_num_queries):
    MessageFactory.create_batch(30, ticket=ticket)

    with django_assert_max_num_queries(6):
        client.get(links.path_of(ticket))


@pytest.mark.parametrize("name", ["my_ticket", "solve_mine", "rate_mine"])
def test_another_customer_finds_no_such_page(client, path_of, alice, ticket, hers, name):
    path = path_of(f"support:{name}", ticket.reference)
    client.force_login(alice)

    answer = client.post(path, {"body": "Mine now", "rating": "1"})

    assert answer.status_code == 404
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("name", ["tickets", "my_ticket", "rate_mine"])
def test_who_is_not_signed_in_signs_in_first(client, path_of, hers, name):
    args = [] if name == "tickets" else [hers.reference]

    answer = client.get(path_of(f"support:{name}", *args))

    assert answer.status_code == 302
    assert reverse("account_login").strip("/") in answer["Location"]


def test_the_owner_replies_solves_and_rates_in_the_account(client, path_of, alice, hers):
    client.force_login(alice)
    page = path_of("support:my_ticket", hers.reference)

    client.post(page, {"body": "And the clay?"})
    client.post(path_of("support:solve_mine", hers.reference))
    client.post(path_of("support:rate_mine", hers.reference), {"rating": "5", "note": ""})

    hers.refresh_from_db()
    assert "And the clay?" in client.get(page).text
    assert (hers.status, hers.rating) == ("solved", 5)


def test_the_owner_sees_which_order_it_is_about_and_the_link_does_not_say(client, path_of, alice, hers):
    order = OrderFactory(subject=alice.subject)
    Ticket.objects.update(order=order)
    by_link = client.get(links.path_of(hers))
    client.force_login(alice)

    in_account = client.get(path_of("support:my_ticket", hers.reference))

    assert order.number in in_account.text
    assert order.number not in by_link.text


def test_an_account_hears_of_an_answer_in_its_inbox_and_at_its_present_address(
    alice, hers, agent, mailoutbox
):
    tickets.answer(hers, body="It is.", agent=agent)
    send_all(hers)

    assert mailoutbox[-1].to == ["alice@example.org"]
    assert hers.subject.notifications.filter(channel="inbox", status="sent").count() == 1


def test_a_guest_has_no_inbox(ticket, agent):
    tickets.answer(ticket, body="It is.", agent=agent)
    send_all(ticket)

    assert not ticket.subject.notifications.filter(channel="inbox", status="sent").exists()


def test_every_mail_is_written_in_the_requesters_language_without_an_error(agent, mailoutbox):
    for language in ("en", "de", "fr"):
        ticket = MessageFactory(ticket__language=language, ticket__due_at=timezone.now()).ticket
        tickets.notify(ticket.subject, "ticket_received", about=ticket)
        tickets.answer(ticket, body="It is.", agent=agent)
        tickets.solve(ticket, actor=agent)
        send_all(ticket)

    assert len(mailoutbox) == 9
    assert all(links.MARKER in mail.body.splitlines()[0] for mail in mailoutbox)
    assert Message.objects.filter(kind="event").count() == 3


def send_all(ticket):
    """What a worker would send."""
    cache.clear()
    for notification in ticket.subject.notifications.filter(status="waiting").order_by("pk"):
        sending.send(notification.pk)


def test_the_inbox_leads_to_the_conversation(client, path_of, alice, hers, agent):
    tickets.notify(hers.subject, "ticket_received", about=hers)
    tickets.answer(hers, body="It is.", agent=agent)
    tickets.solve(hers, actor=agent)
    send_all(hers)
    client.force_login(alice)

    news = hers.subject.notifications.filter(channel="inbox")
    pages = [client.get(path_of("accounts:inbox_message", row.uuid)).text for row in news]

    assert len(pages) == 3
    assert all(path_of("support:my_ticket", hers.reference) in page for page in pages)
