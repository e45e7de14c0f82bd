"""A court or an authority asks to keep something: the person is told, staff look again, deletion goes on."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from privacy import deletion, erasure, tasks
from privacy.models import AuditEvent, DataSubject, LegalHold, PrivacyRequest
from tests.accounts.people import mails_go_out, new_person
from tests.factories import ProcessorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(settings, tmp_path):
    settings.RIGHTS_JOURNAL = tmp_path / "journal" / "rights.jsonl"
    settings.VAR_DIR = tmp_path / "var"
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")


@pytest.fixture
def zoe():
    return new_person()


@pytest.fixture
def held(client, staff, zoe):
    """By the privacy desk, in the back office."""

    def hold(**values):
        staff("privacy")
        typed = {
            "subject": str(zoe.subject.pk),
            "authority": "Amtsgericht",
            "case": "12 C 34/26",
            "may_be_told": "on",
            "review_on": (timezone.localdate() + timedelta(days=90)).isoformat(),
        } | values
        with mails_go_out():
            page = client.post(reverse("admin:privacy_legalhold_add"), typed)
        assert page.status_code == 302
        return LegalHold.objects.get()

    return hold


def test_the_person_is_told(held):
    held()

    assert mail.outbox[-1].to == ["zoe@mail.example"]
    assert "A court or an authority asks us" in mail.outbox[-1].body


def test_nobody_is_told_where_that_is_forbidden(held, zoe):
    held(may_be_told="")

    said = [str(wait.why) for wait in erasure.plan(zoe.subject).waiting]
    assert not mail.outbox
    assert set(said) == {"We have to look at something first."}


def test_the_release_lets_a_deletion_go_on_at_once(client, held, zoe):
    hold = held()
    with mails_go_out():
        deletion.ask(zoe.subject, source=PrivacyRequest.Source.ACCOUNT, at_once=True)
    before = PrivacyRequest.objects.get(subject=zoe.subject).status

    page = reverse("admin:privacy_legalhold_change", args=[hold.pk])
    now = timezone.localtime()
    client.post(
        page,
        {
            "review_on": hold.review_on.isoformat(),
            "released_at_0": now.date().isoformat(),
            "released_at_1": now.strftime("%H:%M:%S"),
        },
    )
    with mails_go_out():
        tasks.run_requests()

    assert before == PrivacyRequest.Status.BLOCKED_PARTIAL
    assert AuditEvent.objects.filter(action="hold.released").exists()
    assert DataSubject.objects.get(pk=zoe.subject.pk).status == DataSubject.Status.ERASED


@pytest.mark.parametrize(("days", "in_time"), [(1, True), (0, False), (-5, False)])
def test_staff_see_what_must_be_looked_at_again(client, staff, anna, days, in_time):
    review_on = timezone.localdate() + timedelta(days=days)
    hold = LegalHold.objects.create(subject=anna, authority="Amtsgericht", case="1", review_on=review_on)
    staff("privacy")

    page = client.get(reverse("admin:privacy_legalhold_changelist"))

    assert admin.site._registry[LegalHold].is_in_time(hold) is in_time
    assert ("icon-no.svg" in page.text) is not in_time
