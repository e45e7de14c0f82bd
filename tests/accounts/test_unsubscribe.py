import pytest
from django.test import Client

from accounts import links, preferences
from accounts.models import Channel, Notification, Topic, User
from privacy import gate
from privacy.keys import blind_index
from privacy.models import ConsentRecord, DataSubject, SubjectIdentifier
from privacy.purposes import Purpose
from tests.factories import MarketFactory

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.mark.promise("A-II.7")
def test_one_post_without_cookies_ends_it(client, path_of, reader):
    address = link_of(reader)

    answer = client.post(address, ONE_CLICK)

    assert answer.status_code == 200
    assert not client.cookies
    assert not preferences.wants(reader.subject, Topic.NEWSLETTER, Channel.EMAIL)
    assert not gate.permits(reader.subject, Purpose.MARKETING, "email")
    record = ConsentRecord.objects.latest_of(reader.subject, Purpose.MARKETING, "email")
    assert (record.decision, record.source) == ("withdrawn", "mail")


def test_a_mail_program_posts_from_nowhere_or_from_another_site(reader):
    stranger = Client(enforce_csrf_checks=True, headers={"origin": "https://mail.example"})

    answer = stranger.post(link_of(reader), ONE_CLICK)

    assert answer.status_code == 200
    assert not preferences.wants(reader.subject, Topic.NEWSLETTER, Channel.EMAIL)


def test_it_works_for_somebody_who_is_signed_in_as_well(reader):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(reader)

    answer = browser.post(link_of(reader), {"unsubscribe": "1"})

    assert answer.status_code == 200
    assert not preferences.wants(reader.subject, Topic.NEWSLETTER, Channel.EMAIL)


@pytest.mark.promise("A-II.7")
def test_opening_the_link_changes_nothing(client, reader):
    page = client.get(link_of(reader))
    client.head(link_of(reader))

    assert "Unsubscribe" in page.text
    assert preferences.wants(reader.subject, Topic.NEWSLETTER, Channel.EMAIL)


def test_what_waits_is_not_sent_any_more(client, reader):
    waiting = waiting_for(reader, "campaign_newsletter", Topic.NEWSLETTER)
    other = waiting_for(reader, "campaign_offers", Topic.OFFERS)

    client.post(link_of(reader), ONE_CLICK)

    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.status, waiting.reason) == ("skipped", "unsubscribed")
    assert other.status == "waiting"


def test_a_mistake_is_undone_with_one_button_and_counts_as_a_new_consent(client, reader):
    client.post(link_of(reader), ONE_CLICK)

    page = client.post(link_of(reader), {"undo": "1"})

    assert "You get it again" in page.text
    record = ConsentRecord.objects.latest_of(reader.subject, Purpose.MARKETING, "email")
    assert record.decision == "given"
    assert record.wording in page.text


def test_the_undo_subscribes_nobody_who_never_was(client, zoe):
    client.post(link_of(zoe), {"undo": "1"})

    assert not ConsentRecord.objects.exists()
    assert not preferences.wants(zoe.subject, Topic.NEWSLETTER, Channel.EMAIL)


def test_whoever_proved_the_same_mailbox_is_unsubscribed_too(client, reader):
    guest = DataSubject.objects.create(kind=DataSubject.Kind.GUEST)
    for subject in (guest, reader.subject):
        prove(subject, reader.email)
    preferences.switch(
        guest, Topic.NEWSLETTER, Channel.EMAIL, is_wanted=True, source=ConsentRecord.Source.MAIL
    )

    client.post(link_of(reader), ONE_CLICK)

    assert not preferences.wants(guest, Topic.NEWSLETTER, Channel.EMAIL)


def test_text_messages_about_orders_can_be_refused_and_codes_cannot(client, zoe):
    refused = client.post(link_of(zoe, Topic.ORDERS, Channel.SMS), ONE_CLICK)
    kept = client.post(link_of(zoe, Topic.ACCOUNT, Channel.EMAIL), ONE_CLICK)

    assert "You are unsubscribed" in refused.text
    assert not preferences.wants(zoe.subject, Topic.ORDERS, Channel.SMS)
    assert "always come" in kept.text
    assert preferences.wants(zoe.subject, Topic.ACCOUNT, Channel.EMAIL)


def test_a_provider_may_unsubscribe_hundreds_from_one_address(client, db):
    readers = [subscribed(f"reader-{n}@mail.example") for n in range(80)]

    answers = {client.post(link_of(reader), ONE_CLICK).status_code for reader in readers}

    assert answers == {200}


def test_a_link_nobody_signed_is_a_page_that_does_not_exist(client, path_of, reader):
    token = links.unsubscribe_token(reader.subject, Topic.NEWSLETTER, Channel.EMAIL)

    other_topic = client.post(path_of("choices:unsubscribe", token.replace("newsletter", "offers")))
    cut = client.post(path_of("choices:unsubscribe", token[:-1]))

    assert other_topic.status_code == cut.status_code == 404


def test_the_link_names_nobody(reader):
    address = link_of(reader)

    assert "zoe" not in address
    assert "@" not in address


def link_of(user, topic=Topic.NEWSLETTER, channel=Channel.EMAIL) -> str:
    return links.unsubscribe_url(user.subject, topic, channel, "en", "DE").partition("8000")[2]


def subscribed(email: str) -> User:
    user = User.objects.create_user(email, "a kettle full of rain", language="en", country="DE")
    preferences.switch(
        user.subject, Topic.NEWSLETTER, Channel.EMAIL, is_wanted=True, source=ConsentRecord.Source.ACCOUNT
    )
    return user


def prove(subject: DataSubject, email: str) -> None:
    SubjectIdentifier.objects.create(
        subject=subject,
        kind=SubjectIdentifier.Kind.EMAIL,
        blind_index=blind_index("email", email),
        verified_at=subject.created_at,
    )


def waiting_for(user: User, event: str, topic: Topic) -> Notification:
    return Notification.objects.create(
        key=f"{event}:{user.pk}",
        subject=user.subject,
        event=event,
        topic=topic,
        channel=Channel.EMAIL,
        language="en",
    )


@pytest.fixture
def zoe(db) -> User:
    return User.objects.create_user("zoe@mail.example", "a kettle full of rain", language="en", country="DE")


@pytest.fixture
def reader(db) -> User:
    return subscribed("zoe@mail.example")


@pytest.fixture(autouse=True)
def germany(db):
    return MarketFactory()
