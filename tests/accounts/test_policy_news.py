"""What people are told of an important change: on the first page, by mail and in the account."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from accounts import policy_news
from accounts.models import Channel, Notification
from privacy import policies
from privacy.models import ConsentRecord, PolicyVersion
from tests.accounts.people import mails_go_out, new_person
from tests.factories import MarketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def market(relays):
    return MarketFactory()


def publish(words, *, is_material=False):
    purposes = " ".join(policies.purposes_in_use())
    texts = {
        "en": (f'<p data-purpose="{purposes}">{words}</p>', f"New: {words}"),
        "de": (f'<p data-purpose="{purposes}">{words}</p>', f"Neu: {words}"),
    }
    version = policies.draft("privacy", texts=texts, is_material=is_material)
    policies.publish(version)
    return version


def home(client, path_of, *, at=None):
    """After what is remembered for a minute has been forgotten."""
    cache.clear()
    with time_machine.travel(at or timezone.now()):
        return client.get(path_of("catalogue:home"))


@pytest.mark.promise("A-VII.2")
def test_the_first_page_tells_of_a_new_version_until_a_month_after_its_effect(client, path_of):
    publish("We write letters.")
    first = home(client, path_of)
    publish("We write many letters.", is_material=True)
    now = timezone.now()

    ahead = home(client, path_of)
    after = home(client, path_of, at=now + timedelta(days=31))
    later = home(client, path_of, at=now + timedelta(days=61))

    assert "a new version" not in first.text
    assert "Privacy policy: a new version takes effect on" in ahead.text
    assert 'href="/en-de/privacy/policy/2/changes/"' in ahead.text
    assert "Privacy policy: a new version is in effect since" in after.text
    assert "a new version" not in later.text
    assert not ahead.cookies


@pytest.mark.promise("A-VII.1", "A-VII.3")
def test_everybody_with_an_account_is_told_once_of_an_important_change(client, path_of):
    zoe, karl = new_person(), new_person("karl@mail.example", language="de")
    gone = new_person("gone@mail.example", is_active=False)
    publish("We write letters.")
    version = publish("We write many letters.", is_material=True)
    new_person("late@mail.example")

    with mails_go_out():
        policy_news.tell_everybody()
        PolicyVersion.objects.update(announced_at=None)  # as if the walk had been broken off
        policy_news.tell_everybody()

    told = Notification.objects.filter(event="policy_changed")
    assert {(one.subject, one.channel) for one in told} == {
        (person.subject, channel) for person in (zoe, karl) for channel in (Channel.EMAIL, Channel.INBOX)
    }
    assert gone.subject not in {one.subject for one in told}
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {zoe.email, karl.email}
    assert "New: We write many letters." in letters[zoe.email].body
    assert "/en-de/privacy/policy/2/changes/" in letters[zoe.email].body
    assert "Neu: We write many letters." in letters[karl.email].body
    assert version.kind == "privacy"
    assert not ConsentRecord.objects.exists()


def test_nobody_is_written_to_about_a_small_change():
    new_person()
    publish("We write letters.")
    publish("We write letters, mostly.")

    policy_news.tell_everybody()

    assert not Notification.objects.exists()
