"""The search after a deletion: every wrapping is opened, every store read, and the report can be trusted."""

import base64
import gzip
import io
import json
import sqlite3
import sys
import time
import zipfile
import zlib
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from celery import current_app
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from kombu.serialization import dumps as kombu_dumps

from accounts.models import Address, Profile, SignIn
from orders.models import Order
from privacy import copies, decoding, deletion, processors, proof, proof_report
from privacy.models import PrivacyRequest, Processor
from privacy.proof import Needle
from privacy.purposes import Purpose
from tests.accounts.people import mails_go_out, new_person, path_of
from tests.factories import (
    AttachmentFactory,
    FulfilmentFactory,
    MarketFactory,
    MessageFactory,
    OrderAddressFactory,
    OrderFactory,
    OrderLineFactory,
    PaymentFactory,
    ProcessorFactory,
    TicketFactory,
)

SECRET = "Zoë Müller-Lüdenscheidt"
FOUND = proof.normal(SECRET)


@pytest.fixture(autouse=True)
def shop(settings, tmp_path):
    settings.RIGHTS_JOURNAL = str(tmp_path / "journal" / "rights.jsonl")
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()


def raw_deflate(content):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def archive_of(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def session_of(content):
    return SessionStore().encode(content).encode()


def queued(argument):
    """As Celery lays a task into a queue."""
    message = current_app.amqp.as_task_v2("task-id", "shop.say", args=(argument,))
    _type, _encoding, body = kombu_dumps(message.body, serializer="json")
    return json.dumps({"body": base64.b64encode(body.encode()).decode(), "headers": {}}).encode()


WRAPPED = {
    "base64": base64.b64encode(SECRET.encode()),
    "base64 for addresses": base64.urlsafe_b64encode(b"???" + SECRET.encode()),
    "base64 in lines": base64.encodebytes(b"x" * 45 + SECRET.encode() + b"y" * 80),
    "zlib": zlib.compress(SECRET.encode()),
    "zlib in the middle": b"\x80\x05K\x01." + zlib.compress(SECRET.encode()),
    "gzip": gzip.compress(SECRET.encode()),
    "raw deflate": raw_deflate(SECRET.encode()),
    "zip": archive_of("letter.txt", SECRET),
    "docx": archive_of("word/document.xml", f"<w:t>{SECRET}</w:t>"),
    "xlsx": archive_of("xl/sharedStrings.xml", f"<si><t>{SECRET}</t></si>"),
    "quoted-printable": b"Zo=C3=AB M=C3=BCller-L=\r\n=C3=BCdenscheidt",
    "JSON escapes": json.dumps([SECRET]).encode(),
    "JSON escapes beside a smiley": json.dumps(["\N{GRINNING FACE}", SECRET]).encode(),
    "UTF-16, little end first": SECRET.encode("utf-16-le"),
    "UTF-16, big end first": SECRET.encode("utf-16-be"),
    "signed": signing.dumps({"name": SECRET}).encode(),
    "signed and compressed": signing.dumps({"name": SECRET * 20}, compress=True).encode(),
    "four layers": base64.b64encode(gzip.compress(base64.b64encode(zlib.compress(SECRET.encode())))),
}


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_every_wrapping_is_opened(wrapping):
    assert any(FOUND in reading for reading in decoding.readings(WRAPPED[wrapping]))


def test_nobody_stops_the_search_with_words_that_look_packed():
    """A stranger can have many of them written to a log; each was followed by a copy of all the rest."""
    begun = time.process_time()

    list(decoding.readings(b"x^" * 400_000))

    assert time.process_time() - begun < 6  # seconds; it took more than twenty


def test_a_session_is_opened(db):
    assert any(FOUND in reading for reading in decoding.readings(session_of({"name": SECRET * 9})))


def test_a_queued_task_is_opened():
    assert any(FOUND in reading for reading in decoding.readings(queued(SECRET)))


def test_five_layers_are_too_many():
    content = SECRET.encode()
    for _layer in range(decoding.DEPTH + 1):
        content = base64.b64encode(content + b" " * 16)

    assert not any(FOUND in reading for reading in decoding.readings(content))


def test_a_packed_value_is_found_in_whatever_row(db):
    with connection.cursor() as cursor:
        binary = {"sqlite": "blob", "postgresql": "bytea"}[connection.vendor]
        cursor.execute(f"CREATE TABLE left_over (content {binary})")
        for content in (b"nothing", raw_deflate(SECRET.encode())):
            cursor.execute("INSERT INTO left_over VALUES (%s)", [content])
        hits = proof.scan([Needle("name", FOUND)])
        cursor.execute("DROP TABLE left_over")

    assert [hit.place for hit in hits] == ["left_over.content"]


@pytest.mark.parametrize(
    "place", ["log/shop.log", "log/shop.log.1.gz", "media/thumb.bin", "queue/1.msg", "mail/a.eml"]
)
def test_every_file_the_shop_writes_is_read(db, settings, place):
    file = Path(settings.VAR_DIR) / place
    file.parent.mkdir()
    file.write_bytes(gzip.compress(SECRET.encode()) if place.endswith("gz") else SECRET.encode())

    assert [hit.place for hit in proof.scan([Needle("name", FOUND)])] == [place]


def test_the_rights_journal_is_read_too(db, settings):
    journal = Path(settings.RIGHTS_JOURNAL)
    journal.parent.mkdir()
    journal.write_text(SECRET)

    assert [hit.place for hit in proof.scan([Needle("name", FOUND)])] == [str(journal)]


@pytest.mark.redis
def test_what_the_cache_and_the_queue_hold_is_read(db):
    cache.set("greeting", SECRET * 50)

    assert {hit.store for hit in proof.scan([Needle("name", FOUND)])} == {"redis"}


def test_a_deep_search_reads_what_a_database_keeps_of_deleted_rows(db, tmp_path):
    file = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA secure_delete=OFF")
        database.execute("CREATE TABLE people (name text)")
        database.execute("INSERT INTO people VALUES (?)", [SECRET])
        database.commit()
        database.execute("DELETE FROM people")
        database.commit()

    assert any(proof._found_in(piece, [Needle("name", FOUND)]) for piece in proof._pieces(file))


def test_the_shop_lets_its_database_overwrite_what_it_deletes(db):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite alone leaves deleted rows in its pages")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)


# --- The report ---------------------------------------------------------------------------------------------


def test_a_report_is_signed_and_every_change_is_noticed(db, tmp_path):
    report = proof_report.make([Needle("accounts.User.name", FOUND)])
    proof_report.write(report, tmp_path / "proof.json")
    text = (tmp_path / "proof.json").read_text()

    assert proof_report.check(text)["passed"] is True
    assert "Nothing was found." in (tmp_path / "proof.html").read_text()
    for changed in (text.replace("true", "false", 1), text.replace('"sought": 1', '"sought": 9'), "{}", "no"):
        with pytest.raises(proof_report.NotGenuine):
            proof_report.check(changed)


def test_a_report_says_where_and_never_what(db, settings):
    (Path(settings.VAR_DIR) / "note.txt").write_text(SECRET)

    report = proof_report.make([Needle("accounts.User.name", FOUND)])

    assert report["found"] == [{"store": "files", "place": "note.txt", "kind": "accounts.User.name"}]
    assert "ller" not in json.dumps(report)


def test_what_is_short_or_in_the_shops_own_words_is_inconclusive(db):
    Processor.objects.create(code="bank", name="Bank of Berlin", kind="payment", purpose="payment")

    report = proof_report.make([Needle("name", "li"), Needle("company", "bank of berlin")])

    assert report["passed"]
    assert [hit["kind"] for hit in report["inconclusive"]] == ["company", "name"]


# --- Somebody with everything -------------------------------------------------------------------------------


@pytest.fixture
def zoe(client, db):
    """Orders in three countries and several states, evidence, addresses, a session, messages, a copy."""
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    ProcessorFactory()
    user = new_person(name="Zoë Aldermann-Quist")
    person = user.subject
    Profile.objects.create(subject=person, gender="nonbinary-quist")
    Address.objects.create(
        subject=person, country="DE", name="Zoë Aldermann-Quist", street="Quistgasse 71", postcode="10997",
        city="Berlin",
    )  # fmt: skip
    for country, status in (
        ("DE", "completed"),
        ("AT", "completed"),
        ("US", "completed"),
        ("FR", "cancelled"),
    ):
        sold(person, country, Order.Status(status))
    ticket = TicketFactory(subject=person, name="Zoë Aldermann-Quist", email=user.email, status="closed")
    AttachmentFactory(message=MessageFactory(ticket=ticket, body="Aldermann-Quist: the glaze is cracked."))
    SignIn.objects.create(subject=person, outcome=SignIn.Outcome.SUCCEEDED, at=timezone.now())
    client.force_login(user)
    client.post(path_of("account_reset_password"), {"email": user.email})
    copies.ask(person, source=PrivacyRequest.Source.ACCOUNT, kind=PrivacyRequest.Kind.ACCESS, actor=person)
    copies.make_due()
    return person


def sold(person, country, status):
    long_ago = timezone.now() - timedelta(days=200)
    order = OrderFactory(
        subject=person, market=MarketFactory(country=country), status=status, placed_at=long_ago,
        email="zoe@mail.example", phone="+49 151 23456789", note="Ring at Aldermann-Quist",
    )  # fmt: skip
    OrderLineFactory(order=order)
    PaymentFactory(order=order, status="captured", captured_at=long_ago)
    OrderAddressFactory(order=order, country=country, name="Zoë Aldermann-Quist", street="Quistgasse 71")
    FulfilmentFactory(order=order, shipped_at=long_ago, delivered_at=long_ago, status="delivered")
    processors.disclose(
        "carrier", person, purpose=Purpose.FULFILMENT, reference=order.number, fields={"name": "Zoë"}
    )


@pytest.mark.promise("A-IV.5", "A-IV.6")
def test_nothing_but_what_a_law_keeps_is_left_of_somebody_with_everything(zoe, tmp_path):
    words = ("Aldermann-Quist", "Quistgasse 71", "zoe@mail.example", "+49 151 23456789")
    marks = [Needle(word, proof.normal(word)) for word in words]
    before = {hit.kind for hit in proof.scan(marks)}
    with mails_go_out():
        deletion.ask(zoe, source=PrivacyRequest.Source.ACCOUNT, at_once=True)
    request = PrivacyRequest.objects.get(kind=PrivacyRequest.Kind.ERASURE)
    printed = StringIO()

    call_command(
        "prove_erasure", request.reference, "--deep", "--report", tmp_path / "p.json", stdout=printed
    )

    report = proof_report.check((tmp_path / "p.json").read_text())
    assert "zoe@mail.example" in before
    assert request.status == PrivacyRequest.Status.COMPLETED_WITH_RETENTION
    assert "Not found anywhere." in printed.getvalue()
    assert report["sought"] >= 5
    assert deletion.unexpected(proof.scan(marks)) == []
    assert report["kept_by_law"]
    assert all(kept["law"] and kept["fields"] and kept["until"] > "2030" for kept in report["kept_by_law"])
    call_command("prove_erasure", "--check", tmp_path / "p.json", stdout=printed)
    assert "Genuine" in printed.getvalue()


def test_when_the_marks_are_forgotten_they_are_asked_for(db, anna, monkeypatch):
    request = PrivacyRequest.objects.create(
        subject=anna, kind=PrivacyRequest.Kind.ERASURE, source="staff", due_on=timezone.localdate()
    )
    monkeypatch.setattr(sys, "stdin", StringIO(""))

    with pytest.raises(CommandError, match="forgotten"):
        call_command("prove_erasure", request.reference)
