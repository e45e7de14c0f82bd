from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from privacy import audit, audit_guard
from privacy.models import AuditEvent, AuditHead, SafetyCheck
from privacy.tasks import verify_audit


@pytest.fixture
def three_events(anna, bert):
    return [
        audit.record("order.placed", actor=anna, subject=anna, obj=anna.key, kind="guest", count=n)
        for n in range(3)
    ]


@pytest.fixture
def unguarded(three_events):
    """Someone with the rights of the database's owner."""
    audit_guard.remove(connection)
    return three_events


def test_an_event_says_who_did_what_to_which_row(anna, bert):
    audit.record("order.shipped", actor=bert, subject=anna, obj=anna.key, to_status="shipped")

    event = AuditEvent.objects.get()

    assert (event.seq, event.action, event.data) == (1, "order.shipped", {"to_status": "shipped"})
    assert (event.actor_ref, event.subject_ref) == (bert.audit_ref, anna.audit_ref)
    assert event.object_ref == f"privacy.subjectkey:{anna.pk}"


def test_nobody_and_nothing_are_fine(db):
    event = audit.record("shop.started")

    assert (event.actor_ref, event.subject_ref, event.object_ref) == ("", "", "")


@pytest.mark.parametrize(
    "data",
    [
        {"reason": "Anna Weber moved"},
        {"reference": "anna@example.org"},
        {"kind": ["a", "list"]},
        {"amount": 1.5},
        {"email": "x"},
    ],
)
def test_anything_but_ids_and_codes_is_refused(db, data):
    with pytest.raises(audit.NotAnId):
        audit.record("order.placed", **data)

    assert not AuditEvent.objects.exists()


def test_event_and_act_share_one_transaction(db):
    @transaction.atomic
    def act_that_fails():
        audit.record("order.placed")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act_that_fails()

    assert not AuditEvent.objects.exists()
    assert audit.verify() == 0


@pytest.mark.promise("B-3.5")
@pytest.mark.parametrize(
    "act",
    [
        lambda: AuditEvent.objects.filter(seq=2).update(action="nothing"),
        lambda: AuditEvent.objects.filter(seq=2).delete(),
        lambda: connection.cursor().execute("DELETE FROM privacy_auditevent"),
        pytest.param(
            lambda: connection.cursor().execute("TRUNCATE privacy_auditevent"), marks=pytest.mark.postgres
        ),
    ],
)
def test_the_database_refuses_to_change_an_event(three_events, act):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        act()

    assert audit.verify() == 3


@pytest.mark.promise("B-3.5")
@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: AuditEvent.objects.filter(seq=2).update(action="nothing"), "event 2 was changed"),
        (lambda: AuditEvent.objects.filter(seq=2).update(data={"count": 9}), "event 2 was changed"),
        (lambda: AuditEvent.objects.filter(seq=2).delete(), "event 2 is missing"),
        (lambda: AuditEvent.objects.filter(seq=3).delete(), "ends at 2"),
        (lambda: AuditEvent.objects.filter(seq=3).update(seq=4), "event 3 is missing"),
    ],
)
def test_the_chain_shows_what_an_insider_changed(unguarded, act, said):
    act()

    with pytest.raises(audit.ChainBroken, match=said):
        audit.verify()
    with pytest.raises(CommandError, match="broken"):
        call_command("verify_audit")
    assert not SafetyCheck.objects.last(SafetyCheck.Kind.AUDIT).has_passed


def test_a_forged_event_needs_the_key(unguarded, settings):
    head = AuditHead.objects.get()
    settings.AUDIT_KEYS = ["demo:" + "Z" * 42 + "A="]
    audit.record("order.refunded")
    settings.AUDIT_KEYS = ["demo:" + "C" * 42 + "A="]

    with pytest.raises(audit.ChainBroken, match=f"event {head.seq + 1} was changed"):
        audit.verify()


def test_the_chain_goes_on_under_a_new_key(three_events, settings):
    settings.AUDIT_KEYS = ["new:" + "N" * 42 + "A=", *settings.AUDIT_KEYS]
    audit.record("key.changed")

    assert audit.verify() == 4


def test_the_nightly_task_and_the_command_agree(three_events, capsys):
    call_command("verify_audit")
    verify_audit()

    assert "3 events" in capsys.readouterr().out
    assert SafetyCheck.objects.passed().filter(report={"events": 3}).count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_events_written_at_once_are_chained_one_after_the_other():
    def write(number):
        try:
            for _ in range(10):
                audit.record("order.placed", count=number)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(write, range(4)))

    assert audit.verify() == 40


def test_lost_triggers_are_noticed(unguarded):
    with pytest.raises(CommandError, match="triggers are gone"):
        call_command("verify_audit")


@pytest.mark.django_db(transaction=True)
def test_flushing_the_database_lifts_the_guard_and_puts_it_back():
    audit.record("order.placed")

    call_command("flush", interactive=False, verbosity=0)

    assert audit.verify() == 0
    audit.record("order.placed")
    with pytest.raises(DatabaseError):
        AuditEvent.objects.all().delete()
