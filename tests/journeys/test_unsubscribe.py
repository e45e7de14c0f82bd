"""From asking for the newsletter to leaving it with one click: real SMTP, real HTTP, and never a cookie."""

import re
import urllib.request
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.client import HTTPResponse

import pytest
import time_machine

from accounts import campaigns, sending
from accounts.models import Campaign, Topic, User
from tests.factories import MarketFactory, ProcessorFactory
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)

READER = "reader@mail.example"
NOON = datetime(2026, 6, 10, 10, 0, tzinfo=UTC)


@pytest.mark.promise("A-II.7")
def test_a_mail_program_unsubscribes_with_what_stands_in_the_mail(live_server, smtp, owner, noon):
    with smtp.up():
        subscribe(live_server.url, smtp)
        send_campaign(owner)
        mail = smtp.mails[-1]
        link = mail["List-Unsubscribe"].strip(" <>")

        looked = fetch(link)
        send_campaign(owner)
        after_looking = len(smtp.mails)
        clicked = fetch(link, mail["List-Unsubscribe-Post"])
        noon.shift(timedelta(days=8))
        send_campaign(owner)

    assert mail["To"] == READER
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in text_of(mail)
    assert [looked.status, clicked.status] == [200, 200]
    assert looked.headers.get_all("Set-Cookie") is clicked.headers.get_all("Set-Cookie") is None
    assert after_looking == 3  # the confirmation and two campaigns: looking ended nothing
    assert len(smtp.mails) == 3


def subscribe(url: str, smtp: MailServer) -> None:
    fetch(f"{url}/en-de/newsletter/", f"email={READER}")
    found = re.search(r"http://\S+/newsletter/confirm/\S+", text_of(smtp.mails[0]))
    assert found
    fetch(found.group(), "confirm=1")


def send_campaign(owner: User) -> None:
    campaign = Campaign.objects.create(
        topic=Topic.NEWSLETTER, title_en="Out of the kiln", text_en="New bowls are here."
    )
    campaigns.start(campaign, actor=owner)
    campaigns.send_due()
    sending.send_due()


def fetch(url: str, body: str = "") -> HTTPResponse:
    """As a mail program does it: no cookie, no origin, nothing but the form."""
    answer: HTTPResponse = urllib.request.urlopen(url, body.encode() or None, timeout=10)
    return answer


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


@pytest.fixture
def smtp(settings, live_server) -> MailServer:
    settings.SITE_URL = live_server.url
    return MailServer(settings)


@pytest.fixture
def noon():
    """By day, so that advertising may go out."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def owner(db, noon) -> User:
    MarketFactory()
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    return User.objects.create_superuser("owner@mail.example", "a kettle full of rain")
