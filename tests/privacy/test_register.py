import csv
import io
import json

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import RequestFactory

from privacy import registry
from privacy.models import Processor
from privacy.reports import OpaqueReporterFilter


def test_every_installed_model_is_declared():
    from django.apps import apps

    undeclared = [model for model in apps.get_models() if registry.declaration(model) is None]

    assert undeclared == []


@pytest.mark.promise("B-1.4")
def test_the_register_is_printed_as_table_json_and_csv(capsys):
    call_command("personal_data")
    table = capsys.readouterr().out
    call_command("personal_data", format="json")
    rows = json.loads(capsys.readouterr().out)
    call_command("personal_data", format="csv")
    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))

    assert "accounts.User" in table
    assert rows == lines
    email = next(row for row in rows if (row["model"], row["field"]) == ("accounts.User", "email"))
    assert email["origin"] == "active"
    assert email["protection"].startswith("in clear: ")


@pytest.fixture
def letters_declared(monkeypatch):
    """The table that only these tests have."""
    monkeypatch.setitem(registry._tables, "privacy_letter", "made by the tests")


def test_the_real_tables_are_the_declared_ones(db, letters_declared, capsys):
    call_command("audit_schema")

    assert "Every table and column is declared" in capsys.readouterr().out


def test_a_left_over_table_and_a_column_by_hand_are_found(db, letters_declared):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_over (id integer, email text)")
        cursor.execute("ALTER TABLE privacy_processor ADD COLUMN notes text")

    with pytest.raises(CommandError, match=r"left_over\nprivacy_processor\.notes"):
        call_command("audit_schema")


def test_dumpdata_is_refused_in_production_and_leaves_encrypted_columns_out(settings, anna, capsys):
    settings.DEMO = False
    with pytest.raises(CommandError, match="demo"):
        call_command("dumpdata", "privacy")
    settings.DEMO = True
    call_command("dumpdata", "privacy")

    assert str(anna.pk) in capsys.readouterr().out


def test_a_session_is_found_by_who_is_signed_in(client, django_user_model):
    alice = django_user_model.objects.create_user("alice@example.org", "secret")
    other = django_user_model.objects.create_user("bob@example.org", "secret")
    client.force_login(alice)

    data = registry.declaration(Session)

    assert data.rows_of(alice.subject).count() == 1
    assert data.rows_of(other.subject).count() == 0


def test_rows_are_found_by_the_way_that_is_declared(django_user_model):
    alice = django_user_model.objects.create_user("alice@example.org", "secret")

    data = registry.declaration(django_user_model)

    assert list(data.rows_of(alice.subject)) == [alice]


@pytest.mark.promise("B-2.2", "B-1.4")
def test_the_data_map_is_public_and_names_no_column(client, path_of, db):
    page = client.get(path_of("privacy:data_map"))

    assert page.status_code == 200
    assert "E-mail" not in page.text
    assert "Contact details" in page.text
    assert "You typed it in" in page.text


@pytest.mark.promise("A-III.1", "A-V.1", "B-4.3")
def test_partners_are_public(client, path_of, db):
    empty = client.get(path_of("privacy:processors"))
    Processor.objects.create(
        code="swift",
        name="Swift Parcels",
        kind=Processor.Kind.LOGISTICS,
        purpose="fulfilment",
        country="DE",
        region="EU",
        screened_on="2026-01-01",
        agreement_signed_on="2026-01-01",
    )
    page = client.get(path_of("privacy:processors"))

    assert "At present nobody" in empty.text
    assert "Swift Parcels" in page.text


@pytest.mark.promise("B-3.5")
def test_error_reports_show_types_and_no_values(settings):
    request = RequestFactory().post("/", {"street": "Lindenweg 1"})
    street = "Lindenweg 1"
    reporter = OpaqueReporterFilter()

    posted = reporter.get_post_parameters(request)
    variables = reporter.get_traceback_frame_variables(request, frame_of(street))

    assert "Lindenweg" not in str(posted)
    assert ("street", "str") in variables


def frame_of(street):
    import inspect

    return inspect.currentframe()


def test_people_have_no_name_in_their_str(anna):
    assert str(anna) == f"Guest {anna.pk.hex[:8]}"
