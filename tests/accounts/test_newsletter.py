import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from accounts import links, newsletter, preferences
from accounts.models import Channel, Subscription, Topic, User
from privacy.models import ConsentRecord, DataSubject, SubjectIdentifier
from tests.factories import MarketFactory, ProcessorFactory

pytestmark = pytest.mark.django_db

ADDRESS = "reader@mail.example"


def test_asked_for_in_a_form_and_confirmed_from_the_mailbox(client, path_of, ask):
    ask(ADDRESS, language="de")
    before = ConsentRecord.objects.exists()
    link = link_in(mail.outbox[0])

    client.get(link)
    looked = ConsentRecord.objects.exists()
    page = client.post(link, {"confirm": "1"})

    subscription = Subscription.objects.select_related("subject__key").get()
    record = ConsentRecord.objects.get(subject=subscription.subject)
    assert (before, looked) == (False, False)
    assert subscription.email == ADDRESS
    assert subscription.confirmed_at
    assert subscription.subject.kind == "guest"
    assert (record.decision, record.channel, record.language) == ("given", "email", "de")
    assert record.wording in page.text
    assert preferences.wants(subscription.subject, Topic.NEWSLETTER, Channel.EMAIL)
    assert not preferences.wants(subscription.subject, Topic.OFFERS, Channel.EMAIL)
    assert not client.cookies


def test_the_answer_is_the_same_for_somebody_who_gets_it_already(ask, confirmed):
    first = ask("new@mail.example")

    again = ask(ADDRESS)

    assert again.text == first.text
    assert [letter.to for letter in mail.outbox] == [["new@mail.example"]]
    assert Subscription.objects.count() == 2


def test_an_address_has_one_subscription_however_it_is_written(ask):
    ask(ADDRESS)
    ask(ADDRESS.upper())

    assert Subscription.objects.count() == 1
    assert DataSubject.objects.count() == 1


def test_nobody_can_fill_a_mailbox(ask):
    pages = [ask(ADDRESS) for _time in range(6)]

    assert len({page.text for page in pages}) == 1
    assert len(mail.outbox) <= 3


def test_a_robot_is_slowed_down(ask):
    pages = [ask(f"victim-{n}@mail.example") for n in range(12)]

    assert "Too many tries" in pages[-1].text
    assert Subscription.objects.count() == 10


def test_an_account_gets_it_as_itself(ask, client):
    user = User.objects.create_user(ADDRESS, "a kettle full of rain", language="en", country="DE")
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=True, primary=True)

    ask(ADDRESS)
    client.post(link_in(mail.outbox[0]), {"confirm": "1"})

    assert preferences.wants(user.subject, Topic.NEWSLETTER, Channel.EMAIL)
    assert DataSubject.objects.count() == 1


def test_an_account_that_never_proved_the_address_does_not_count(ask):
    user = User.objects.create_user(ADDRESS, "a kettle full of rain")

    ask(ADDRESS)

    assert not Subscription.objects.filter(subject=user.subject).exists()


def test_after_unsubscribing_the_old_link_does_not_bring_it_back(client, confirmed):
    preferences.unsubscribe(
        confirmed.subject, Topic.NEWSLETTER, Channel.EMAIL, source=ConsentRecord.Source.MAIL
    )

    page = client.post(path_to(confirmed), {"confirm": "1"})

    confirmed.refresh_from_db()
    assert "had its time" in page.text
    assert confirmed.ended_at
    assert not preferences.wants(confirmed.subject, Topic.NEWSLETTER, Channel.EMAIL)


def test_whoever_left_may_come_back(client, ask, confirmed):
    preferences.unsubscribe(
        confirmed.subject, Topic.NEWSLETTER, Channel.EMAIL, source=ConsentRecord.Source.MAIL
    )

    ask(ADDRESS)
    client.post(link_in(mail.outbox[0]), {"confirm": "1"})

    assert preferences.wants(confirmed.subject, Topic.NEWSLETTER, Channel.EMAIL)
    assert Subscription.objects.count() == 1


def test_what_is_not_confirmed_within_a_week_is_forgotten(client, ask, confirmed):
    ask("late@mail.example")
    link = link_in(mail.outbox[0])
    Subscription.objects.exclude(pk=confirmed.pk).update(asked_at=timezone.now() - timedelta(days=8))

    page = client.post(link, {"confirm": "1"})
    newsletter.purge()

    assert "had its time" in page.text
    assert [kept.pk for kept in Subscription.objects.all()] == [confirmed.pk]
    assert SubjectIdentifier.objects.get().subject == confirmed.subject


def test_a_consent_of_old_stays_on_record_when_a_new_request_is_not_confirmed(ask, confirmed):
    preferences.unsubscribe(
        confirmed.subject, Topic.NEWSLETTER, Channel.EMAIL, source=ConsentRecord.Source.MAIL
    )
    ask(ADDRESS)
    Subscription.objects.update(asked_at=timezone.now() - timedelta(days=8))

    newsletter.purge()

    confirmed.refresh_from_db()
    assert confirmed.ended_at
    assert ConsentRecord.objects.filter(subject=confirmed.subject).count() == 2


def test_a_made_up_link_confirms_nothing(client, path_of, ask):
    ask(ADDRESS)
    subject = DataSubject.objects.get()

    page = client.post(path_of("choices:newsletter_confirm", links.preferences_token(subject)))

    assert page.status_code == 404
    assert not Subscription.objects.confirmed().exists()


def link_in(letter) -> str:
    found = re.search(r"http://localhost:8000(\S+/newsletter/confirm/\S+)", letter.body)
    assert found
    return found.group(1)


def path_to(subscription: Subscription) -> str:
    return links.confirm_url(subscription).removeprefix("http://localhost:8000")


@pytest.fixture
def ask(client, path_of, django_capture_on_commit_callbacks):
    def post(email, language="en"):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path_of("choices:newsletter", language=language), {"email": email})

    return post


@pytest.fixture
def confirmed(db) -> Subscription:
    with time_machine.travel(timezone.now() - timedelta(days=30)):
        newsletter.ask(ADDRESS, language="en", country="DE")
        return newsletter.confirm(Subscription.objects.get().subject_id)


@pytest.fixture(autouse=True)
def shop(db):
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    MarketFactory()
