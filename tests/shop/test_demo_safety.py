"""The demo's public pages about safety: places marked as invented, checks that were really made."""

import pytest
from django.utils import timezone

from privacy import audit, backup, facilities, transparency
from privacy.models import AuditEvent, Facility, SafetyCheck
from shop.demo.loading import load_facilities, load_safety

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_KEY_COPY = tmp_path / "keys" / "latest.keys"


def test_the_demos_places_say_that_they_are_invented():
    load_facilities()
    load_facilities()

    assert Facility.objects.count() == 2
    assert all("invented" in one.name and "invented" in one.certificate for one in Facility.objects.all())
    assert facilities.check_facilities(databases=["default"]) == []


def test_a_backup_and_a_look_at_the_chain_are_really_made_once_a_day(time_machine):
    time_machine.move_to("2026-11-22T12:00:00Z", tick=False)
    audit.record("test.first_day")
    load_safety()
    load_safety()
    made = [kept.path for kept in backup.kept()]
    time_machine.move_to("2026-11-25T12:00:00Z", tick=False)
    load_safety()

    assert len(made) == 1
    assert len(backup.kept()) == 2
    assert SafetyCheck.objects.count() == 4
    assert [str(one.state) for one in transparency.safety()] == ["In order", "Not due yet", "In order"]


def test_a_broken_chain_is_not_passed_over():
    audit.record("test.first_day")
    AuditEvent.objects.create(seq=2, time=timezone.now(), action="test.slipped_in", hash="none", data={})

    load_safety()

    assert [str(one.state) for one in transparency.safety()][2] == "Failed"
