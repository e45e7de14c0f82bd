"""Backups: what people did after one was made holds when it is restored, and before anybody is let in."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import address_book, preferences, profiles, suppressions
from accounts.adapter import AccountAdapter
from accounts.models import Address, Channel, Suppression, Topic, User
from orders import addressing
from orders.models import Order
from privacy import (
    audit_guard,
    backup,
    closed,
    consent,
    deletion,
    drill,
    erasure,
    gate,
    journal,
    minors,
    replay,
    restore,
    restriction,
    rows,
    sealed_files,
)
from privacy.models import (
    AuditEvent,
    ConsentRecord,
    DataSubject,
    Farewell,
    MinorCase,
    PrivacyRequest,
    PurgeRun,
    Restriction,
    SafetyCheck,
    SubjectIdentifier,
    SubjectKey,
)
from privacy.purposes import Purpose
from privacy.sealed_files import SealingFile
from shop.catalogue.search import indexing, search
from tests import canary
from tests.factories import (
    DataSubjectFactory,
    FulfilmentFactory,
    MarketFactory,
    OrderAddressFactory,
    ProductFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

Source = ConsentRecord.Source


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    settings.RIGHTS_JOURNAL = tmp_path / "journal" / "rights.jsonl"
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_KEY_COPY = tmp_path / "keys" / "latest.keys"
    private = settings.STORAGES["private"] | {"OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = settings.STORAGES | {"private": private}
    MarketFactory()
    yield
    closed.reopen()


@pytest.fixture
def account(db):
    def make(email):
        return User.objects.create_user(
            email, "a long password", name="Ada Byron", country="DE", language="en"
        )

    return make


def paid_order():
    order = OrderAddressFactory(order__status=Order.Status.PAID).order
    FulfilmentFactory(order=order)
    return order


def in_the_database():
    return {model: [row for batch in rows.dump(model) for row in batch] for model in rows.tables()}


def restored(made=None):
    """The newest one, unless another is named."""
    return restore.restore((made or backup.kept()[0]).path)


# --- The five deeds -----------------------------------------------------------------------------------------


@pytest.mark.promise("A-V.7", "B-3.5")
def test_what_people_did_after_the_backup_holds_before_the_shop_opens(account, monkeypatch):
    gone, quiet, frozen, renamed, child = (
        account(f"{name}@example.org") for name in ("gone", "quiet", "frozen", "renamed", "child")
    )
    preferences.switch(quiet.subject, Topic.NEWSLETTER, Channel.EMAIL, is_wanted=True, source=Source.ACCOUNT)
    backup.make()
    erasure.erase(gone.subject)
    preferences.unsubscribe(quiet.subject, Topic.NEWSLETTER, Channel.EMAIL, source=Source.MAIL)
    restriction.restrict(frozen.subject, why=Restriction.Why.CLAIM)
    profiles.change_contact(renamed, name="Augusta King", phone="")
    minors.protect(child.subject, signal=MinorCase.Signal.BIRTH_DATE)
    at_opening = []
    monkeypatch.setattr(closed, "reopen", lambda: at_opening.append(state_of_the_five()))

    def state_of_the_five():
        people = {user.pk: user for user in User.objects.select_related("subject__key")}
        return {
            "erased": gone.pk not in people
            and not SubjectKey.objects.filter(subject=gone.subject_id).exists(),
            "unsubscribed": not preferences.wants(quiet.subject, Topic.NEWSLETTER, Channel.EMAIL),
            "restricted": not gate.permits(people[frozen.pk].subject, Purpose.FULFILMENT),
            "corrected": people[renamed.pk].name == "Augusta King",
            "locked": not gate.permits(people[child.pk].subject, Purpose.FULFILMENT)
            and minors.open_case(child.subject).status == MinorCase.Status.RESTRICTED,
        }

    restored()
    monkeypatch.undo()

    assert at_opening == [
        dict.fromkeys(("erased", "unsubscribed", "restricted", "corrected", "locked"), True)
    ]
    assert closed.is_closed()
    assert SafetyCheck.objects.last(SafetyCheck.Kind.RESTORE).has_passed


def test_without_the_journal_none_of_the_five_would_hold(account, settings, tmp_path):
    """What the test above shows is the journal's doing, not the backup's."""
    gone, renamed = account("gone@example.org"), account("renamed@example.org")
    made = backup.make()
    shutil.copy(backup.key_copy(), tmp_path / "then")
    erasure.erase(gone.subject)
    profiles.change_contact(renamed, name="Augusta King", phone="")
    journal.path().unlink()

    restored(made)

    people = {user.email: user for user in User.objects.select_related("subject__key")}
    assert people["gone@example.org"].name == "Ada Byron"
    assert people["renamed@example.org"].name == "Ada Byron"


def test_whose_key_is_destroyed_cannot_be_read_in_an_older_backup(account):
    gone = account("gone@example.org")
    made = backup.make()
    erasure.erase(gone.subject)
    backup.make()
    journal.path().unlink()
    made = backup.Backup(made.path)

    with pytest.raises(restore.JournalTooOld):
        restored()
    restored(made)

    assert not SubjectKey.objects.filter(subject=gone.subject_id).exists()


# --- All that goes in comes out -----------------------------------------------------------------------------


def test_every_column_of_every_table_comes_back_as_it_was(db):
    canary.plant()
    ProductFactory(name="A name in English", name_de="Ein deutscher Name")
    before = in_the_database()
    made = backup.make()
    User.objects.update(language="fr")
    Address.objects.all().delete()

    restore.inspect(made.path)
    restore._load(made.path, restore.inspect(made.path))

    after = in_the_database()
    assert sum(len(found) for found in before.values()) > 60
    for model in rows.tables():
        if model is not Session and model is not SafetyCheck:
            assert after[model] == before[model], model._meta.label
    assert not Session.objects.exists()


def test_new_rows_get_numbers_of_their_own(account):
    older = account("older@example.org")
    backup.make()

    restored()

    assert account("newer@example.org").pk > older.pk


def test_what_is_never_changed_is_locked_again(account):
    account("ada@example.org")
    backup.make()

    restored()

    assert audit_guard.is_installed(connection)


def test_files_come_back_and_those_without_a_row_go(settings, tmp_path):
    private = tmp_path / "private"
    (private / "evidence").mkdir(parents=True)
    (private / "evidence" / "before").write_bytes(b"sealed")
    Path(settings.MEDIA_ROOT).mkdir(parents=True)
    (Path(settings.MEDIA_ROOT) / "jar.webp").write_bytes(b"picture")
    backup.make()
    (private / "evidence" / "before").write_bytes(b"changed")
    (private / "evidence" / "after").write_bytes(b"of a row that is lost")
    (Path(settings.MEDIA_ROOT) / "jar.webp").unlink()

    restored()

    assert [path.name for path in (private / "evidence").iterdir()] == ["before"]
    assert (private / "evidence" / "before").read_bytes() == b"sealed"
    assert (Path(settings.MEDIA_ROOT) / "jar.webp").read_bytes() == b"picture"


def test_the_search_finds_again_what_no_backup_holds(account):
    product = ProductFactory(name="Moon jar")
    indexing.index([product])
    backup.make()
    indexing.remove([product])

    restored()

    assert list(search("moon", language="en")) == [product]


@pytest.mark.promise("B-3.5")
def test_nothing_of_it_can_be_read_without_the_key(account, settings):
    account("ada@example.org")
    made = backup.make()

    content = made.path.read_bytes() + backup.key_copy().read_bytes()
    settings.BACKUP_KEYS = ["demo:" + "E" * 42 + "A="]

    assert b"ada@example.org" not in content
    assert b"manifest" not in content
    with pytest.raises(sealed_files.BackupBroken):
        restored(made)


def test_keys_lie_in_the_copy_of_keys_alone(account):
    ada = account("ada@example.org")
    made = backup.make()

    with restore._members(made.path) as members:
        in_backup = {name.split("/")[1] for name, _content in members if name.startswith("rows/")}
    with restore._members(backup.key_copy()) as members:
        in_copy = b"".join(content.read() for _name, content in members)

    assert "accounts.user" in in_backup
    assert "privacy.subjectkey" not in in_backup
    assert str(ada.subject_id).encode() in in_copy


# --- Refused before anything is touched ---------------------------------------------------------------------


@pytest.mark.promise("B-3.5")
@pytest.mark.parametrize("place", [3, 40, 0.5, -1])
def test_a_flipped_byte_is_a_loud_error(account, settings, monkeypatch, place):
    """Wherever it is, nothing has been touched when it is found."""
    monkeypatch.setattr(sealed_files, "PIECE", 512)
    Path(settings.MEDIA_ROOT).mkdir(parents=True)
    (Path(settings.MEDIA_ROOT) / "jar.webp").write_bytes(os.urandom(100_000))
    ada = account("ada@example.org")
    made = backup.make()
    content = bytearray(made.path.read_bytes())
    content[place if isinstance(place, int) else int(len(content) * place)] ^= 1
    made.path.write_bytes(content)

    with pytest.raises(CommandError, match="broken"):
        call_command("restore", str(made.path))

    assert User.objects.filter(pk=ada.pk).exists()
    assert not closed.is_closed()


def test_an_end_that_is_cut_off_is_an_error(account, monkeypatch):
    monkeypatch.setattr(sealed_files, "PIECE", 512)
    account("ada@example.org")
    made = backup.make()
    content = made.path.read_bytes()
    header = len(sealed_files.MAGIC) + 1 + len(b"demo") + sealed_files.SALT_LENGTH
    whole_pieces = (len(content) - header) // (512 + sealed_files.TAG_LENGTH)

    made.path.write_bytes(content[: header + (whole_pieces - 1) * (512 + sealed_files.TAG_LENGTH)])

    with pytest.raises(sealed_files.BackupBroken):
        restore.inspect(made.path)


def test_a_journal_older_than_the_backup_is_refused(account):
    account("ada@example.org")
    gone = account("gone@example.org")
    journal.write("erase", gone.subject)
    older = journal.path().read_bytes()
    restriction.restrict(gone.subject, why=Restriction.Why.CLAIM)
    made = backup.make()
    journal.path().write_bytes(older)

    with pytest.raises(CommandError, match="journal is older"):
        call_command("restore", str(made.path))

    assert not closed.is_closed()


def test_another_journal_is_refused(account):
    ada = account("ada@example.org")
    restriction.restrict(ada.subject, why=Restriction.Why.CLAIM)
    made = backup.make()
    journal.path().unlink()
    journal.write("erase", ada.subject)

    with pytest.raises(restore.JournalTooOld):
        restored(made)


def test_a_backup_of_other_tables_is_refused(account, monkeypatch):
    made = backup.make()
    known = backup.migrations()
    monkeypatch.setattr(backup, "migrations", lambda: [*known, "orders.0099_something_new"])

    with pytest.raises(CommandError, match="0099_something_new"):
        call_command("restore", str(made.path))


# --- Killed in the middle -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "moment", ["_load_rows", "_load_keys", "_load_files", "_make_right", "_purge", "check"]
)
def test_killed_in_the_middle_the_shop_stays_closed_and_a_second_run_completes(account, monkeypatch, moment):
    gone = account("gone@example.org")
    made = backup.make()
    erasure.erase(gone.subject)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restore, moment, killed)
        with pytest.raises(KeyboardInterrupt):
            restored(made)
    answer = Client().get("/healthz")
    restored(made)

    assert answer.status_code == 503
    assert not User.objects.filter(pk=gone.pk).exists()
    assert Client().get("/healthz").status_code == 200


def test_killed_while_the_tables_are_loaded_the_database_is_as_it_was(account, monkeypatch):
    made = backup.make()
    account("ada@example.org")
    monkeypatch.setattr(rows, "seal", lambda: (_ for _ in ()).throw(KeyboardInterrupt))

    with pytest.raises(KeyboardInterrupt):
        restored(made)

    assert User.objects.filter(email="ada@example.org").exists()
    assert audit_guard.is_installed(connection)


def test_a_deed_that_nobody_can_do_again_keeps_the_shop_closed(account):
    ada = account("ada@example.org")
    backup.make()
    journal.write("something of a newer version", ada.subject)

    with pytest.raises(replay.UnknownDeed):
        restored()

    assert closed.is_closed()
    assert not SafetyCheck.objects.last(SafetyCheck.Kind.RESTORE).has_passed


# --- What else people do ------------------------------------------------------------------------------------


def test_what_was_lifted_since_stays_lifted(account):
    ada = account("ada@example.org")
    limit = restriction.restrict(ada.subject, why=Restriction.Why.CLAIM)
    backup.make()
    restriction.lift(limit)

    restored()

    ada.subject.refresh_from_db()
    assert ada.subject.status == DataSubject.Status.ACTIVE
    assert not Restriction.objects.of(ada.subject).exists()


def test_an_objection_and_a_withdrawn_consent_come_back_as_they_were(account):
    ada = account("ada@example.org")
    consent.give(ada.subject, Purpose.PREFERENCES, source=Source.PAGE, wording="Yes")
    backup.make()
    consent.withdraw(ada.subject, Purpose.PREFERENCES, source=Source.ACCOUNT)
    limit = restriction.restrict(
        ada.subject, why=Restriction.Why.OBJECTION, scope=Restriction.Scope.PURPOSE, purpose=Purpose.SECURITY
    )
    decided = ConsentRecord.objects.latest_of(ada.subject, Purpose.PREFERENCES).decided_at

    restored()

    latest = ConsentRecord.objects.latest_of(ada.subject, Purpose.PREFERENCES)
    assert (latest.decision, latest.decided_at) == ("withdrawn", decided)
    assert Restriction.objects.of(ada.subject).get().since == limit.since


def test_of_two_subscriptions_the_one_that_was_ended_stays_ended(account):
    ada = account("ada@example.org").subject
    for topic in (Topic.NEWSLETTER, Topic.OFFERS):
        preferences.switch(ada, topic, Channel.EMAIL, is_wanted=True, source=Source.ACCOUNT)
    backup.make()
    preferences.unsubscribe(ada, Topic.OFFERS, Channel.EMAIL, source=Source.MAIL)

    restored()

    assert not preferences.wants(ada, Topic.OFFERS, Channel.EMAIL)
    assert preferences.wants(ada, Topic.NEWSLETTER, Channel.EMAIL)


def test_who_subscribed_again_within_the_hour_before_the_backup_stays_subscribed(account):
    ada = account("ada@example.org").subject
    preferences.unsubscribe(ada, Topic.ORDERS, Channel.EMAIL, source=Source.MAIL)
    preferences.undo(ada, Topic.ORDERS, Channel.EMAIL, source=Source.MAIL)
    backup.make()

    restored()

    assert preferences.wants(ada, Topic.ORDERS, Channel.EMAIL)


def test_an_address_that_was_changed_is_where_mails_go(account):
    ada = account("old@example.org")
    backup.make()
    journal.write("change_address", ada.subject, {"email": "new@example.org"})

    restored()

    ada.refresh_from_db()
    assert ada.email == "new@example.org"
    assert EmailAddress.objects.get(user=ada).email == "new@example.org"


def test_a_change_of_the_address_is_in_the_journal(account, rf):
    ada = account("old@example.org")
    new = EmailAddress.objects.create(user=ada, email="new@example.org")
    request = rf.get("/")
    request._messages = CookieStorage(request)

    AccountAdapter(request).confirm_email(request, new)

    entry = journal.head()
    assert (entry.deed, journal.details_of(entry)) == ("change_address", {"email": "new@example.org"})


def test_addresses_that_were_changed_or_removed(account):
    ada = account("ada@example.org")
    lines = {"name": "Ada", "street": "Alte Gasse 1", "postcode": "60313", "city": "Frankfurt"}
    kept = address_book.add(ada.subject, "DE", lines, is_default=True)
    dropped = address_book.add(ada.subject, "DE", lines, is_default=False)
    backup.make()
    address_book.change(kept, lines | {"street": "Neue Gasse 2"}, is_default=True)
    address_book.remove(dropped)

    restored()

    [address] = Address.objects.of(ada.subject)
    assert (address.pk, address.street) == (kept.pk, "Neue Gasse 2")


def test_where_an_order_goes_stays_corrected(db):
    order = paid_order()
    backup.make()
    addressing.correct_address(order, {"street": "Neue Gasse 2"}, actor=order.subject)
    addressing.use_phone(order, "+4915112345678", actor=order.subject)

    restored()

    order = Order.objects.with_story().get(pk=order.pk)
    assert (order.address.street, order.phone) == ("Neue Gasse 2", "+4915112345678")


def test_a_number_that_answered_stop_is_left_alone(db):
    made = backup.make()
    suppressions.answered("+4915112345678", "STOP")

    restored(made)

    assert Suppression.objects.filter(channel=Channel.SMS).count() == 1


def test_who_was_a_guest_when_the_backup_was_made_and_erased_as_an_account(account):
    guest = OrderAddressFactory(order__status=Order.Status.COMPLETED).order.subject
    ada = account("ada@example.org")
    backup.make()
    journal.write("join", guest, {"into": str(ada.subject_id)})
    erasure.erase(ada.subject)

    restored()

    guest.refresh_from_db()
    assert guest.status == DataSubject.Status.ERASED


def test_who_is_unknown_by_that_id_is_found_by_the_address_they_proved(account):
    before, after = DataSubjectFactory(), None
    SubjectIdentifier.objects.prove(before, "email", "ada@example.org")
    stranger = DataSubjectFactory()
    SubjectIdentifier.objects.create(
        subject=stranger, kind="email", blind_index=before.identifiers.get().blind_index
    )
    backup.make()
    after = account("ada@example.org").subject
    SubjectIdentifier.objects.prove(after, "email", "ada@example.org")
    erasure.erase(after)

    restored()

    before.refresh_from_db()
    stranger.refresh_from_db()
    assert before.status == DataSubject.Status.ERASED
    assert stranger.status == DataSubject.Status.ACTIVE


def test_who_worked_here_when_the_backup_was_made_and_was_erased_since(account):
    ines = account("ines@example.org")
    User.objects.filter(pk=ines.pk).update(is_staff=True)
    backup.make()
    User.objects.filter(pk=ines.pk).update(is_staff=False)
    journal.write("erase", ines.subject)  # begun, and then the disk died

    restored()

    assert not User.objects.filter(pk=ines.pk).exists()


def test_who_came_back_after_an_erasure_is_somebody_new(account):
    backup.make()
    gone = account("ada@example.org").subject
    SubjectIdentifier.objects.prove(gone, "email", "ada@example.org")
    erasure.erase(gone)
    restored()
    again = account("ada@example.org")
    SubjectIdentifier.objects.prove(again.subject, "email", "ada@example.org")

    restore.replay_again()

    assert User.objects.filter(pk=again.pk).exists()


def test_an_order_that_is_under_way_in_the_backup_does_not_keep_somebody_who_was_erased(db):
    order = paid_order()
    backup.make()
    Order.objects.filter(pk=order.pk).update(status=Order.Status.COMPLETED)
    erasure.erase(order.subject)

    restored()

    order.subject.refresh_from_db()
    assert order.subject.status == DataSubject.Status.ERASED
    assert not SubjectKey.objects.filter(subject=order.subject).exists()


def test_an_erasure_that_still_waits_for_something_is_begun_anew(db):
    order = paid_order()
    backup.make()
    erasure.erase(order.subject)

    restored()

    request = PrivacyRequest.objects.get(subject=order.subject)
    assert request.status == PrivacyRequest.Status.BLOCKED_PARTIAL
    assert Order.objects.with_keys().get(pk=order.pk).email


def test_an_erasure_that_waited_already_when_the_backup_was_made_goes_on_by_itself(db):
    order = paid_order()
    request = deletion.ask(order.subject, source=PrivacyRequest.Source.HUB)
    PrivacyRequest.objects.filter(pk=request.pk).update(status=PrivacyRequest.Status.BLOCKED_PARTIAL)
    erasure.erase(order.subject)
    backup.make()

    restored()

    [request] = PrivacyRequest.objects.filter(subject=order.subject)
    assert request.status == PrivacyRequest.Status.BLOCKED_PARTIAL


def test_a_deletion_that_was_asked_for_comes_when_it_was_to_come(account):
    ada, eve = account("ada@example.org"), account("eve@example.org")
    backup.make()
    asked = deletion.ask(ada.subject, source=PrivacyRequest.Source.ACCOUNT)
    deletion.withdraw(deletion.ask(eve.subject, source=PrivacyRequest.Source.ACCOUNT))

    restored()
    restore.replay_again()

    request = PrivacyRequest.objects.get(subject=ada.subject)
    assert request.status == PrivacyRequest.Status.SCHEDULED
    assert (request.reference, request.start_at) == (asked.reference, asked.start_at)
    assert not User.objects.get(pk=ada.pk).is_active
    assert PrivacyRequest.objects.get(subject=eve.subject).status == PrivacyRequest.Status.WITHDRAWN
    assert User.objects.get(pk=eve.pk).is_active


def test_the_address_for_an_outcome_does_not_come_back(account, django_capture_on_commit_callbacks):
    ada = account("ada@example.org")
    request = deletion.ask(ada.subject, source=PrivacyRequest.Source.ACCOUNT, at_once=True)
    deletion.run(request.pk)
    farewell = Farewell.objects.get(request=request)
    backup.make()
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=True):
        deletion.end_farewells()

        restored()

    assert not Farewell.objects.exists()
    assert not SubjectKey.objects.filter(subject=farewell.subject_id).exists()


def test_the_rights_can_be_replayed_as_often_as_one_likes(account):
    gone, ada = account("gone@example.org"), account("ada@example.org")
    limit = restriction.restrict(ada.subject, why=Restriction.Why.CLAIM)
    backup.make()
    restriction.lift(limit)
    restriction.restrict(ada.subject, why=Restriction.Why.UNLAWFUL)
    erasure.erase(gone.subject)
    restored()
    once = Restriction.objects.order_by("pk").values_list("why", "since", "lifted_at")
    once = list(once)

    call_command("replay_rights")

    assert list(Restriction.objects.order_by("pk").values_list("why", "since", "lifted_at")) == once
    assert not closed.is_closed()


# --- The purge after a restore ------------------------------------------------------------------------------


def test_much_falls_due_after_a_restore_and_goes_unless_the_rule_was_stopped(monkeypatch):
    made = backup.make()
    PurgeRun.objects.create(rule="accounts.signin", as_of=timezone.localdate(), found=900, status="braked")
    made = backup.make()
    asked = {}
    monkeypatch.setattr(
        restore.retention,
        "purge",
        lambda *, as_of, only, allow_volume: asked.update({only: allow_volume}) or [],
    )

    restored(made)

    assert asked.pop("accounts.signin") is False
    assert set(asked.values()) == {True}


# --- Keeping them -------------------------------------------------------------------------------------------


@pytest.mark.promise("A-V.7")
def test_a_backup_is_kept_for_35_days_and_pruned_even_if_it_is_the_last(capsys):
    with time_machine.travel(timezone.now() - timedelta(days=35, hours=1), tick=True):
        old = backup.make()
    with time_machine.travel(timezone.now() - timedelta(days=34), tick=True):
        young = backup.make()

    call_command("backup", "--list")
    call_command("backup", "--prune")

    assert str(old.path) in capsys.readouterr().out
    assert [one.path for one in backup.kept()] == [young.path]
    assert AuditEvent.objects.filter(action="backup.pruned").exists()


def test_nothing_is_backed_up_in_the_middle_of_a_restore(account):
    """It would know the journal's end, and nothing of what is not done again yet."""
    backup.make()
    closed.close()

    with pytest.raises(backup.ShopIsClosed):
        call_command("backup")

    assert len(backup.kept()) == 1


def test_nobody_else_on_the_machine_reads_a_backup_not_even_while_it_is_made(account, monkeypatch):
    modes = []
    monkeypatch.setattr(backup, "SealingFile", lambda file: modes.append(_mode(file)) or SealingFile(file))
    before = os.umask(0)

    try:
        backup.make()
    finally:
        os.umask(before)

    assert modes == ["0o600", "0o600"]
    assert [_mode(path.open()) for path in (backup.kept()[0].path, backup.key_copy())] == modes


def _mode(file):
    return oct(os.stat(file.fileno()).st_mode & 0o777)


def test_every_backup_is_noted_and_so_is_one_that_failed(account, monkeypatch):
    account("ada@example.org")
    call_command("backup")
    passed = SafetyCheck.objects.last(SafetyCheck.Kind.BACKUP)
    monkeypatch.setattr(backup, "_add_files", lambda *args: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        backup.make()

    assert passed.has_passed
    assert passed.report["rows"] > 0
    assert not SafetyCheck.objects.last(SafetyCheck.Kind.BACKUP).has_passed
    assert len(backup.kept()) == 1
    assert not list(backup.folder().glob("*.unfinished"))


@pytest.mark.promise("A-V.7")
def test_the_drill_restores_the_newest_backup_into_a_database_of_its_own(account):
    gone, ada = account("gone@example.org"), account("ada@example.org")
    backup.make()
    erasure.erase(gone.subject)
    lines = len(list(journal.read()))

    report = drill.rehearse()

    assert report["replayed"]["erase"] == 1
    assert report["rows"] > 0
    assert SafetyCheck.objects.last(SafetyCheck.Kind.DRILL).has_passed
    assert User.objects.filter(pk=ada.pk).exists()
    assert len(list(journal.read())) == lines
    assert not closed.is_closed()


def test_a_drill_that_fails_is_noted(account):
    account("ada@example.org")
    made = backup.make()
    made.path.write_bytes(made.path.read_bytes()[:-1])

    with pytest.raises(drill.RehearsalFailed, match="broken"):
        call_command("restore", "--drill")

    assert not SafetyCheck.objects.last(SafetyCheck.Kind.DRILL).has_passed


# --- While the shop is closed -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/en-de/", "/healthz", "/admin/", "/webhooks/stripe/", "/en-de/cart/"])
def test_while_it_is_closed_every_address_says_so(path, django_assert_num_queries):
    closed.close()

    with django_assert_num_queries(0):
        answer = Client().get(path)

    assert (answer.status_code, answer["Retry-After"]) == (503, "300")
    assert answer["Cache-Control"] == "no-store"
    assert [f'lang="{code}"' in answer.text for code in ("en", "de", "fr")] == [True] * 3


def test_while_it_is_closed_tasks_do_nothing(monkeypatch):
    from privacy import tasks

    done = []
    monkeypatch.setattr(tasks.retention, "purge", lambda **options: done.append("purged"))
    closed.close()

    tasks.purge.delay()
    closed.reopen()
    tasks.purge.delay()

    assert done == ["purged"]
