"""Nobody learns from a page, its status or its time whether an address has an account."""

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import preferences
from accounts.models import Channel, Topic, User
from privacy.models import ConsentRecord
from tests.accounts.people import PASSWORD, mails_go_out, new_person, path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("relays")]

KNOWN, UNKNOWN = "known@mail.example", "unknown@mail.example"
REGISTRATION = {"name": "Zoë Field", "phone": "0151 23456789", "password1": PASSWORD}
# What somebody types, on which page; and how far the two may differ in queries.
FORMS = [
    ("account_signup", "email", REGISTRATION, 12),
    ("account_login", "login", {"password": "wrong"}, 1),
    ("account_request_login_code", "email", {}, 4),
    ("account_reset_password", "email", {}, 4),
    ("accounts:preferences", "email", {}, 8),
    ("choices:newsletter", "email", {}, 4),
]


@pytest.fixture(autouse=True)
def _known(db):
    new_person(KNOWN)


def answer(page, field, typed, email):
    """What a stranger sees, what it costs, and how slow hashes there were."""
    client = Client()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        first = client.post(path_of(page), {field: email, **typed})
    last = client.get(first["Location"]) if first.status_code == 302 else first
    return first.status_code, first.get("Location"), last.text.replace(email, "…"), len(queries)


@pytest.mark.parametrize(("page", "field", "typed", "tolerance"), FORMS)
def test_the_answer_is_the_same(page, field, typed, tolerance):
    known = answer(page, field, typed, KNOWN)
    unknown = answer(page, field, typed, UNKNOWN)

    assert without_token(known[2]) == without_token(unknown[2])
    assert known[:2] == unknown[:2]
    assert abs(known[3] - unknown[3]) <= tolerance


@pytest.mark.parametrize(("page", "field", "typed", "tolerance"), FORMS)
def test_as_many_passwords_are_hashed(page, field, typed, tolerance, monkeypatch):
    hashed = []
    encode = type(hasher()).encode
    monkeypatch.setattr(type(hasher()), "encode", lambda *given: hashed.append(1) or encode(*given))
    counts = []
    for email in (KNOWN, UNKNOWN):
        hashed.clear()
        answer(page, field, typed, email)
        counts.append(len(hashed))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
@pytest.mark.parametrize(("page", "field", "typed", "tolerance"), FORMS)
def test_no_mail_is_sent_while_somebody_waits(page, field, typed, tolerance, email):
    answer(page, field, typed, email)

    assert mail.outbox == []


def test_nobody_is_written_to_who_has_no_account():
    with mails_go_out():
        answer("account_reset_password", "email", {}, UNKNOWN)
        answer("account_request_login_code", "email", {}, UNKNOWN)

    assert mail.outbox == []
    assert User.objects.count() == 1


def hasher():
    from django.contrib.auth.hashers import get_hasher

    return get_hasher()


def without_token(text):
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_a_reader_of_the_newsletter_is_not_known_by_a_quick_answer():
    reader = User.objects.get(email=KNOWN).subject
    preferences.switch(
        reader, Topic.NEWSLETTER, Channel.EMAIL, is_wanted=True, source=ConsentRecord.Source.ACCOUNT
    )

    known = answer("choices:newsletter", "email", {}, KNOWN)
    unknown = answer("choices:newsletter", "email", {}, UNKNOWN)

    assert known[:3] == unknown[:3]
    assert abs(known[3] - unknown[3]) <= 8
