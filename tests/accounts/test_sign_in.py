from pathlib import Path

import allauth
import pytest
from django.core import mail
from django.db import connection

from accounts import account_mail
from accounts.account_mail import EVENTS
from accounts.messages.signing_in import CHANGES
from accounts.models import User
from privacy.models import DataSubject, SubjectIdentifier
from tests.accounts.people import (
    PASSWORD,
    code_in,
    last_mail,
    mails_go_out,
    new_person,
    path_of,
    register,
    sign_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("relays")]


@pytest.fixture
def user(db):
    return new_person("known@mail.example")


@pytest.fixture
def owner(db):
    return User.objects.create_superuser("owner@mail.example", PASSWORD)


@pytest.mark.promise("A-I.1")
def test_registering_asks_name_e_mail_and_mobile_and_says_why(client, path_of):
    form = client.get(path_of("account_signup")).context["form"]

    asked = [name for name, field in form.fields.items() if field.required]
    assert asked == ["name", "email", "phone", "password1"]
    assert set(form.fields) - set(asked) == {"website"}
    assert all(form.fields[name].help_text for name in asked)


@pytest.mark.promise("A-I.1")
def test_what_was_typed_is_kept_and_lies_encrypted(client):
    register(client, "zoe@mail.example")

    user = User.objects.select_related("subject__key").get(email="zoe@mail.example")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM accounts_user WHERE id = %s", [user.pk])
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert (user.name, user.phone, user.language, user.country) == ("Zoë Field", "+4915123456789", "en", "DE")
    assert "Zoë".encode() not in stored
    assert b"15123456789" not in stored


def test_a_number_that_is_none_is_refused(client):
    page = register(client, "zoe@mail.example", phone="call me")

    assert "Please check the number" in page.text
    assert not User.objects.exists()


def test_who_fills_in_the_hidden_field_gets_no_account(client):
    page = register(client, "robot@mail.example", website="https://spam.example")

    assert page.status_code == 200
    assert not User.objects.exists()
    assert mail.outbox == []


def test_registering_needs_the_code_from_the_mail(client):
    page = register(client, "zoe@mail.example")

    client.post(page.request["PATH_INFO"], {"code": code_in(last_mail())}, follow=True)

    assert "zoe@mail.example" in last_mail().to
    user = User.objects.get(email="zoe@mail.example")
    assert user.subject.kind == "account"
    assert user.emailaddress_set.get().verified
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_taken_address_looks_the_same_as_a_new_one(client, user):
    new = register(client, "new@mail.example")
    client.logout()

    taken = register(client, user.email)

    assert taken.redirect_chain == new.redirect_chain
    assert User.objects.filter(email=user.email).count() == 1
    assert "account with this address already" in last_mail().body


def test_a_code_from_the_mailbox_signs_in(client, path_of, user):
    with mails_go_out():
        page = client.post(path_of("account_request_login_code"), {"email": user.email}, follow=True)

    client.post(page.request["PATH_INFO"], {"code": code_in(last_mail())})

    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_forgotten_password_is_chosen_anew_with_a_code(client, path_of, user):
    with mails_go_out():
        page = client.post(path_of("account_reset_password"), {"email": user.email}, follow=True)
    page = client.post(page.request["PATH_INFO"], {"code": code_in(last_mail())}, follow=True)

    with mails_go_out():
        client.post(
            page.request["PATH_INFO"],
            {"password1": "another rainy kettle", "password2": "another rainy kettle"},
        )

    user.refresh_from_db()
    assert user.check_password("another rainy kettle")
    assert "set anew" in last_mail().body


def test_a_changed_e_mail_counts_once_its_code_was_typed_and_the_old_one_is_told(client, path_of, user):
    client.force_login(user)
    client.post(path_of("account_reauthenticate"), {"password": PASSWORD})
    with mails_go_out():
        page = client.post(
            path_of("account_email"), {"email": "zoe@new.example", "action_add": ""}, follow=True
        )
    assert last_mail().to == ["zoe@new.example"]

    with mails_go_out():
        client.post(page.request["PATH_INFO"], {"code": code_in(last_mail())})

    user.refresh_from_db()
    assert user.email == "zoe@new.example"
    assert last_mail().to == ["known@mail.example"]
    assert "You now sign in with zoe@new.example" in last_mail().body


def test_an_address_somebody_gave_up_leads_to_them_no_longer(client, path_of, user):
    SubjectIdentifier.objects.prove(user.subject, "email", user.email)
    client.force_login(user)
    client.post(path_of("account_reauthenticate"), {"password": PASSWORD})
    with mails_go_out():
        page = client.post(
            path_of("account_email"), {"email": "zoe@new.example", "action_add": ""}, follow=True
        )

    with mails_go_out():
        client.post(page.request["PATH_INFO"], {"code": code_in(last_mail())})

    assert not DataSubject.objects.known_by("email", user.email).exists()
    assert DataSubject.objects.known_by("email", "zoe@new.example").get() == user.subject


@pytest.mark.promise("B-5.3")
def test_the_session_cookie_comes_with_signing_in_and_names_nobody(client, path_of, user, settings):
    client.get(path_of("account_login"))
    before = set(client.cookies)

    sign_in(client, user.email)

    assert before == set()
    assert client.cookies[settings.SESSION_COOKIE_NAME].value.isalnum()
    assert settings.CSRF_COOKIE_NAME in client.cookies


def test_five_wrong_passwords_are_enough(client, user):
    for _attempt in range(6):
        page = sign_in(client, user.email, "wrong")

    assert "Too many" in page.text


@pytest.mark.promise("A-I.3")
def test_the_password_is_a_salted_slow_hash(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

    user = User.objects.create_user("salt@mail.example", PASSWORD)

    assert user.password.startswith("pbkdf2_sha256$")
    assert PASSWORD not in user.password


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


def test_account_mails_are_signed_by_the_shop_and_name_the_person_by_address(client, settings):
    settings.SHOP_NAME = "Kiln & Leaf"

    register(client, "zoe@mail.example")

    [letter] = mail.outbox
    assert "Kiln & Leaf" in letter.body
    assert "zoe@mail.example" in letter.body
    assert "testserver" not in letter.subject + letter.body


def test_a_session_holds_no_address(client, user):
    sign_in(client, user.email)

    assert user.email not in str(dict(client.session.items()))


def test_every_mail_of_allauth_has_words_of_ours():
    folders = [Path(allauth.__file__).parent / "templates" / app / "email" for app in ("account", "mfa")]
    mails = {
        path.name.removesuffix("_message.txt") for folder in folders for path in folder.glob("*_message.txt")
    }

    unused = {"base", "password_reset_key", "unknown_account"}
    assert mails - unused == set(EVENTS) | set(CHANGES)


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_change_of_the_way_in_is_told(user, change):
    with mails_go_out():
        account_mail.tell(user, change, email=user.email, details={"ip": "192.0.2.1"})

    assert str(CHANGES[change]) in last_mail().body
    assert "192.0.2.1" not in last_mail().body


@pytest.mark.promise("A-I.3")
def test_a_password_that_everybody_uses_is_refused(client):
    page = register(client, "zoe@mail.example", password1="letmein123")

    assert "too common" in page.text
    assert not User.objects.exists()


def test_a_sign_in_that_was_only_begun_is_forgotten_within_the_hour(client):
    zoe = new_person()
    with mails_go_out():
        page = client.post(path_of("account_request_login_code"), {"email": zoe.email}, follow=True)
    begun = client.session.get_expiry_age()

    client.post(page.request["PATH_INFO"], {"code": code_in(last_mail())})

    assert begun <= 3600
    assert client.session.get_expiry_age() > 13 * 24 * 3600
