"""Mail that comes in: matched to its ticket, cleaned of quotations, and never an error of ours."""

import io
import time
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shop.signatures import sign
from support import letters, links, mailbox, tickets
from support.models import Message, Ticket
from tests.factories import AgentFactory, MessageFactory, TicketFactory, plain_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(client, settings):
    """Hands a mail in as the mail server does."""

    def post(raw, *, moment=None, signature=None):
        raw = raw.as_bytes() if isinstance(raw, EmailMessage) else raw
        moment = str(int(time.time())) if moment is None else moment
        header = f"t={moment},v1={signature or sign(settings.MAIL_WEBHOOK_SECRET, moment, raw)}"
        return client.post(
            reverse("mail_in"), raw, content_type="message/rfc822", headers={"x-mail-signature": header}
        )

    return post


def mail(text="Is it lead-free?", *, sender="Zoë Müller <zoe.muller@example.org>", **headers) -> EmailMessage:
    message = EmailMessage()
    values = {
        "From": sender,
        "To": "reply@kiln-and-leaf.example",
        "Subject": "The glaze",
        "Message-ID": f"<{time.perf_counter_ns()}@example.org>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in values.items():
        message[name] = value
    message.set_content(text)
    return message


def test_a_mail_becomes_a_ticket(post):
    answer = post(mail())

    assert answer.json() == {"outcome": "opened"}
    ticket = Ticket.objects.with_keys().get()
    message = ticket.messages.get()
    assert (ticket.source, ticket.title, ticket.email) == ("email", "The glaze", "zoe.muller@example.org")
    assert (ticket.name, message.body) == ("Zoë Müller", "Is it lead-free?")


def test_an_answer_to_our_address_joins_its_ticket_whoever_sends_it(post):
    ticket = TicketFactory(status="pending")

    answer = post(mail("Thanks!", sender="other@example.org", To=links.reply_address(ticket).upper()))

    assert answer.json() == {"outcome": "answered"}
    ticket.refresh_from_db()
    assert ticket.status == "open"
    assert ticket.messages.get().body == "Thanks!"


def test_an_address_with_a_wrong_signature_opens_a_new_ticket(post):
    ticket = TicketFactory()
    forged = links.reply_address(ticket).replace(ticket.reference.lower(), "222222222222")

    post(mail("Thanks!", To=forged))

    assert ticket.messages.count() == 0
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize(
    ("sender", "outcome"), [("ZOE.MULLER@example.org", "answered"), ("eve@example.org", "opened")]
)
def test_a_reference_in_the_subject_counts_only_with_the_tickets_own_address(post, sender, outcome):
    ticket = TicketFactory()

    answer = post(mail("Thanks!", sender=sender, Subject=f"Re: Your question [{ticket.reference}]"))

    assert answer.json() == {"outcome": outcome}
    assert ticket.messages.count() == (outcome == "answered")


def test_the_answer_to_a_merged_ticket_goes_where_it_went(post):
    first = TicketFactory()
    second = TicketFactory(subject=first.subject)
    MessageFactory(ticket=second)
    tickets.merge(second, into=first, actor=AgentFactory())

    post(mail("Thanks!", To=links.reply_address(second)))

    assert "Thanks!" in [message.body for message in first.messages.all()]


def test_the_same_mail_counts_once(post):
    letter = mail()

    outcomes = [post(letter).json()["outcome"] for _delivery in range(2)]

    assert outcomes == ["opened", "duplicate"]
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"List_Id": "<news.example.org>"},
        {"sender": "MAILER-DAEMON@example.org"},
    ],
)
def test_machines_get_no_answer(post, headers):
    answer = post(mail(**headers))

    assert answer.json() == {"outcome": "automatic"}
    assert not Ticket.objects.exists()


def test_a_loop_ends(post):
    for _mail in range(mailbox.MOST_A_DAY):
        post(mail())

    assert post(mail()).json() == {"outcome": "too_many"}
    assert Ticket.objects.count() == mailbox.MOST_A_DAY


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Yes.\n\n> ##- Answer above this line\n> It is.\n", "Yes."),
        ("Yes.\n\nOn Monday, the shop wrote:\n> ##- Answer above this line\n> It is.\n", "Yes."),
        ("Yes.\n\nOn Monday, the shop <reply+x@example.org>\nwrote:\n> ##- Answer above\n", "Yes."),
        ("Yes.\n\nAm Montag schrieb der Laden:\n\n> It is.\n> Really.\n", "Yes."),
        ("My question is:\nis it lead-free?", "My question is:\nis it lead-free?"),
        ("> only a quotation", "only a quotation"),
    ],
)
def test_a_quotation_of_our_mail_is_left_out(text, kept):
    assert mailbox.new_words(text) == kept


def test_html_becomes_words(post):
    letter = mail()
    letter.set_content(
        "<style>p{}</style><p>Is it <b>lead-free</b>?<br>&lt;b&gt;?</p><script>alert(1)</script>",
        subtype="html",
    )

    post(letter)

    assert Message.objects.get().body == "Is it lead-free?\n<b>?"


def test_a_photo_is_kept_and_what_is_none_is_counted(post):
    letter = mail()
    letter.add_attachment(plain_picture("a.png").read(), maintype="image", subtype="png", filename="a.png")
    letter.add_attachment(b"MZ\x90\0", maintype="application", subtype="octet-stream", filename="a.exe")

    post(letter)

    ticket = Ticket.objects.get()
    assert ticket.messages.get(author="requester").attachments.count() == 1
    assert ticket.messages.get(kind="event").body == "Attached files that we could not accept: 1"


def test_a_card_number_is_taken_out(post):
    post(mail("My card is 4111 1111 1111 1111, please", Subject="4111-1111-1111-1111"))

    assert Message.objects.get().body == "My card is […], please"
    assert Ticket.objects.get().title == "[…]"


def test_an_unknown_character_set_is_read_as_far_as_it_goes(post):
    raw = mail("Is it lead-free?").as_bytes().replace(b"utf-8", b"klingon-1")

    assert post(raw).json() == {"outcome": "opened"}
    assert "lead-free" in Message.objects.get().body


@pytest.mark.parametrize("moment", ["0", "-1", "now", ""])
def test_an_old_signature_is_refused(post, moment):
    assert post(mail(), moment=moment).status_code == 400


def test_a_mail_without_our_signature_is_refused(post, client):
    assert post(mail(), signature="0" * 64).status_code == 400
    assert client.post(reverse("mail_in"), b"x", content_type="message/rfc822").status_code == 400
    assert client.get(reverse("mail_in")).status_code == 405
    assert not Ticket.objects.exists()


def test_without_a_secret_there_is_no_such_page(post, settings):
    letter, moment = mail(), str(int(time.time()))
    signature = sign(settings.MAIL_WEBHOOK_SECRET, moment, letter.as_bytes())
    settings.MAIL_WEBHOOK_SECRET = ""

    assert post(letter, moment=moment, signature=signature).status_code == 404


def test_a_mail_that_is_too_large_is_refused(post, monkeypatch):
    monkeypatch.setattr("support.views.webhooks.MOST_BYTES", 1000)

    assert post(b"x" * 1001).status_code == 413


BROKEN = [
    b"",
    b"\0",
    b"no header at all",
    b"From: \xff\xfe\r\nTo: =?x?q?=?=\r\nSubject: =?utf-8?b?!!!?=\r\n\r\n\xff",
    b"From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
    b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 500,
    b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!",
    b'From: a@b.example\r\nContent-Type: text/plain; charset*0="\r\n\r\nx',
    b'From: "a"@[\r\nMessage-ID: <\r\n\r\nhello',
    b"From: a@b.example\r\nDate: yesterday\r\nTo: :;,,\r\n\r\nhello",
]


@pytest.mark.parametrize("raw", BROKEN)
def test_a_broken_mail_is_never_an_error_of_ours(post, raw):
    assert post(raw).status_code in (200, 400)


NAMES = ["From", "To", "Subject", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "Date"]
VALUES = ["", "text/html; charset=x", "multipart/mixed; boundary=b", "=?utf-8?q?=?=", "<@>", "a@b.example"]
header_lines = st.tuples(st.sampled_from(NAMES), st.one_of(st.sampled_from(VALUES), st.text(max_size=30)))


@given(headers=st.lists(header_lines, max_size=6), body=st.binary(max_size=200))
@hypothesis_settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_comes_is_read_or_refused(headers, body):
    raw = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("utf-8", "replace")

    try:
        letter = letters.read(raw + b"\r\n" + body)
    except letters.Unreadable:
        return

    f"{letter.text}{letter.subject}{letter.sender}{letter.sender_name}".encode()
    assert "\0" not in letter.text


def test_a_mail_server_on_the_same_machine_pipes_mails_in(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(mail().as_bytes())))

    call_command("receive_mail")

    assert capsys.readouterr().out.strip() == "opened"
    assert Ticket.objects.count() == 1
