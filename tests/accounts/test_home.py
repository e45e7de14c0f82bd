import pytest

from accounts.models import Channel, Notification, User
from tests.accounts.people import PASSWORD, new_person, sign_in
from tests.factories import MarketFactory, OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db

PAGES = (
    "accounts:home",
    "accounts:profile",
    "accounts:addresses",
    "accounts:add_address",
    "accounts:settings",
    "accounts:close",
    "orders:history",
    "orders:use_phone",
    "privacy:mine",
)


@pytest.fixture(autouse=True)
def market(db):
    return MarketFactory()


@pytest.fixture
def zoe(client):
    zoe = new_person()
    client.force_login(zoe)
    return zoe


def test_the_overview_greets_and_shows_the_latest_orders(client, path_of, zoe):
    order = OrderFactory(subject=zoe.subject)
    OrderLineFactory(order=order, name="Moon jar")
    other = OrderFactory()

    page = client.get(path_of("accounts:home"))

    assert "Hello, Zoë Field" in page.text
    assert order.number in page.text
    assert "Moon jar" in page.text
    assert other.number not in page.text


def test_the_overview_counts_unread_messages(client, path_of, zoe):
    for key in ("a", "b"):
        Notification.objects.create(
            subject=zoe.subject,
            key=key,
            event="contact_changed",
            topic="account",
            channel=Channel.INBOX,
            language="en",
            status=Notification.Status.SENT,
        )

    page = client.get(path_of("accounts:home"))

    assert "2 messages to you are unread" in page.text


def test_without_orders_the_overview_shows_the_way_to_the_shop(client, path_of, zoe):
    page = client.get(path_of("accounts:home"))

    assert "You have not ordered anything yet." in page.text


@pytest.mark.parametrize("name", PAGES)
def test_strangers_are_asked_to_sign_in(client, path_of, name):
    page = client.get(path_of(name))

    assert page.status_code == 302
    assert page["Location"].startswith(path_of("account_login"))


@pytest.mark.parametrize(
    "name", [name for name in PAGES if name not in ("accounts:close", "orders:use_phone")]
)
def test_no_browser_keeps_a_page_of_an_account(client, path_of, zoe, name):
    page = client.get(path_of(name))

    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"


def test_the_head_leads_strangers_to_the_door_and_others_to_their_account(client, path_of, settings):
    settings.PAGE_CACHE_SECONDS = 60
    home = path_of("catalogue:home")
    before = client.get(home).text
    client.force_login(new_person())

    inside = client.get(home).text
    client.logout()
    after = client.get(home).text

    assert f'href="{path_of("account_login")}"' in before
    assert f'href="{path_of("accounts:home")}"' in inside
    assert f'href="{path_of("account_login")}"' in after
    assert f'href="{path_of("accounts:home")}"' not in after


def test_language_and_country_are_kept_for_what_the_shop_writes(client, path_of, zoe):
    MarketFactory(country="FR", languages="fr en")

    answer = client.post(path_of("accounts:settings"), {"place": "fr-FR"})

    assert answer["Location"] == path_of("accounts:settings", language="fr", country="FR")
    zoe = User.objects.get(pk=zoe.pk)
    assert (zoe.language, zoe.country) == ("fr", "FR")


def test_a_place_that_is_not_open_is_refused(client, path_of, zoe):
    page = client.post(path_of("accounts:settings"), {"place": "xx-XX"})

    assert page.status_code == 200
    zoe.refresh_from_db()
    assert zoe.country == "DE"


@pytest.mark.parametrize(
    "page",
    ["account_email", "account_change_password", "mfa_index", "mfa_activate_totp", "mfa_list_webauthn"],
)
def test_no_browser_keeps_a_page_of_the_sign_in(client, path_of, page):
    zoe = new_person()
    sign_in(client, zoe.email)
    client.post(path_of("account_reauthenticate"), {"password": PASSWORD})

    answer = client.get(path_of(page))

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
