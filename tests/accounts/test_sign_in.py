import re

import pytest
from django.core import mail

from accounts.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "a kettle full of rain"


def register(client, path_of, email):
    return client.post(
        path_of("account_signup"), {"email": email, "password1": PASSWORD, "password2": PASSWORD}, follow=True
    )


def test_registering_needs_the_code_from_the_mail(client, path_of):
    page = register(client, path_of, "zoe@mail.example")
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]+)\s*$", mail.outbox[0].body, re.MULTILINE).group(1)

    client.post(page.request["PATH_INFO"], {"code": code}, follow=True)

    assert "zoe@mail.example" in mail.outbox[0].to
    user = User.objects.get(email="zoe@mail.example")
    assert user.subject.kind == "account"
    assert user.emailaddress_set.get().verified


def test_a_taken_address_looks_the_same_as_a_new_one(client, path_of, user):
    new = register(client, path_of, "new@mail.example")
    client.logout()

    taken = register(client, path_of, user.email)

    assert taken.redirect_chain == new.redirect_chain
    assert User.objects.filter(email=user.email).count() == 1


@pytest.mark.promise("B-5.3")
def test_the_session_cookie_comes_with_signing_in_and_names_nobody(client, path_of, user, settings):
    client.get(path_of("account_login"))
    before = set(client.cookies)

    client.post(path_of("account_login"), {"login": user.email, "password": PASSWORD})

    assert before == set()
    assert client.cookies[settings.SESSION_COOKIE_NAME].value.isalnum()
    assert settings.CSRF_COOKIE_NAME in client.cookies


def test_five_wrong_passwords_are_enough(client, path_of, user):
    for _attempt in range(6):
        page = client.post(path_of("account_login"), {"login": user.email, "password": "wrong"})

    assert "Too many" in page.text


@pytest.mark.promise("A-I.3")
def test_the_password_is_a_salted_slow_hash(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

    user = User.objects.create_user("salt@mail.example", PASSWORD)

    assert user.password.startswith("pbkdf2_sha256$")
    assert PASSWORD not in user.password


@pytest.fixture
def user(db):
    user = User.objects.create_user("known@mail.example", PASSWORD)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def owner(db):
    return User.objects.create_superuser("owner@mail.example", PASSWORD)


@pytest.mark.promise("A-V.5")
def test_staff_see_masked_addresses(client, user, owner):
    client.force_login(owner)

    page = client.get("/admin/accounts/user/")

    assert user.email not in page.text
    assert "known@" not in page.text


def test_strangers_find_no_back_office(client, user):
    client.force_login(user)

    page = client.get("/admin/accounts/user/", follow=True)

    assert page.status_code == 404


def test_staff_sign_in_where_everybody_does(client, owner):
    owner.emailaddress_set.create(email=owner.email, verified=True, primary=True)
    form = client.get("/admin/", follow=True)

    page = client.post(
        form.redirect_chain[-1][0],
        {"login": owner.email, "password": PASSWORD, "next": "/admin/"},
        follow=True,
    )

    assert page.redirect_chain[-1][0] == "/admin/"
    assert "Back office" in page.text


def test_account_mails_are_signed_by_the_shop_and_name_the_person_by_address(client, path_of, settings):
    settings.SHOP_NAME = "Kiln & Leaf"

    register(client, path_of, "zoe@mail.example")

    [letter] = mail.outbox
    assert "Kiln & Leaf" in letter.body
    assert "zoe@mail.example" in letter.body
    assert "testserver" not in letter.subject + letter.body
