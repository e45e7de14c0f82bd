import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import Notification, User
from privacy.models import DataSubject
from tests.accounts.people import new_person
from tests.factories import MarketFactory, ProcessorFactory
from tests.sms_server import SmsServer

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 6, 10, 23, 0, tzinfo=UTC)
PHONE = "+4915123456789"


def test_the_code_from_the_phone_proves_it_even_at_night(client, path_of, zoe, code):
    page = client.post(
        path_of("accounts:verify_phone"), {"code": f" {code()[:3]} {code()[3:]} "}, follow=True
    )

    zoe.refresh_from_db()
    assert "Your mobile phone is verified." in page.text
    assert zoe.phone_verified_at == NIGHT
    assert DataSubject.objects.known_by("phone", PHONE).get() == zoe.subject


def test_a_wrong_code_proves_nothing_and_five_are_enough(client, path_of, zoe, code):
    wrong = str((int(code()) + 1) % 10**6).zfill(6)
    address = path_of("accounts:verify_phone")

    pages = [client.post(address, {"code": wrong}).text for _try in range(6)]

    zoe.refresh_from_db()
    assert "This is not the code" in pages[0]
    assert "Too many tries" in pages[-1]
    assert zoe.phone_verified_at is None


def test_an_old_code_proves_nothing(client, path_of, zoe, code, night):
    sent = code()
    night.shift(timedelta(minutes=21))

    client.post(path_of("accounts:verify_phone"), {"code": sent})

    zoe.refresh_from_db()
    assert zoe.phone_verified_at is None


def test_a_code_for_another_number_proves_nothing(client, path_of, zoe, code):
    sent = code()
    zoe.phone = "+4915199999999"
    zoe.save()

    client.post(path_of("accounts:verify_phone"), {"code": sent})

    zoe.refresh_from_db()
    assert zoe.phone_verified_at is None


def test_nobody_is_sent_codes_without_end(client, path_of, zoe, code, relay, night):
    for _time in range(5):
        code()
        night.shift(timedelta(seconds=1))

    assert len(relay.texts) == 3


def test_without_a_phone_there_is_nothing_to_verify(client, path_of, zoe):
    zoe.phone = ""
    zoe.save()

    answer = client.get(path_of("accounts:verify_phone"))

    assert answer["Location"] == path_of("accounts:profile")


@pytest.fixture
def code(client, path_of, relay, django_capture_on_commit_callbacks):
    """Ask for a code and read it from the phone."""

    def send() -> str:
        with django_capture_on_commit_callbacks(execute=True):
            client.post(path_of("accounts:send_phone_code"))
        found = re.search(r"\d{6}", relay.texts[-1]["message"])
        assert found
        return found.group()

    return send


@pytest.fixture
def relay(settings, night):
    ProcessorFactory(code="sms", kind="messages", purpose="service_message")
    server = SmsServer(settings)
    with server.up():
        yield server


@pytest.fixture
def zoe(client, night) -> User:
    MarketFactory()
    user = User.objects.create_user("zoe@mail.example", "a kettle full of rain", phone=PHONE, country="DE")
    client.force_login(user)
    return user


@pytest.fixture
def night(db):
    with time_machine.travel(NIGHT, tick=False) as clock:
        yield clock


def test_a_number_is_not_written_to_from_many_accounts(client, path_of, zoe, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "phone_code_to_number": "2/d/key"}

    for number in range(4):
        client.force_login(new_person(f"thief{number}@evil.example", phone=PHONE))
        client.post(path_of("accounts:send_phone_code"))

    assert Notification.objects.filter(event="phone_code").count() == 2
