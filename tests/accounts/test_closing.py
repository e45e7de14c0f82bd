import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import closing
from accounts.models import ChannelPreference, User
from privacy import consent, erasure
from privacy.models import AuditEvent, ConsentRecord, PrivacyRequest
from privacy.purposes import Purpose
from tests.accounts.people import PASSWORD, mails_go_out, new_person, sign_in
from tests.factories import MarketFactory, ProcessorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def market(db):
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    return MarketFactory()


@pytest.fixture
def zoe(client):
    zoe = new_person()
    client.force_login(zoe)
    return zoe


@pytest.fixture
def fresh(client, path_of):
    """Signed in, and has given the password once more a moment ago."""
    zoe = new_person()
    sign_in(client, zoe.email)
    client.post(path_of("account_reauthenticate"), {"password": PASSWORD})
    return zoe


def close(client, path_of):
    with mails_go_out():
        return client.post(path_of("accounts:close"), {"is_sure": "on"}, follow=True)


def reopening_link():
    return re.search(r"https?://[^/\s]+(/\S*reopen\S*)", mail.outbox[-1].body).group(1)


def test_the_password_is_asked_for_once_more(client, path_of, zoe):
    answer = close(client, path_of)

    assert "reauthenticate" in answer.redirect_chain[-1][0]
    zoe.refresh_from_db()
    assert zoe.is_active


def test_closing_says_what_happens_and_asks_once_more(client, path_of, fresh):
    page = client.get(path_of("accounts:close"))
    unsure = client.post(path_of("accounts:close"), {"is_sure": ""})

    assert "What stays, and why" in page.text
    assert unsure.context["form"].errors
    fresh.refresh_from_db()
    assert fresh.is_active


def test_a_closed_account_opens_for_nobody(client, path_of, fresh):
    elsewhere = Client()
    sign_in(elsewhere, fresh.email)

    page = close(client, path_of)

    assert page.status_code == 200
    fresh.refresh_from_db()
    assert not fresh.is_active
    assert client.get(path_of("accounts:home")).status_code == 302
    assert elsewhere.get(path_of("accounts:home")).status_code == 302
    assert not Session.objects.exists()


def test_closing_asks_for_the_deletion_and_tells_the_reference(client, path_of, fresh):
    page = close(client, path_of)

    request = PrivacyRequest.objects.get(subject=fresh.subject)
    assert (request.kind, request.source) == ("erasure", "account")
    assert request.reference in page.text
    assert mail.outbox[-1].to == [fresh.email]
    assert request.reference in mail.outbox[-1].body
    assert AuditEvent.objects.filter(action="account.closed").exists()


def test_advertising_stops_at_once(client, path_of, fresh):
    consent.give(
        fresh.subject,
        Purpose.MARKETING,
        source=ConsentRecord.Source.ACCOUNT,
        wording="News",
        channel="email",
    )
    ChannelPreference.objects.create(
        subject=fresh.subject, topic="newsletter", channel="email", is_wanted=True
    )

    close(client, path_of)

    assert not consent.has_given(fresh.subject, Purpose.MARKETING, "email")
    assert not ChannelPreference.objects.get(topic="newsletter", channel="email").is_wanted


def test_the_link_in_the_mail_opens_it_again(client, path_of, fresh):
    close(client, path_of)
    link = reopening_link()

    looked = client.get(link)
    closed = not User.objects.get(pk=fresh.pk).is_active
    page = client.post(link)

    assert "Open your account again?" in looked.text
    assert closed
    assert "Your account is open again" in page.text
    assert User.objects.get(pk=fresh.pk).is_active
    assert PrivacyRequest.objects.get().status == "withdrawn"
    assert client.login(email=fresh.email, password=PASSWORD)


def test_after_a_week_the_link_opens_nothing(client, path_of, fresh):
    close(client, path_of)
    link = reopening_link()
    PrivacyRequest.objects.update(start_at=timezone.now() - timedelta(minutes=1))

    page = client.post(link)

    assert "This link has done its work" in page.text
    assert not User.objects.get(pk=fresh.pk).is_active


def test_a_forged_link_is_a_page_that_does_not_exist(client, path_of, fresh):
    close(client, path_of)
    reference = PrivacyRequest.objects.get().reference

    answers = [
        client.get(path_of("accounts:reopen", token)).status_code
        for token in ("x", f"{reference}.x", f".{reference}")
    ]

    assert answers == [404, 404, 404]


def test_whoever_works_here_hands_the_work_over_first(client, path_of, fresh):
    User.objects.update(is_staff=True)

    page = close(client, path_of)

    assert "You work here." in page.text
    assert User.objects.get(pk=fresh.pk).is_active


def test_pressing_twice_closes_once_so_that_one_link_ends_it(fresh):
    pressed_too = User.objects.get(pk=fresh.pk)
    closing.close(fresh)

    with pytest.raises(closing.AlreadyClosed):
        closing.close(pressed_too)

    assert PrivacyRequest.objects.filter(kind="erasure").count() == 1


def test_the_link_opens_nothing_once_the_person_is_erased(client, path_of, fresh, settings, tmp_path):
    settings.RIGHTS_JOURNAL = str(tmp_path / "rights.jsonl")
    token = closing.reopen_token(closing.close(fresh))
    erasure.erase(fresh.subject)

    page = client.post(path_of("accounts:reopen", token))

    assert "This link has done its work" in page.text
    assert not User.objects.exists()
