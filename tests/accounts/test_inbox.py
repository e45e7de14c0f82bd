import pytest

from accounts import inbox
from accounts.models import Campaign, Channel, Notification, Topic, User
from tests.factories import MarketFactory

pytestmark = pytest.mark.django_db


def test_new_messages_are_marked_and_counted(client, path_of, zoe, campaign):
    told(zoe, campaign)

    page = client.get(path_of("accounts:inbox"))

    assert "1 of them is new" in page.text
    assert "New pieces and offers" in page.text


def test_reading_shows_the_words_of_now_and_marks_it_read(client, path_of, zoe, campaign):
    entry = told(zoe, campaign)
    Campaign.objects.update(text_en="Only blue ones are left.")

    page = client.get(path_of("accounts:inbox_message", entry.uuid))

    assert "Only blue ones are left." in page.text
    assert inbox.unread_count(zoe.subject) == 0


def test_what_it_was_about_may_be_gone(client, path_of, zoe, campaign):
    entry = told(zoe, campaign)
    campaign.delete()

    page = client.get(path_of("accounts:inbox_message", entry.uuid))

    assert page.status_code == 200
    assert "no longer kept" in page.text


def test_an_event_that_no_longer_exists_is_no_error(client, path_of, zoe, campaign):
    entry = told(zoe, campaign)
    Notification.objects.update(event="forgotten")

    answers = [
        client.get(path_of("accounts:inbox")).status_code,
        client.get(path_of("accounts:inbox_message", entry.uuid)).status_code,
    ]

    assert answers == [200, 200]


def test_a_message_can_be_deleted(client, path_of, zoe, campaign):
    entry = told(zoe, campaign)

    page = client.post(path_of("accounts:delete_inbox_message", entry.uuid), follow=True)

    assert "The message is deleted." in page.text
    assert not Notification.objects.exists()


def test_a_stranger_gets_404(client, path_of, campaign, zoe):
    entry = told(zoe, campaign)
    client.force_login(User.objects.create_user("charlie@mail.example", "another kettle of rain"))

    looked = client.get(path_of("accounts:inbox_message", entry.uuid))
    client.post(path_of("accounts:delete_inbox_message", entry.uuid))

    assert looked.status_code == 404
    assert Notification.objects.filter(pk=entry.pk, read_at=None).exists()


def test_who_is_not_signed_in_is_asked_to(client, path_of, zoe):
    client.logout()

    answer = client.get(path_of("accounts:inbox"))

    assert answer.status_code == 302
    assert path_of("account_login") in answer["Location"]


def test_only_what_was_sent_to_the_inbox_lies_there(client, path_of, zoe, campaign):
    told(zoe, campaign)
    Notification.objects.update(status=Notification.Status.WAITING)

    page = client.get(path_of("accounts:inbox"))

    assert "Nothing here yet" in page.text


def test_a_long_list_costs_no_more_queries_than_a_short_one(
    client, path_of, zoe, campaign, django_assert_max_num_queries
):
    for number in range(45):
        told(zoe, campaign, key=str(number))
    client.get(path_of("accounts:inbox"))  # markets, menu and session are remembered

    with django_assert_max_num_queries(8):
        page = client.get(path_of("accounts:inbox") + "?page=2")

    assert "2 of 3" in page.text


def told(user, campaign, key="") -> Notification:
    return Notification.objects.create(
        key=f"campaign_offers:{user.pk}:{key}",
        subject=user.subject,
        event="campaign_offers",
        topic=Topic.OFFERS,
        channel=Channel.INBOX,
        language="en",
        about=campaign,
        status=Notification.Status.SENT,
    )


@pytest.fixture
def zoe(client, db) -> User:
    user = User.objects.create_user("zoe@mail.example", "a kettle full of rain", language="en", country="DE")
    client.force_login(user)
    return user


@pytest.fixture
def campaign(db) -> Campaign:
    return Campaign.objects.create(
        topic=Topic.OFFERS, channel=Channel.INBOX, title_en="Bowls", text_en="New bowls are here."
    )


@pytest.fixture(autouse=True)
def germany(db):
    return MarketFactory()
