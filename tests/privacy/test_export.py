"""The copy of everything: complete, readable, and without what would hurt."""

import csv
import hashlib
import io
import json
import stat
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Notification, User
from orders.models import Order
from privacy import export, proof
from privacy.models import AuditEvent
from privacy.registry import Category, declared_field
from tests import canary
from tests.factories import OrderFactory, OrderLineFactory


@pytest.fixture
def everything(db):
    return canary.plant()


@pytest.fixture
def person(everything):
    return User.objects.get(email__startswith="canary").subject


def package(person) -> zipfile.ZipFile:
    file = io.BytesIO()
    export.write(person, file)
    return zipfile.ZipFile(file)


def is_secret(found):
    declared = declared_field(type(found.row), found.name)
    return declared.category == Category.CREDENTIAL or found.name.endswith(("_hash", "_hmac"))


@pytest.mark.promise("A-IV.2", "B-6.1")
def test_every_canary_is_in_it(everything, person):
    with package(person) as archive:
        data = archive.read("data.json").decode()
        files = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("files/"))

    missing = [
        found.column
        for found in everything
        if not is_secret(found) and found.mark not in data and found.mark.encode() not in files
    ]
    assert missing == []


@pytest.mark.promise("A-I.3")
def test_no_secret_is_in_it_and_that_is_said(everything, person):
    secrets = [found.mark for found in everything if is_secret(found)]
    with package(person) as archive:
        texts = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
        data = json.loads(archive.read("data.json"))

    assert secrets
    assert not [mark for mark in secrets if mark in texts]
    [users] = [dataset for dataset in data["datasets"] if dataset["name"] == "accounts.user"]
    assert "Password, as a hash" in users["left_out"]


def test_nothing_of_anybody_else_is_in_it(everything, person):
    other = OrderFactory(email="other@example.org")

    with package(person) as archive:
        texts = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")

    assert other.number not in texts
    assert "other@example.org" not in texts


def test_the_manifest_vouches_for_each_part(everything, person):
    with package(person) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        parts = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}

    assert manifest["sha256"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in parts.items()
    }


def test_the_data_follow_the_schema_they_come_with(everything, person):
    with package(person) as archive:
        schema, data = json.loads(archive.read("schema.json")), json.loads(archive.read("data.json"))

    assert set(schema["required"]) == set(data)
    required = set(schema["properties"]["datasets"]["items"]["required"])
    assert all(required == set(dataset) for dataset in data["datasets"])
    assert all(set(row) == set(dataset["columns"]) for dataset in data["datasets"] for row in dataset["rows"])


def test_each_dataset_says_why_we_have_it_and_for_how_long(everything, person):
    with package(person) as archive:
        data = json.loads(archive.read("data.json"))

    for dataset in data["datasets"]:
        assert dataset["purpose"], dataset["name"]
        assert dataset["legal_basis"], dataset["name"]
        assert dataset["kept"], dataset["name"]


def test_a_formula_in_a_note_stays_a_text(db):
    order = OrderFactory(note='=HYPERLINK("http://evil.example")')

    with package(order.subject) as archive:
        [_labels, row] = csv.DictReader(
            io.StringIO(archive.read("csv/orders.order.csv").decode("utf-8-sig")),
            fieldnames=[column.name for column in Order._meta.concrete_fields if export._belongs(column)],
        )

    assert row["note"].startswith("'=")


def test_words_of_a_person_are_harmless_on_the_page(db):
    order = OrderFactory(note="<script>alert(1)</script>")

    with package(order.subject) as archive:
        page = archive.read("index.html").decode()

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_is_in_words_with_amounts_in_their_currency_and_no_keys(db):
    line = OrderLineFactory(order__status="completed", gross=1790, net=1504, tax=286)
    told = Notification.objects.create(
        subject=line.order.subject, key="told", event="order_paid", topic="orders", channel="email"
    )

    with package(line.order.subject) as archive:
        page = archive.read("index.html").decode()
        data = archive.read("data.json").decode()

    assert "€17.90" in page
    assert "Delivered" in page
    assert str(told.uuid) not in page
    assert str(told.uuid) in data


def test_a_copy_is_an_event(everything, person):
    package(person).close()

    event = AuditEvent.objects.get(action="subject.exported")
    assert event.subject_ref == person.audit_ref


def test_the_command_writes_a_file_for_its_owner_alone(everything, person, tmp_path):
    target = tmp_path / "copy.zip"

    call_command("export_subject", str(person.pk), str(target), stdout=StringIO())

    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert zipfile.is_zipfile(target)
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_subject", str(person.pk), str(target))


def test_the_search_reads_a_copy_that_was_left_behind(everything, person, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with (tmp_path / "copy.zip").open("wb") as target:
        export.write(person, target)

    hits = proof.scan([proof.Needle("email", proof.normal(person.user.email))])

    assert ("files", "copy.zip") in {(hit.store, hit.place) for hit in hits}
