"""The rights journal: a file that outlives the database, and a power cut."""

import json
import os

import pytest
from django.db import transaction

from privacy import journal
from privacy.models import SubjectIdentifier, SubjectKey


@pytest.fixture(autouse=True)
def own_journal(settings, tmp_path):
    settings.RIGHTS_JOURNAL = tmp_path / "journal" / "rights.jsonl"


def cut(length):
    """The last bytes never reached the disk."""
    content = journal.path().read_bytes()
    journal.path().write_bytes(content[:-length])


def test_nobody_else_on_the_machine_reads_it(anna):
    before = os.umask(0)

    try:
        journal.write("erase", anna)
    finally:
        os.umask(before)

    assert journal.path().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("length", [1, 20, 150])
def test_a_line_that_was_never_finished_does_not_stop_the_journal(anna, bert, length):
    journal.write("erase", anna)
    journal.write("erase", bert)
    cut(length)

    unfinished = [entry.subject for entry in journal.read()]
    journal.write("erase", bert)

    assert unfinished == [str(anna.pk)]
    assert [entry.deed for entry in journal.read()] == ["erase", "torn", "erase"]


def test_nothing_but_half_a_line_is_a_beginning_too(anna):
    journal.write("erase", anna)
    cut(40)

    journal.write("erase", anna)

    assert [(entry.seq, entry.deed) for entry in journal.read()] == [(1, "torn"), (2, "erase")]


def test_that_a_line_was_cut_off_cannot_be_hidden(anna, bert):
    journal.write("erase", anna)
    journal.write("erase", bert)
    cut(20)
    journal.write("erase", bert)
    lines = journal.path().read_text().splitlines(keepends=True)

    journal.path().write_text("".join([lines[0], lines[2]]))

    with pytest.raises(journal.JournalBroken):
        list(journal.read())


def test_the_end_is_found_however_long_the_last_line_is(anna):
    journal.write("note", anna, {"text": "x" * 3 * journal.BLOCK})

    journal.write("erase", anna)

    assert journal.head().seq == 2
    assert len(list(journal.read())) == 2


def test_what_a_deed_needs_is_sealed_and_ends_with_the_key(anna):
    entry = journal.write("correct", anna, {"name": "Zoë Müller"})
    opened = journal.details_of(entry)
    SubjectKey.objects.filter(subject=anna).delete()

    assert opened == {"name": "Zoë Müller"}
    assert "Zo" not in journal.path().read_text()
    with pytest.raises(SubjectKey.DoesNotExist):
        journal.details_of(entry)


def test_of_somebody_who_is_forgotten_only_the_deed_is_noted(anna):
    SubjectKey.objects.filter(subject=anna).delete()

    entry = journal.write("unsubscribe", anna, {"topic": "orders"})

    assert entry.details == ""


def test_changed_details_are_noticed(anna):
    journal.write("suppress", None, {"channel": "sms"})
    line = json.loads(journal.path().read_text())

    journal.path().write_text(json.dumps(line | {"details": '{"channel": "email"}'}) + "\n")

    with pytest.raises(journal.JournalBroken):
        list(journal.read())


def test_lines_of_before_there_were_details_are_still_genuine(anna):
    journal.write("erase", anna)
    line = json.loads(journal.path().read_text())
    del line["details"]

    journal.path().write_text(json.dumps(line) + "\n")

    assert [entry.deed for entry in journal.read()] == ["erase"]


def test_only_addresses_that_were_proved_find_somebody_again(anna):
    SubjectIdentifier.objects.create(subject=anna, kind="email", blind_index="typed")
    SubjectIdentifier.objects.prove(anna, "email", "anna@example.org")

    entry = journal.write("erase", anna)

    assert len(entry.identifiers) == 1
    assert entry.identifiers != ("typed",)


def test_what_gives_something_back_is_noted_only_when_it_is_certain(anna, django_capture_on_commit_callbacks):
    with transaction.atomic():
        journal.write_after_commit("lift", anna)
        transaction.set_rollback(True)
    assert list(journal.read()) == []

    with django_capture_on_commit_callbacks(execute=True):
        journal.write_after_commit("lift", anna)

    assert [entry.deed for entry in journal.read()] == ["lift"]
