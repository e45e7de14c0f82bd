"""What costs work, or somebody a mail, is done so often and no more."""

import pytest

from accounts.models import Notification
from support import links
from support.models import Ticket
from tests.factories import MarketFactory, MessageFactory, plain_picture

pytestmark = pytest.mark.django_db

QUESTION = {"category": "product", "body": "Is the glaze lead-free?"}


@pytest.fixture(autouse=True)
def market():
    return MarketFactory()


def test_files_are_counted_before_they_are_opened(client, path_of, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "evidence": "2/m/ip"}
    contact, invalid = path_of("support:contact"), QUESTION | {"category": "nonsense"}

    answers = [client.post(contact, invalid | {"evidence": plain_picture()}).status_code for _try in range(3)]
    without = client.post(contact, invalid)

    assert answers == [200, 200, 429]
    assert without.status_code == 200


def test_nobody_fills_a_mailbox_from_many_places(client, path_of, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "contact_address": "2/d/key"}

    for number in range(4):
        asked = QUESTION | {"email": "victim@example.org"}
        client.post(path_of("support:contact"), asked, REMOTE_ADDR=f"84.128.10.{number}")

    assert Ticket.objects.count() == 2


def test_solving_and_asking_again_sends_no_endless_mails(client, path_of, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "ticket_solved": "2/h/key"}
    token = links.page_token(MessageFactory(ticket__email="victim@example.org").ticket)

    answers = []
    for _round in range(3):
        answers.append(client.post(path_of("support:solve", token)).status_code)
        client.post(path_of("support:ticket", token), {"body": "Once more"})

    assert answers == [303, 303, 429]
    assert Notification.objects.filter(event="ticket_solved", channel="email").count() <= 2
