"""A person is erased: the plan, the execution, and the search for what might be left."""

import base64
import gzip
import io
import json
import zipfile
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from orders.models import Order, OrderAddress, OrderLine, Payment, Refund
from privacy import erasure, gate, journal, proof
from privacy.models import AuditEvent, DataSubject, LegalHold, SubjectIdentifier, SubjectKey
from privacy.proof import Needle
from privacy.purposes import Purpose
from privacy.waiting import HELD
from support.models import Attachment, Message, Ticket
from tests import canary
from tests.factories import DataSubjectFactory, OrderAddressFactory


@pytest.fixture
def everything(db):
    """One row of everything the shop knows about a person, each personal column with a mark of its own."""
    canaries = canary.plant()
    Order.objects.update(status=Order.Status.COMPLETED)
    Refund.objects.update(status=Refund.Status.SENT)
    Ticket.objects.update(status=Ticket.Status.CLOSED)
    LegalHold.objects.update(released_at=timezone.now())
    User.objects.update(is_staff=False)
    return canaries


@pytest.fixture
def person(everything):
    return User.objects.get(email__startswith="canary").subject


@pytest.fixture(autouse=True)
def own_journal(settings, tmp_path):
    settings.RIGHTS_JOURNAL = tmp_path / "journal" / "rights.jsonl"


@pytest.mark.promise("A-IV.5")
def test_nothing_is_left_of_a_person_who_had_everything(
    everything, person, django_capture_on_commit_callbacks
):
    wanted = canary.must_go(everything)
    before = {hit.kind for hit in proof.scan(wanted)}

    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(person)

    assert "accounts.User.email" in before
    assert proof.scan(wanted) == []


def test_who_is_signed_in_is_signed_out(client, everything, person):
    client.force_login(person.user)
    assert Session.objects.filter(pk=client.session.session_key).exists()

    erasure.erase(person)

    assert not Session.objects.filter(pk=client.session.session_key).exists()


def test_a_code_that_was_asked_for_and_never_typed_leaves_nothing(client, everything, person, path_of):
    address = person.user.email
    client.post(path_of("account_reset_password"), {"email": address})
    assert address in str([session.get_decoded() for session in Session.objects.all()])

    erasure.erase(person)

    assert address not in str([session.get_decoded() for session in Session.objects.all()])


@pytest.mark.promise("A-IV.6", "B-6.4")
def test_what_the_law_keeps_is_named_with_law_and_day_before_anything_goes(db):
    address = OrderAddressFactory(
        order__status=Order.Status.COMPLETED, order__placed_at=datetime(2026, 3, 4, tzinfo=UTC)
    )
    person = address.order.subject

    planned = erasure.plan(person)

    [step] = [step for step in planned.steps if step.data.model is Order]
    assert not step.goes
    assert "UStG" in step.why
    assert step.until == date(2034, 12, 31)
    assert "Order number" in [str(label) for label in step.stays]
    assert Order.objects.with_keys().get(pk=address.order.pk).email


def test_somebody_elses_rows_stay(db, everything, person):
    other = OrderAddressFactory(order__email="other@example.org", order__status=Order.Status.COMPLETED)

    erasure.erase(person)

    order = Order.objects.with_keys().select_related("address__subject__key").get(pk=other.order.pk)
    assert order.email == "other@example.org"
    assert order.address.name


@pytest.mark.parametrize("status", Order.OPEN)
def test_an_order_under_way_waits_with_all_that_belongs_to_it(everything, person, status):
    Order.objects.update(status=status)

    planned = erasure.erase(person)

    [(wait, steps)] = planned.waiting.items()
    assert wait.until
    assert {Order, OrderAddress, OrderLine, Payment, Refund} <= {step.data.model for step in steps}
    assert Order.objects.with_keys().get().email.startswith("canary")
    assert not User.objects.filter(subject=person).exists()


def test_what_waited_goes_when_the_erasure_is_gone_on_with(everything, person):
    Order.objects.update(status=Order.Status.FULFILLED)
    erasure.erase(person)
    assert not erasure.can_go_on(person)

    Order.objects.update(status=Order.Status.COMPLETED)

    assert erasure.can_go_on(person)
    erasure.erase(person)
    assert proof.scan(canary.must_go(everything)) == []
    assert not SubjectKey.objects.filter(subject=person).exists()


def test_a_held_row_stays_with_what_it_would_be_lost_with(everything, person):
    message = Message.objects.get()
    LegalHold.objects.update(
        released_at=None,
        subject=person,
        content_type=ContentType.objects.get_for_model(Message),
        object_id=str(message.pk),
    )

    planned = erasure.erase(person)

    [(wait, steps)] = planned.waiting.items()
    assert wait.why == HELD
    assert {step.data.model for step in steps} == {Message, Ticket}
    assert Message.objects.filter(pk=message.pk).exists()
    assert not User.objects.filter(subject=person).exists()
    assert not Attachment.objects.exists()


def test_a_colleague_is_a_customer_again_before_they_are_erased(db):
    owner = User.objects.create_superuser("owner@example.org", "a-long-password")

    with pytest.raises(erasure.Obstructed, match="work here"):
        erasure.erase(owner.subject)


def test_the_key_is_destroyed_and_no_use_is_permitted_any_more(everything, person):
    erasure.erase(person)

    person.refresh_from_db()
    assert person.status == DataSubject.Status.ERASED
    assert not SubjectKey.objects.filter(subject=person).exists()
    assert not gate.permits(person, Purpose.FULFILMENT)
    assert not gate.permits(person, Purpose.SERVICE_MESSAGE)


def test_the_audit_trail_stays_and_leads_to_nobody(everything, person):
    old = person.audit_ref

    erasure.erase(person)

    person.refresh_from_db()
    assert person.audit_ref != old
    assert AuditEvent.objects.get(action="subject.erased").subject_ref == old
    assert not DataSubject.objects.filter(audit_ref=old).exists()


@pytest.mark.parametrize("stop_after", [1, 3, 6, 9])
def test_an_erasure_that_was_broken_off_is_finished_by_the_next(everything, person, monkeypatch, stop_after):
    real, done = erasure._erase_rows, []

    def killed(data, subject):
        if len(done) == stop_after:
            raise KeyboardInterrupt
        done.append(data)
        real(data, subject)

    monkeypatch.setattr(erasure, "_erase_rows", killed)
    with pytest.raises(KeyboardInterrupt):
        erasure.erase(person)
    monkeypatch.undo()
    erasure.erase(person)

    assert proof.scan(canary.must_go(everything)) == []


# --- The journal --------------------------------------------------------------------------------------------


def test_the_journal_is_written_first_and_names_nobody(everything, person, monkeypatch):
    monkeypatch.setattr(erasure, "_begin", lambda subject: (_ for _ in ()).throw(KeyboardInterrupt))

    with pytest.raises(KeyboardInterrupt):
        erasure.erase(person)

    [entry] = journal.read()
    assert (entry.deed, entry.subject) == ("erase", str(person.pk))
    assert person.user.email not in journal.path().read_text()
    assert User.objects.filter(subject=person).exists()


def test_a_changed_line_of_the_journal_is_noticed(anna, bert):
    journal.write("erase", anna)
    journal.write("erase", bert)
    first, second = journal.path().read_text().splitlines()
    changed = json.dumps(json.loads(first) | {"deed": "restrict"})

    for lines in ([changed, second], [second], [second, first]):
        journal.path().write_text("\n".join(lines) + "\n")
        with pytest.raises(journal.JournalBroken):
            list(journal.read())


# --- The search ---------------------------------------------------------------------------------------------


def zipped(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


SECRET = "Zoë Müller-Lüdenscheidt"


WRAPPINGS = {
    "plain": SECRET.encode(),
    "upper case": SECRET.upper().encode(),
    "UTF-16": SECRET.encode("utf-16-le"),
    "JSON": json.dumps({"name": SECRET}).encode(),
    "base64": base64.b64encode(b"name=" + SECRET.encode() + b";"),
    "gzip in base64": base64.urlsafe_b64encode(gzip.compress(SECRET.encode())),
    "JSON in base64 in gzip": gzip.compress(base64.b64encode(json.dumps([SECRET]).encode() * 3)),
    "zip": zipped("letter.txt", SECRET),
    "URL": b"Zo%C3%AB+M%C3%BCller-L%C3%BCdenscheidt",
    "quoted-printable": b"Zo=C3=AB M=C3=BCller-L=\n=C3=BCdenscheidt",
    "HTML": b"Zo&euml; M&uuml;ller-L&uuml;denscheidt",
}
PACKED = {"JSON in base64 in gzip", "zip"}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_name_is_found_in_whatever_wrapping(db, settings, tmp_path, wrapping):
    settings.VAR_DIR = tmp_path
    before = b"" if wrapping in PACKED else b"before "
    (tmp_path / "left.bin").write_bytes(before + WRAPPINGS[wrapping])

    hits = proof.scan([Needle("accounts.User.name", proof.normal(SECRET))])

    assert [(hit.store, hit.place) for hit in hits] == [("files", "left.bin")]


@pytest.mark.parametrize("written", ["+49 30 901820", "+4930901820", "(+49) 30/90 18 20"])
def test_a_number_is_found_however_it_is_grouped(db, settings, tmp_path, written):
    settings.VAR_DIR = tmp_path
    (tmp_path / "note.txt").write_text(f"call {written} please")

    assert proof.scan([Needle("phone", proof.normal("+49 30 901820"))])


def test_what_is_too_short_is_said_and_not_looked_for():
    assert proof.inconclusive([Needle("name", "li"), Needle("email", "li@example.org")]) == ["name"]


def test_a_table_without_a_model_is_searched_too(db, django_db_blocker):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_over (content text)")
        cursor.execute("INSERT INTO left_over VALUES ('Zoe Muller wrote')")

        hits = proof.scan([Needle("name", "zoe muller")])

        cursor.execute("DROP TABLE left_over")
    assert [hit.place for hit in hits] == ["left_over.content"]


# --- The commands -------------------------------------------------------------------------------------------


def test_the_command_shows_the_plan_and_changes_nothing(everything, person):
    printed = StringIO()

    call_command("erase_subject", str(person.pk), stdout=printed)

    assert "order: stays" in printed.getvalue()
    assert "Nothing was changed" in printed.getvalue()
    assert User.objects.filter(subject=person).exists()


def test_the_command_erases_and_proves_it(everything, person, django_capture_on_commit_callbacks):
    printed = StringIO()

    call_command("erase_subject", str(person.pk), "--yes", stdout=printed)

    assert "is found anywhere" in printed.getvalue()
    assert not User.objects.filter(subject=person).exists()


def test_the_command_erases_nobody_where_an_address_names_several(db, person):
    address = User.objects.get(subject=person).email
    reader = DataSubjectFactory(kind="guest")
    for one in (person, reader):
        SubjectIdentifier.objects.prove(one, "email", address)

    with pytest.raises(CommandError, match=str(reader.pk)):
        call_command("erase_subject", address, "--yes", stdout=StringIO())

    assert User.objects.filter(subject=person).exists()


def test_prove_erasure_finds_who_is_still_there(everything, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(User.objects.get(email__startswith="canary").email + "\n"))

    with pytest.raises(CommandError, match="Found in"):
        call_command("prove_erasure", stdout=StringIO())


def test_prove_erasure_is_content_where_nobody_is(everything, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("nobody-of-that-name@example.org\n"))
    printed = StringIO()

    call_command("prove_erasure", stdout=printed)

    assert "Not found anywhere." in printed.getvalue()


def test_files_of_the_person_go_too(everything, person, settings, django_capture_on_commit_callbacks):
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    before = {path for path in folder.rglob("*") if path.is_file()}

    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(person)

    assert before - {path for path in folder.rglob("*") if path.is_file()}
