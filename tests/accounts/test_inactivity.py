"""Accounts nobody uses: warned twice, then erased; whoever signs in stays, and whoever is owed something."""

from datetime import timedelta

import pytest
import time_machine
from dateutil.relativedelta import relativedelta
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import inactivity
from accounts.models import Profile, User
from orders.models import Order
from privacy import data_map, retention
from privacy.models import AuditEvent, DataSubject, PrivacyRequest
from tests.accounts.people import mails_go_out, new_person
from tests.factories import OrderAddressFactory, ProcessorFactory

pytestmark = pytest.mark.django_db
START = timezone.now()


@pytest.fixture(autouse=True)
def shop(settings, tmp_path):
    settings.RIGHTS_JOURNAL = tmp_path / "journal" / "rights.jsonl"
    settings.VAR_DIR = tmp_path / "var"
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")


def last_seen(months, days=0):
    user = new_person()
    User.objects.update(last_login=START - relativedelta(months=months) - timedelta(days=days))
    return user


def the_clock_strikes(days):
    with time_machine.travel(START + timedelta(days=days, hours=1), tick=True), mails_go_out():
        inactivity.look_after()


def warnings():
    return [letter for letter in mail.outbox if "unless you sign in" in letter.subject]


@pytest.mark.promise("B-3.10")
def test_an_account_nobody_used_for_two_years_is_warned_twice_and_erased():
    user = last_seen(months=24, days=-30.5)
    told = {}

    for day in (0, 1, 5, 23, 24, 28, 29, 30, 36):
        the_clock_strikes(day)
        told[day] = len(warnings())

    request = PrivacyRequest.objects.get()
    assert told == {0: 0, 1: 1, 5: 1, 23: 1, 24: 2, 28: 2, 29: 2, 30: 2, 36: 2}
    assert request.source == PrivacyRequest.Source.IDLE
    assert request.status == PrivacyRequest.Status.COMPLETED
    assert DataSubject.objects.get(pk=user.subject.pk).status == DataSubject.Status.ERASED
    assert "Your data is deleted" in mail.outbox[-1].subject


def test_whoever_signs_in_after_the_warning_starts_anew():
    user = last_seen(months=24, days=5)
    the_clock_strikes(0)
    User.objects.update(last_login=START + timedelta(days=2))

    the_clock_strikes(25)
    the_clock_strikes(40)

    assert len(warnings()) == 1
    assert User.objects.filter(pk=user.pk, is_active=True).exists()


def test_nobody_goes_without_warning_when_the_clock_stood_still():
    user = last_seen(months=30)

    the_clock_strikes(0)
    the_clock_strikes(1)

    assert len(warnings()) == 1
    assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.parametrize("open_thing", [Order.Status.PAID, Order.Status.FULFILLED])
def test_an_account_with_something_open_is_kept_and_shown_to_staff(client, open_thing, admin_client):
    user = last_seen(months=30)
    OrderAddressFactory(order__subject=user.subject, order__status=open_thing)

    for day in (0, 24, 32):
        the_clock_strikes(day)

    user.refresh_from_db()
    assert user.idle_kept_at
    assert not warnings()
    assert AuditEvent.objects.filter(action="account.kept_idle").count() == 1
    page = admin_client.get(reverse("admin:accounts_user_changelist"), {"idle_kept_at__isempty": "0"})
    assert [row.pk for row in page.context["cl"].queryset] == [user.pk]


def test_a_kept_account_that_is_used_again_is_kept_for_its_own_sake():
    user = last_seen(months=30)
    User.objects.update(idle_kept_at=START, last_login=START + timedelta(hours=1))

    the_clock_strikes(1)

    user.refresh_from_db()
    assert user.idle_kept_at is None


def test_a_colleague_is_not_warned():
    last_seen(months=30)
    User.objects.update(is_staff=True)

    the_clock_strikes(0)

    assert not warnings()


def test_an_optional_profile_goes_alone():
    user = new_person()
    Profile.objects.create(subject=user.subject, gender="other")
    Profile.objects.update(changed_at=START - relativedelta(months=25))

    retention.purge(as_of=timezone.localdate(), only="accounts.profile")

    assert not Profile.objects.exists()
    assert User.objects.filter(pk=user.pk).exists()


def test_the_policy_tells_how_long_an_unused_account_is_kept():
    said = [row.retention for row in data_map.rows() if row.model == "accounts.User"]

    assert all(line.startswith("2 years: ") for line in said)
