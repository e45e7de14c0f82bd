"""A worker dies after any commit of an erasure or a purge; the next one finishes, and does nothing twice."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import Notification, SignIn, User
from accounts.tasks import send_due
from orders.models import Order, Refund
from privacy import deletion, journal, proof, retention, tasks
from privacy.models import (
    AuditEvent,
    DataSubject,
    DoomedFile,
    ErasureNotice,
    LegalHold,
    PrivacyRequest,
    PurgeRun,
    SubjectKey,
)
from support.models import Attachment, Ticket
from tests import canary
from tests.dying import Died, dying_after
from tests.factories import AttachmentFactory, MessageFactory, ProcessorFactory, TicketFactory


@pytest.fixture(autouse=True)
def shop(settings, tmp_path, transactional_db):
    settings.RIGHTS_JOURNAL = tmp_path / "journal" / "rights.jsonl"
    settings.VAR_DIR = tmp_path / "var"
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")


class Person:
    """Somebody with a row of everything, who asks to be deleted at once."""

    def __init__(self):
        canaries = canary.plant()
        Order.objects.update(status=Order.Status.COMPLETED)
        Refund.objects.update(status=Refund.Status.SENT)
        Ticket.objects.update(status=Ticket.Status.CLOSED)
        LegalHold.objects.update(released_at=timezone.now())
        User.objects.update(is_staff=False)
        user = next(found.row for found in canaries if found.column == "accounts.User.email")
        self.subject, self.audit_ref, self.marks = (
            user.subject,
            user.subject.audit_ref,
            canary.must_go(canaries),
        )
        ErasureNotice.objects.filter(subject=self.subject).delete()

    def ask(self):
        deletion.ask(self.subject, source=PrivacyRequest.Source.ACCOUNT, at_once=True)

    @property
    def has_asked(self):
        return PrivacyRequest.objects.filter(subject=self.subject, kind="erasure").exists()

    def end(self, mails):
        """What has become of everything."""
        request = PrivacyRequest.objects.get(subject=self.subject, kind="erasure")
        erased = AuditEvent.objects.filter(action="subject.erased", subject_ref=self.audit_ref)
        told = Notification.objects.filter(event="erasure_done", object_id=str(request.farewell.pk))
        return {
            "request": request.status,
            "outcome": {step["model"] for step in request.outcome},
            "person": DataSubject.objects.get(pk=self.subject.pk).status,
            "has a key": SubjectKey.objects.filter(subject=self.subject).exists(),
            "events": erased.count(),
            "is in the journal": str(self.subject.pk) in {entry.subject for entry in journal.read()},
            "told": [notification.status for notification in told],
            "mails": [letter.subject for letter in mails].count("Your data is deleted"),
            "files": sealed_files(),
        }


def sealed_files():
    folder = Path(Attachment._meta.get_field("file").storage.path(""))
    return {path for path in folder.rglob("*") if path.is_file()}


def an_hour_later():
    """The lease of the dead worker is over, and the clock sets another one to work."""
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        tasks.run_requests()
        send_due()


def test_an_erasure_survives_the_death_of_its_worker_after_any_commit():
    undisturbed, deaths = Person(), 0
    marks = undisturbed.marks
    undisturbed.ask()
    expected = undisturbed.end(mail.outbox)

    while True:
        person = Person()
        marks += person.marks
        mail.outbox.clear()
        try:
            with dying_after(deaths + 1) as done:
                person.ask()
        except Died:
            deaths += 1
            an_hour_later()
            if not person.has_asked:  # died before the wish was kept: whoever sees an error asks again
                person.ask()
            assert person.end(mail.outbox) == expected, f"death {deaths}, after {done[-1]}"
        else:
            break

    assert expected["request"] in PrivacyRequest.SETTLED
    assert deaths > 30
    assert not DoomedFile.objects.exists()
    assert proof.scan(marks) == []


@pytest.mark.parametrize("rule", ["accounts.signin", "support.attachment"])
def test_a_purge_survives_the_death_of_its_worker_after_any_commit(rule, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    model, deaths, files = apps.get_model(rule), 0, sealed_files()

    while True:
        PurgeRun.objects.all().delete()
        expired = [long_ago(model) for _number in range(5)]
        try:
            with dying_after(deaths + 1) as done:
                retention.purge(as_of=timezone.localdate(), only=rule)
        except Died:
            deaths += 1
            left = model.objects.filter(pk__in=expired).count()
            counted = sum(PurgeRun.objects.filter(rule=rule).values_list("erased", flat=True))
            tasks.purge()
            assert counted == len(expired) - left, f"death {deaths}, after {done[-1]}"
            assert not model.objects.filter(pk__in=expired).exists()
            assert sealed_files() == files
        else:
            break

    assert deaths > 4
    assert not DoomedFile.objects.exists()


def long_ago(model):
    """The key of a row that has been kept for too long."""
    then = timezone.now() - timedelta(days=5000)
    if model is SignIn:
        return SignIn.objects.create(outcome=SignIn.Outcome.SUCCEEDED, at=then).pk
    ticket = TicketFactory(opened_at=then, last_message_at=then, closed_at=then, status=Ticket.Status.CLOSED)
    message = MessageFactory(ticket=ticket, created_at=then)
    return AttachmentFactory(message=message, created_at=then).pk


KILLED = """
import os, signal, sys, django
django.setup()
from django.core.management import call_command
from tests.dying import dying_after
with dying_after(int(sys.argv[2]), lambda: os.kill(os.getpid(), signal.SIGKILL)):
    call_command("erase_subject", sys.argv[1], "--yes")
"""


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="a copy of the database as a file, as SQLite has it"
)
def test_a_process_that_is_killed_is_followed_by_one_that_finishes(tmp_path):
    person, database = Person(), tmp_path / "shop.db"
    with closing(sqlite3.connect(database)) as copy:
        connection.connection.backup(copy)

    killed = run(database, "-c", KILLED, str(person.subject.pk), "12")
    finished = run(database, "manage.py", "erase_subject", str(person.subject.pk), "--yes")

    assert killed.returncode == -signal.SIGKILL
    assert "is found anywhere" in finished.stdout
    with closing(sqlite3.connect(database)) as copy:
        assert copy.execute("SELECT count(*) FROM privacy_doomedfile").fetchone() == (0,)
        assert copy.execute(
            "SELECT count(*) FROM privacy_auditevent WHERE action = 'subject.erased'"
        ).fetchone() == (1,)


def run(database, *arguments):
    own = {
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "DATABASE_URL": f"sqlite:///{database}",
        "RIGHTS_JOURNAL": str(database.parent / "journal" / "rights.jsonl"),
        "VAR_DIR": str(Path(Attachment._meta.get_field("file").storage.path("")).parent),
    }
    return subprocess.run(
        [sys.executable, *arguments], env=os.environ | own, capture_output=True, text=True, check=False
    )
