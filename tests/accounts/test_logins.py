from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import disowning, former_address, logins
from accounts.models import KnownDevice, Notification, SignIn, User
from accounts.visits import Visit, country_of, device_label, network_ref
from privacy.models import AuditEvent
from tests.accounts.people import (
    BRAZIL,
    FIREFOX,
    GERMANY,
    GERMANY_ELSEWHERE,
    GERMANY_NEXT_DOOR,
    PASSWORD,
    code_in,
    last_mail,
    link_in,
    mails_go_out,
    new_person,
    path_of,
    sign_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("relays")]


@pytest.fixture
def zoe(db):
    return new_person()


@pytest.fixture
def home(client, zoe):
    """The browser Zoë has signed in with, signed out again."""
    sign_in(client, zoe.email)
    client.post(path_of("account_logout"))
    return client


def is_in(client):
    return "_auth_user_id" in client.session


def test_the_first_sign_in_of_all_is_not_unusual(client, zoe):
    sign_in(client, zoe.email)

    kept = SignIn.objects.get()
    assert (kept.outcome, kept.reasons, kept.country) == ("succeeded", "", "DE")
    assert mail.outbox == []


def test_the_same_browser_next_door_is_not_unusual(home, zoe):
    sign_in(home, zoe.email, ip=GERMANY_NEXT_DOOR)

    assert is_in(home)
    assert mail.outbox == []


@pytest.mark.promise("A-II.9")
def test_another_browser_is_let_in_and_its_owner_told_by_mail_and_in_the_inbox(home, zoe):
    other = Client()

    sign_in(other, zoe.email)

    assert is_in(other)
    assert last_mail().to == [zoe.email]
    assert "Firefox, Windows" in last_mail().body
    assert "Germany" in last_mail().body
    assert "has not signed in to your account before" in last_mail().body
    told = Notification.objects.filter(event="unusual_sign_in", status="sent")
    assert set(told.values_list("channel", flat=True)) == {"email", "inbox"}


@pytest.mark.promise("A-II.9")
def test_another_network_is_told(home, zoe):
    sign_in(home, zoe.email, ip=GERMANY_ELSEWHERE)

    assert is_in(home)
    assert "a network that is new" in last_mail().body


@pytest.mark.promise("A-II.9")
@pytest.mark.parametrize(("ip", "later"), [(BRAZIL, timedelta(days=3)), (BRAZIL, timedelta(minutes=10))])
def test_another_country_needs_a_code_from_the_mailbox(home, zoe, ip, later):
    with time_machine.travel(timezone.now() + later):
        page = sign_in(home, zoe.email, ip=ip)
        is_in_without_code = is_in(home)
        with mails_go_out():
            home.post(page.request["PATH_INFO"], {"code": code_in(last_mail())}, REMOTE_ADDR=ip)

    assert not is_in_without_code
    assert is_in(home)
    assert "from a country you have not signed in from" in last_mail().body
    assert set(SignIn.objects.values_list("outcome", flat=True)) == {"succeeded", "challenged"}


def test_who_did_not_ask_for_that_code_locks_the_account_by_a_link_beside_it(home, zoe):
    sign_in(home, zoe.email, ip=BRAZIL)
    letter = last_mail()

    Client().post(link_in(letter, "not-me"))

    zoe.refresh_from_db()
    assert "somebody knows your password" in letter.body
    assert zoe.must_change_password
    assert not zoe.has_usable_password()


def test_a_new_browser_in_a_new_network_needs_a_code(home, zoe):
    other = Client()

    page = sign_in(other, zoe.email, ip=GERMANY_ELSEWHERE)

    assert not is_in(other)
    assert page.request["PATH_INFO"] == path_of("account_confirm_login_code")


def test_staff_need_the_code_too(home, zoe):
    User.objects.filter(pk=zoe.pk).update(is_staff=True, is_superuser=True)

    sign_in(home, zoe.email, ip=BRAZIL)

    assert home.get("/admin/").status_code == 302


def test_a_code_that_was_asked_for_is_enough(home, zoe):
    with mails_go_out():
        page = home.post(path_of("account_request_login_code"), {"email": zoe.email}, follow=True)

    home.post(page.request["PATH_INFO"], {"code": code_in(last_mail())}, REMOTE_ADDR=BRAZIL)

    assert is_in(home)


def test_wrong_codes_do_not_sign_in(home, zoe):
    page = sign_in(home, zoe.email, ip=BRAZIL)

    for _attempt in range(3):
        home.post(page.request["PATH_INFO"], {"code": "WRONG-CODE"})
    home.post(page.request["PATH_INFO"], {"code": code_in(last_mail())})

    assert not is_in(home)


def test_two_countries_too_soon_is_travel_even_where_both_are_known(zoe):
    here, there = visit(country="DE"), visit(country="FR", network_ref="far")
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        logins.succeed(zoe, there, reasons=[], session_key="a")
    logins.succeed(zoe, here, reasons=[], session_key="b")

    assert logins.unusual(zoe, there) == ["travel"]
    with time_machine.travel(timezone.now() + timedelta(hours=4)):
        assert logins.unusual(zoe, there) == []


def test_a_burst_of_failures_before_makes_a_sign_in_risky(zoe):
    logins.succeed(zoe, visit(), reasons=[], session_key="a")
    for number in range(5):
        logins.fail(zoe.email, visit(network_ref=f"bot {number}"))

    reasons = logins.unusual(zoe, visit())

    assert reasons == ["burst"]
    assert logins.is_risky(reasons)


def test_a_long_absence_is_no_first_time(home, zoe):
    with time_machine.travel(timezone.now() + timedelta(days=200)):
        SignIn.objects.all().delete()
        KnownDevice.objects.all().delete()

        sign_in(Client(), zoe.email)

        assert SignIn.objects.get().reasons == "device,network"


@pytest.mark.promise("B-2.8")
def test_trying_many_accounts_from_one_network_is_stopped(client, zoe):
    for number in range(10):
        sign_in(client, f"stolen{number}@mail.example", "wrong", ip=f"84.128.10.{number}")

    page = sign_in(client, zoe.email, ip=GERMANY)

    assert page.status_code == 429
    assert not is_in(client)
    assert AuditEvent.objects.filter(action="sign_in.stuffing").count() == 1
    assert sign_in(Client(), zoe.email, ip=GERMANY_ELSEWHERE).status_code == 200


def test_mistyping_one_account_stops_nobody_else_in_the_network(client, zoe):
    for _attempt in range(12):
        logins.fail(zoe.email, visit(network_ref=network_ref(GERMANY)))

    sign_in(client, new_person("lou@mail.example").email)

    assert is_in(client)


@pytest.mark.promise("A-II.9")
def test_this_was_not_me_ends_sessions_and_locks_the_account(home, zoe):
    sign_in(home, zoe.email)
    thief = Client()
    sign_in(thief, zoe.email)
    link = link_in(last_mail(), "not-me")
    mailbox = Client()

    looked = mailbox.get(link)
    still_in = thief.get(path_of("accounts:home")).status_code
    done = mailbox.post(link)

    assert "Was this not you" in looked.text
    assert "Firefox" in looked.text
    assert still_in == 200
    assert "The account is locked" in done.text
    assert thief.get(path_of("accounts:home")).status_code == 302
    assert home.get(path_of("accounts:home")).status_code == 302
    assert mailbox.cookies == {}
    sign_in(thief, zoe.email)
    assert not is_in(thief)
    assert SignIn.objects.filter(disowned_at__isnull=False).count() == 1
    assert AuditEvent.objects.filter(action="sign_in.disowned").exists()


def test_a_locked_account_opens_with_a_new_password_only(client, zoe):
    zoe.must_change_password = True
    zoe.set_unusable_password()
    zoe.save()
    with mails_go_out():
        page = client.post(path_of("account_request_login_code"), {"email": zoe.email}, follow=True)
    locked = client.post(page.request["PATH_INFO"], {"code": code_in(last_mail())}, follow=True)
    with mails_go_out():
        page = client.post(path_of("account_reset_password"), {"email": zoe.email}, follow=True)
    page = client.post(page.request["PATH_INFO"], {"code": code_in(last_mail())}, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})

    sign_in(client, zoe.email)

    assert "This account is locked" in locked.text
    assert is_in(client)


def test_a_link_that_is_not_ours_leads_nowhere(client, zoe):
    sign_in(client, zoe.email)
    pk = SignIn.objects.get().pk

    for token in (f"{pk}.forged", f"{pk}", "x.y", "9" * 30 + ".z"):
        assert client.get(path_of("accounts:not_me", token)).status_code == 404


@pytest.mark.promise("A-II.9")
def test_neither_address_nor_user_agent_is_stored(client, zoe):
    sign_in(client, zoe.email, ip=GERMANY)
    sign_in(Client(), zoe.email, "wrong", ip=GERMANY)

    with connection.cursor() as cursor:
        rows = []
        for table in ("accounts_signin", "accounts_knowndevice", "django_session", "privacy_auditevent"):
            cursor.execute(f"SELECT * FROM {table}")
            rows += [str(row) for row in cursor.fetchall()]
    assert GERMANY not in str(rows) + str(dict(client.session))
    assert "Mozilla" not in str(rows)


def test_a_device_is_bound_to_its_person(client, zoe):
    lou = new_person("lou@mail.example")
    sign_in(client, zoe.email)
    client.post(path_of("account_logout"))
    sign_in(client, lou.email)

    assert KnownDevice.objects.count() == 2
    assert KnownDevice.objects.values("token_hash").distinct().count() == 2


def test_what_a_device_is_called():
    assert device_label(FIREFOX) == "Firefox, Windows"
    assert device_label("") == ""
    assert device_label("curl/8") == "curl"
    assert len(device_label("x" * 5000)) <= 80


def test_where_a_network_is_and_how_wide():
    assert (country_of(GERMANY), country_of(BRAZIL), country_of("127.0.0.1")) == ("DE", "BR", "")
    assert network_ref(GERMANY) == network_ref(GERMANY_NEXT_DOOR) != network_ref(GERMANY_ELSEWHERE)
    assert network_ref(f"::ffff:{GERMANY}") == network_ref(GERMANY)
    assert country_of(f"::ffff:{GERMANY}") == "DE"
    assert network_ref("2001:db8:1:2::3") == network_ref("2001:db8:1:ff::9") != network_ref("2001:db8:2::")


def visit(**values):
    return Visit(**{"network_ref": "home", "device_token": "t" * 43} | values)


def test_a_sign_in_that_waited_for_its_code_does_not_survive_the_lock(home, zoe):
    page = sign_in(home, zoe.email, ip=BRAZIL)
    code, sign_in_before = code_in(last_mail()), SignIn.objects.filter(outcome="succeeded").get()

    disowning.disown(sign_in_before)
    answer = home.post(page.request["PATH_INFO"], {"code": code}, REMOTE_ADDR=BRAZIL)

    assert not is_in(home)
    assert "new password" in answer.text


def test_a_thief_who_put_in_their_own_address_does_not_get_the_code(home, zoe):
    thief = Client()
    sign_in(thief, zoe.email)
    link = link_in(last_mail(), "not-me")
    put_in_another_address(thief)

    done = Client().post(link)
    mail.outbox.clear()
    with mails_go_out():
        thief.post(path_of("account_reset_password"), {"email": "thief@evil.example"})

    assert "please write to us" in done.text
    assert User.objects.get(pk=zoe.pk).email == "thief@evil.example"
    assert mail.outbox == []


@pytest.mark.promise("A-II.9")
def test_the_old_mailbox_takes_the_account_back_from_a_thief(home, zoe):
    thief = Client()
    sign_in(thief, zoe.email)
    not_me = link_in(last_mail(), "not-me")
    put_in_another_address(thief)
    letter = next(letter for letter in mail.outbox if "old-address" in letter.body)
    link = link_in(letter, "old-address")
    Client().post(not_me)

    looked = Client().get(link)
    untouched = User.objects.get(pk=zoe.pk).email
    done = Client().post(link)
    with mails_go_out():
        Client().post(path_of("account_reset_password"), {"email": "zoe@mail.example"})

    assert letter.to == ["zoe@mail.example"]
    assert "Take my old address back" in looked.text
    assert untouched == "thief@evil.example"
    assert "The account is locked" in done.text
    assert thief.get(path_of("accounts:home")).status_code == 302
    assert last_mail().to == ["zoe@mail.example"]
    assert "zoe@mail.example" not in link
    assert User.objects.get(pk=zoe.pk).is_active


@pytest.mark.parametrize("thief_is_first", [True, False])
def test_a_thief_who_changes_the_address_twice_has_no_way_back(home, zoe, thief_is_first):
    """Their first address is an old one too, but younger than the owner's."""
    thief = Client()
    sign_in(thief, zoe.email)
    put_in_another_address(thief)
    put_in_another_address(thief, "second@evil.example")
    letters = [letter for letter in mail.outbox if "old-address" in letter.body]
    links = {letter.to[0]: link_in(letter, "old-address") for letter in letters}
    if thief_is_first:
        Client().post(links["thief@evil.example"])

    Client().post(links["zoe@mail.example"])
    refused = Client().post(links["thief@evil.example"])

    assert refused.status_code == 404
    assert User.objects.get(pk=zoe.pk).email == "zoe@mail.example"


def test_an_old_address_comes_back_for_a_fortnight_and_never_to_two_accounts(client, zoe):
    link = path_of("accounts:old_address", former_address.token_of(zoe, "old@mail.example"))
    new_person("old@mail.example")

    taken = client.post(link)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        late = client.get(link)

    assert "belongs to another account" in taken.text
    assert User.objects.get(pk=zoe.pk).email == "zoe@mail.example"
    assert late.status_code == 404
    assert client.get(path_of("accounts:old_address", "forged" * 5)).status_code == 404


def put_in_another_address(thief, address="thief@evil.example"):
    thief.post(path_of("account_reauthenticate"), {"password": PASSWORD})
    with mails_go_out():
        page = thief.post(path_of("account_email"), {"email": address, "action_add": ""}, follow=True)
    with mails_go_out():
        thief.post(page.request["PATH_INFO"], {"code": code_in(last_mail())})
