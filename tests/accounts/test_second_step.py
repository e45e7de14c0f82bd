import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts.models import SignIn
from privacy.models import SubjectKey
from tests.accounts.people import BRAZIL, PASSWORD, last_mail, mails_go_out, new_person, path_of, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("relays")]


@pytest.fixture
def zoe(db):
    return new_person()


@pytest.fixture
def secret(client, zoe):
    """Zoë has set up an app; the secret is what it knows."""
    sign_in(client, zoe.email)
    client.post(path_of("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(path_of("mfa_activate_totp")).context["form"].secret
    with mails_go_out():
        client.post(path_of("mfa_activate_totp"), {"code": code_of(secret)})
    return secret


def code_of(secret):
    now = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, now[len(now) // 2]))


def test_what_guards_an_account_is_not_changed_without_asking_once_more(client, zoe):
    client.force_login(zoe)

    for page in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        answer = client.get(path_of(page))
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (
            302,
            path_of("account_reauthenticate"),
        )


def test_secrets_of_the_second_step_lie_encrypted(client, zoe, secret):
    app = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)

    shown = client.get(path_of("mfa_view_recovery_codes")).context["unused_codes"]

    assert secret not in str(app.data)
    assert not any(code in str(codes.data) for code in shown)
    assert len(shown) == 10
    assert "authenticator app now guards" in last_mail().body


def test_a_destroyed_key_takes_the_secret_along(zoe, secret):
    app = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    zoe.subject.key.delete()

    with pytest.raises(SubjectKey.DoesNotExist):
        app.wrap().validate_code(code_of(secret))


def test_the_app_is_asked_after_the_password_and_no_code_is_mailed_as_well(zoe, secret):
    other = Client()

    page = sign_in(other, zoe.email, ip=BRAZIL)
    is_in_before = "_auth_user_id" in other.session
    other.post(path_of("mfa_authenticate"), {"code": "000000"})
    other.post(path_of("mfa_authenticate"), {"code": recovery_code()}, REMOTE_ADDR=BRAZIL)

    assert page.request["PATH_INFO"] == path_of("mfa_authenticate")
    assert not is_in_before
    assert "_auth_user_id" in other.session
    assert "country" in SignIn.objects.latest("pk").reasons
    assert not SignIn.objects.filter(outcome="challenged").exists()


def test_the_pages_are_there(client, zoe, secret):
    for page in (
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
    ):
        assert client.get(path_of(page)).status_code == 200


def recovery_code():
    return Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()[0]
