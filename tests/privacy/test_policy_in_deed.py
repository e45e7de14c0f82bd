"""What the policies say of every page, read as a stranger without cookies meets it."""

from datetime import timedelta

import pytest
from django.conf import settings as shop
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from privacy.models import ConsentRecord
from privacy.policy_files import publish_folder
from tests.accounts.people import new_person
from tests.factories import CategoryFactory, MarketFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def market():
    return MarketFactory()


@pytest.fixture
def policies():
    publish_folder(shop.BASE_DIR / "shop" / "demo" / "policies")


@pytest.mark.promise("A-0.2", "B-0.2")
def test_the_rights_are_one_click_from_every_page_with_and_without_an_account(client, path_of, policies):
    product = VariantFactory().product
    pages = [
        path_of("catalogue:home"),
        path_of("catalogue:product", product.slug),
        path_of("catalogue:category", CategoryFactory().slug),
        path_of("orders:cart"),
        path_of("support:contact"),
        path_of("account_login"),
        path_of("privacy:policy", "privacy"),
    ]
    link = f'href="{path_of("privacy:rights")}"'

    for page in pages:
        foot = client.get(page).text.partition("<footer")[2]
        assert link in foot, page
    assert not client.cookies
    client.force_login(new_person())
    for page in pages:
        assert link in client.get(page, follow=True).text.partition("<footer")[2], page


@pytest.mark.promise("A-0.2", "B-0.2")
def test_a_right_is_used_without_cookies(path_of):
    stranger = Client(enforce_csrf_checks=True)
    typed = {"kind": "access", "email": "somebody@mail.example"}

    page = stranger.post(path_of("privacy:rights_ask"), typed, headers={"sec-fetch-site": "same-origin"})

    assert page.status_code == 200
    assert "a mail with a code is on its way" in page.text
    assert not stranger.cookies


@pytest.mark.promise("B-9.4", "B-9.5")
def test_the_policy_asks_to_look_again_and_takes_looking_for_no_consent(client, path_of, policies):
    client.force_login(new_person())

    page = client.get(path_of("privacy:policy", "privacy")).text
    for name in ("catalogue:home", "catalogue:all", "privacy:rights"):
        client.get(path_of(name))

    assert "Please look here now and then." in page
    assert "Using the shop means that the version in effect applies" in page
    assert f'href="{path_of("privacy:policy_feed", "privacy")}"' in page
    assert not ConsentRecord.objects.exists()


@pytest.mark.promise("A-VII.6")
def test_every_policy_ends_with_who_answers(client, path_of, policies, settings):
    for kind in ("privacy", "cookies", "terms"):
        page = client.get(path_of("privacy:policy", kind)).text.partition("<footer")[0]

        for line in (f"mailto:{settings.SHOP_EMAIL}", settings.SHOP_PHONE, settings.SHOP_ADDRESS):
            assert line in page, (kind, line)


@pytest.mark.promise("A-VII.6")
def test_whoever_finds_a_weakness_is_told_whom_to_tell(client, settings):
    answer = client.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer["Content-Type"].startswith("text/plain")
    assert fields["Contact"] == f"mailto:{settings.SHOP_EMAIL}"
    assert timedelta(days=30) < parse_datetime(fields["Expires"]) - timezone.now() < timedelta(days=365)
