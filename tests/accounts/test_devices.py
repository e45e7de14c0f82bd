from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import SignIn
from tests.accounts.people import PASSWORD, mails_go_out, new_person, path_of, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("relays")]

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
)


@pytest.fixture
def zoe(db):
    return new_person()


@pytest.fixture
def laptop(zoe):
    client = Client()
    sign_in(client, zoe.email)
    return client


@pytest.fixture
def phone(zoe, laptop):
    client = Client()
    sign_in(client, zoe.email, browser=CHROME)
    return client


def is_in(client):
    return client.get(path_of("accounts:home")).status_code == 200


def test_the_page_lists_where_one_is_signed_in(laptop, phone, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = laptop.get(path_of("accounts:devices"))

    assert [sign_in.device.label for sign_in in page.context["sign_ins"]] == [
        "Firefox, Windows",
        "Chrome, Linux",
    ]
    assert page.text.count("This one") == 1
    assert "no-store" in page["Cache-Control"]


def test_one_of_them_is_signed_out(laptop, phone):
    there = SignIn.objects.latest("pk")

    laptop.post(path_of("accounts:sign_out", there.pk))

    assert is_in(laptop)
    assert not is_in(phone)
    assert len(laptop.get(path_of("accounts:devices")).context["sign_ins"]) == 1


def test_all_others_are_signed_out(laptop, phone):
    phone.post(path_of("accounts:sign_out_others"))

    assert is_in(phone)
    assert not is_in(laptop)


def test_a_stranger_finds_no_session_of_others(laptop):
    stranger = Client()
    stranger.force_login(new_person("lou@mail.example"))
    there = SignIn.objects.get()

    answer = stranger.post(path_of("accounts:sign_out", there.pk))
    stranger.post(path_of("accounts:sign_out_others"))

    assert answer.status_code == 404
    assert is_in(laptop)
    assert Client().get(path_of("accounts:devices")).status_code == 302


def test_once_the_goodbye_is_read_neither_cookie_nor_session_is_left(laptop, settings):
    laptop.post(path_of("account_logout"))

    page = laptop.get(path_of("orders:cart"))

    assert "You have signed out." in page.text
    assert not laptop.cookies[settings.SESSION_COOKIE_NAME].value
    assert not Session.objects.exists()


def test_a_session_that_was_signed_out_or_ran_out_is_not_listed(laptop, phone):
    laptop.post(path_of("account_logout"))

    assert len(phone.get(path_of("accounts:devices")).context["sign_ins"]) == 1


def test_when_it_was_last_used_is_noted_every_few_minutes(laptop):
    laptop.get(path_of("accounts:home"))
    first = SignIn.objects.get().seen_at
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        laptop.get(path_of("accounts:home"))
    soon = SignIn.objects.get().seen_at
    cache.clear()  # its clock is the machine's
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        laptop.get(path_of("accounts:home"))

    assert soon == first
    assert SignIn.objects.get().seen_at > first


def test_a_new_password_signs_out_the_others_and_keeps_this_one_listed(laptop, phone):
    laptop.post(path_of("account_reauthenticate"), {"password": PASSWORD})
    new = "another rainy kettle"
    with mails_go_out():
        laptop.post(
            path_of("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )

    assert is_in(laptop)
    assert not is_in(phone)
    here = laptop.session["sign_in"]
    assert here in [sign_in.pk for sign_in in laptop.get(path_of("accounts:devices")).context["sign_ins"]]


def test_the_device_cookie_comes_with_signing_in_and_stays(client, zoe, settings):
    client.get(path_of("account_login"))
    before = set(client.cookies)
    sign_in(client, zoe.email)
    token = client.cookies[settings.DEVICE_COOKIE_NAME]
    client.post(path_of("account_logout"))
    sign_in(client, zoe.email)

    assert before == set()
    assert client.cookies[settings.DEVICE_COOKIE_NAME].value == token.value
    assert token["httponly"]
    assert token["samesite"] == "Lax"
