from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts import campaigns, preferences, sending
from accounts.models import Campaign, Channel, Notification, Subscription, Suppression, Topic, User
from privacy.keys import blind_index
from privacy.models import ConsentRecord, DataSubject
from shop.states import InvalidTransition
from tests.factories import MarketFactory, ProcessorFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db

NOON = "2026-06-10T10:00:00Z"


@pytest.mark.promise("A-II.2")
def test_who_did_not_agree_is_sent_nothing(owner, run):
    person("silent@mail.example")
    person("agreed@mail.example", Topic.NEWSLETTER)
    person("other-topic@mail.example", Topic.OFFERS)

    run(draft(Topic.NEWSLETTER), owner)

    assert [letter.to for letter in mail.outbox] == [["agreed@mail.example"]]


@pytest.mark.promise("A-II.7")
def test_who_leaves_between_the_walk_and_the_sending_is_sent_nothing(owner):
    reader = person("leaving@mail.example", Topic.NEWSLETTER)
    campaign = draft(Topic.NEWSLETTER)
    campaigns.start(campaign, actor=owner)
    campaigns.send_due()

    preferences.consent.withdraw(
        reader.subject, preferences.Purpose.MARKETING, source=ConsentRecord.Source.PAGE, channel="email"
    )
    sending.send_due()

    assert mail.outbox == []
    assert Notification.objects.get().status == "skipped"


@pytest.mark.promise("B-2.6")
def test_after_eight_campaigns_in_a_week_nobody_has_got_more_than_two(owner, run):
    person("patient@mail.example", Topic.NEWSLETTER, Topic.OFFERS)

    for number in range(8):
        run(draft(Topic.OFFERS if number % 2 else Topic.NEWSLETTER), owner)
    this_week = len(mail.outbox)
    with time_machine.travel("2026-06-18T10:00:00Z", tick=False):
        run(draft(Topic.OFFERS), owner)

    assert this_week == 2
    assert len(mail.outbox) == 3


def test_the_mail_speaks_the_reader_s_language_and_shows_their_price(owner, run):
    MarketFactory(country="GB", currency="GBP", languages="en")
    bowl = ProductFactory(name_en="Moon Jar", name_de="Mondgefäß", slug="moon-jar")
    VariantFactory(product=bowl, price__amount=4900)
    elsewhere = ProductFactory(name="Not sold here")
    person("de@mail.example", Topic.NEWSLETTER, language="de")
    person("gb@mail.example", Topic.NEWSLETTER, country="GB")

    run(draft(Topic.NEWSLETTER, products=[bowl, elsewhere]), owner)

    german, british = sorted(mail.outbox, key=lambda letter: letter.to)
    html = german.alternatives[0][0]
    assert german.subject == "Aus dem Ofen"
    assert "Mondgefäß" in german.body
    assert "49,00" in german.body
    assert "http://localhost:8000/de-de/products/moon-jar/\n" in german.body
    assert british.subject == "Out of the kiln"
    assert "moon-jar" not in british.body
    assert "Not sold here" not in german.body + html
    assert "<img" not in html
    assert "?" not in "".join(part for part in html.split('"') if part.startswith("http"))


def test_every_mail_can_be_ended_with_one_click(client, owner, run):
    reader = person("reader@mail.example", Topic.NEWSLETTER)
    run(draft(Topic.NEWSLETTER), owner)
    letter = mail.outbox[0]
    link = letter.extra_headers["List-Unsubscribe"].strip("<>")

    client.post(link.removeprefix("http://localhost:8000"), {"List-Unsubscribe": "One-Click"})
    run(draft(Topic.NEWSLETTER), owner)

    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in letter.body
    assert len(mail.outbox) == 1
    assert not preferences.wants(reader.subject, Topic.NEWSLETTER, Channel.EMAIL)


def test_walking_twice_tells_nobody_twice(owner, run):
    person("once@mail.example", Topic.NEWSLETTER)
    campaign = draft(Topic.NEWSLETTER)
    run(campaign, owner)
    Campaign.objects.update(status=Campaign.Status.SENDING, walked_to=0)

    campaigns.send_due()
    sending.send_due()

    assert len(mail.outbox) == 1


def test_the_walk_goes_on_where_it_stopped(owner, monkeypatch):
    monkeypatch.setattr(campaigns, "BATCH", 2)
    for number in range(5):
        person(f"reader-{number}@mail.example", Topic.NEWSLETTER)
    campaign = draft(Topic.NEWSLETTER)
    campaigns.start(campaign, actor=owner)

    campaigns.go_on(campaign.pk)
    first = Notification.objects.count()
    campaigns.send_due()

    campaign.refresh_from_db()
    assert first == 2
    assert Notification.objects.count() == 5
    assert (campaign.status, campaign.sent_at) == ("sent", timezone.now())


def test_a_cancelled_campaign_leaves_what_waits_unsent(owner):
    person("reader@mail.example", Topic.NEWSLETTER)
    campaign = draft(Topic.NEWSLETTER)
    campaigns.start(campaign, actor=owner)
    campaigns.send_due()
    Campaign.objects.update(status=Campaign.Status.SENDING)

    campaigns.cancel(campaign, actor=owner)
    sending.send_due()

    assert mail.outbox == []
    assert Notification.objects.get().reason == "cancelled"


def test_a_campaign_for_later_waits(owner):
    person("reader@mail.example", Topic.NEWSLETTER)
    campaign = draft(Topic.NEWSLETTER)
    campaigns.start(campaign, actor=owner, starts_at=timezone.now() + timedelta(hours=1))

    campaigns.send_due()

    assert not Notification.objects.exists()


def test_a_campaign_is_not_started_twice(owner):
    campaign = draft(Topic.NEWSLETTER)
    campaigns.start(campaign, actor=owner)

    with pytest.raises(InvalidTransition):
        campaigns.start(campaign, actor=owner)


def test_the_count_leaves_out_who_cannot_or_must_not_be_reached(owner):
    person("one@mail.example", Topic.NEWSLETTER)
    person("bounced@mail.example", Topic.NEWSLETTER)
    restricted = person("restricted@mail.example", Topic.NEWSLETTER)
    DataSubject.objects.filter(pk=restricted.subject_id).update(status="restricted")
    Suppression.objects.create(
        channel="email", address_index=blind_index("email", "bounced@mail.example"), why="bounce"
    )

    count = campaigns.count(draft(Topic.NEWSLETTER))

    assert count == 1


def test_counting_costs_the_same_for_many_as_for_one(owner, django_assert_max_num_queries):
    for number in range(20):
        reader = DataSubject.objects.create(kind=DataSubject.Kind.GUEST)
        Subscription.objects.create(
            subject=reader, email=f"{number}@mail.example", confirmed_at=timezone.now()
        )
        agree(reader, Topic.NEWSLETTER)
    campaign = draft(Topic.NEWSLETTER)

    with django_assert_max_num_queries(3):
        count = campaigns.count(campaign)

    assert count == 20


def test_a_reader_with_an_account_of_the_same_address_gets_one_mail(owner, run):
    person("twice@mail.example", Topic.NEWSLETTER)
    guest = DataSubject.objects.create(kind=DataSubject.Kind.GUEST)
    Subscription.objects.create(
        subject=guest,
        email="twice@mail.example",
        language="en",
        country="DE",
        confirmed_at=timezone.now(),
    )
    agree(guest, Topic.NEWSLETTER)

    run(draft(Topic.NEWSLETTER), owner)

    assert len(mail.outbox) == 1


def test_at_night_it_waits_for_the_morning(owner, run):
    person("asleep@mail.example", Topic.NEWSLETTER)

    with time_machine.travel("2026-06-10T23:30:00Z", tick=False):
        run(draft(Topic.NEWSLETTER), owner)
    at_night = len(mail.outbox)
    with time_machine.travel("2026-06-11T09:00:00Z", tick=False):
        sending.send_due()

    assert at_night == 0
    assert len(mail.outbox) == 1


def test_in_the_inbox_and_by_text_message(owner, run, client, path_of):
    reader = person("reader@mail.example", Topic.OFFERS, channel=Channel.INBOX)

    run(draft(Topic.OFFERS, channel=Channel.INBOX), owner)

    entry = Notification.objects.inbox_of(reader.subject).get()
    client.force_login(reader)
    page = client.get(path_of("accounts:inbox_message", entry.uuid))
    assert mail.outbox == []
    assert "New bowls are here." in page.text


def test_a_trial_goes_to_oneself_without_any_consent(owner, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        campaigns.send_test(draft(Topic.NEWSLETTER), to=owner)

    assert mail.outbox[0].to == [owner.email]
    assert mail.outbox[0].subject == "Trial: Out of the kiln"


def draft(topic, channel=Channel.EMAIL, products=()):
    campaign = Campaign.objects.create(
        topic=topic,
        channel=channel,
        title_en="Out of the kiln",
        title_de="Aus dem Ofen",
        text_en="New bowls are here.",
        text_de="Neue Schalen sind da.",
    )
    campaign.products.set(products)
    return campaign


def person(email, *topics, channel=Channel.EMAIL, **fields) -> User:
    user = User.objects.create_user(
        email, "a kettle full of rain", **{"language": "en", "country": "DE"} | fields
    )
    for topic in topics:
        agree(user.subject, topic, channel)
    return user


def agree(subject, topic, channel=Channel.EMAIL) -> None:
    preferences.switch(subject, topic, channel, is_wanted=True, source=ConsentRecord.Source.ACCOUNT)


@pytest.fixture
def run():
    """Start it, walk, and send what is due."""

    def sent(campaign, actor):
        campaigns.start(campaign, actor=actor)
        campaigns.send_due()
        sending.send_due()
        campaign.refresh_from_db()

    return sent


@pytest.fixture
def owner(db) -> User:
    return User.objects.create_superuser("owner@mail.example", "a kettle full of rain", country="DE")


@pytest.fixture(autouse=True)
def shop(db):
    with time_machine.travel(NOON, tick=False):
        ProcessorFactory(code="mail", kind="messages", purpose="service_message")
        MarketFactory()
        yield
