import pytest
from django.core import mail
from django.urls import reverse

from accounts import roles
from accounts.models import Campaign, Topic, User
from tests.factories import MarketFactory, ProcessorFactory, VariantFactory

pytestmark = pytest.mark.django_db


def test_from_writing_to_sending(client, owner):
    bowl = VariantFactory(product__name_en="Moon Jar", product__slug="moon-jar").product
    client.force_login(owner)
    words = {
        "topic": "newsletter",
        "channel": "email",
        "products": [bowl.pk],
        "title_en": "Out of the kiln",
        "text_en": "New bowls are here.",
        "_save": "1",
    }

    page = client.post(reverse("admin:accounts_campaign_add"), words, follow=True)
    campaign = Campaign.objects.get()
    sent = client.post(release(campaign), {"start": "1"}, follow=True)

    campaign.refresh_from_db()
    assert page.request["PATH_INFO"] == release(campaign)
    assert "New bowls are here." in page.text
    assert "Moon Jar, €25.00" in page.text
    assert "0 people have agreed" in page.text
    assert "It is being sent." in sent.text
    assert (campaign.status, campaign.created_by) == ("sending", owner)


def test_what_is_sent_is_not_written_any_more(client, owner, campaign):
    client.force_login(owner)
    Campaign.objects.update(status=Campaign.Status.SENDING)

    page = client.post(
        reverse("admin:accounts_campaign_change", args=[campaign.pk]), {"title_en": "Something else"}
    )
    again = client.post(release(campaign), {"start": "1"}, follow=True)

    assert page.status_code == 403
    assert "not in a state for that" in again.text


def test_a_draft_without_words_is_not_sent(client, owner, campaign):
    client.force_login(owner)
    Campaign.objects.update(text_en="", text="")

    page = client.post(release(campaign), {"start": "1"}, follow=True)

    campaign.refresh_from_db()
    assert "needs a title and a text" in page.text
    assert campaign.status == "draft"


def test_a_trial_and_the_mail_as_it_looks(client, owner, campaign, django_capture_on_commit_callbacks):
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    client.force_login(owner)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(release(campaign), {"try": "1"})
    page = client.get(reverse("admin:accounts_campaign_mail", args=[campaign.pk, "de"]))

    assert mail.outbox[0].to == [owner.email]
    assert "Abbestellen" in page.text
    assert "'unsafe-inline'" in page["Content-Security-Policy"]
    assert "script-src 'none'" in page["Content-Security-Policy"]


def test_a_cancelled_one_stays_so(client, owner, campaign):
    client.force_login(owner)

    page = client.post(release(campaign), {"cancel": "1"}, follow=True)

    campaign.refresh_from_db()
    assert "It is cancelled" in page.text
    assert campaign.status == "cancelled"


def test_marketing_may_and_the_others_may_not(client, campaign):
    roles.make_roles()
    answers = {}

    for role in ("marketing", "support"):
        colleague = User.objects.create_user(f"{role}@shop.example", "a kettle full of rain", is_staff=True)
        roles.give(colleague, role)
        client.force_login(colleague)
        answers[role] = client.get(release(campaign)).status_code

    assert answers == {"marketing": 200, "support": 403}


def release(campaign: Campaign) -> str:
    return reverse("admin:accounts_campaign_release", args=[campaign.pk])


@pytest.fixture
def owner(db) -> User:
    return User.objects.create_superuser("owner@mail.example", "a kettle full of rain", country="DE")


@pytest.fixture
def campaign(db) -> Campaign:
    return Campaign.objects.create(
        topic=Topic.NEWSLETTER, title_en="Out of the kiln", text_en="New bowls are here."
    )


@pytest.fixture(autouse=True)
def germany(db):
    return MarketFactory()
