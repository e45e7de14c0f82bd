from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from privacy import consent, gate
from privacy.models import AuditEvent, ConsentRecord
from privacy.models.choices import NeverChanged
from privacy.purposes import Purpose

pytestmark = pytest.mark.django_db
Source, Decision = ConsentRecord.Source, ConsentRecord.Decision


def test_a_decision_is_never_rewritten(anna):
    record = consent.give(anna, Purpose.ANALYTICS, source=Source.PAGE, wording="May we count?")

    record.decision = Decision.REFUSED
    with pytest.raises(NeverChanged):
        record.save()
    with pytest.raises(NeverChanged):
        ConsentRecord.objects.update(decision=Decision.REFUSED)

    record.refresh_from_db()
    assert record.decision == Decision.GIVEN


def test_a_consent_lapses_after_a_year(anna):
    with time_machine.travel("2026-01-31T12:00:00Z", tick=False):
        consent.give(anna, Purpose.ANALYTICS, source=Source.PAGE, wording="May we count?")

    with time_machine.travel("2027-01-31T11:59:00Z", tick=False):
        last_minute = gate.permits(anna, Purpose.ANALYTICS), consent.has_given(anna, Purpose.ANALYTICS)
    with time_machine.travel("2027-01-31T12:00:00Z", tick=False):
        after = gate.permits(anna, Purpose.ANALYTICS), consent.has_given(anna, Purpose.ANALYTICS)

    assert last_minute == (True, True)
    assert after == (False, False)


def test_a_refusal_lapses_after_half_a_year(anna):
    with time_machine.travel("2026-08-31T12:00:00Z", tick=False):
        record = consent.decide(anna, Purpose.ANALYTICS, Decision.REFUSED, source=Source.PAGE)

    assert record.expires_at.date().isoformat() == "2027-02-28"


def test_a_withdrawal_counts_at_once(anna):
    consent.give(anna, Purpose.ANALYTICS, source=Source.PAGE, wording="May we count?")

    consent.withdraw(anna, Purpose.ANALYTICS, source=Source.PAGE)

    assert not gate.permits(anna, Purpose.ANALYTICS)
    assert AuditEvent.objects.filter(subject_ref=anna.audit_ref, action="consent.withdrawn").exists()


def test_the_proof_has_the_exact_words_their_language_the_time_and_the_place(anna, capsys):
    record = consent.give(anna, Purpose.ANALYTICS, source=Source.BANNER, wording="Dürfen wir zählen?")

    call_command("consent_proof", record.pk)

    proof = capsys.readouterr().out
    assert "wording: Dürfen wir zählen?\n" in proof
    assert f"sha256 of the wording: {record.wording_hash}\n" in proof
    assert "language: en\n" in proof
    assert "source: banner\n" in proof
    assert f"decided: {record.decided_at.isoformat()}\n" in proof
    assert record.expires_at - record.decided_at >= timedelta(days=365)


def test_there_is_no_proof_of_what_nobody_decided():
    with pytest.raises(CommandError):
        call_command("consent_proof", 1)


def test_a_lapsed_consent_is_kept_as_proof(anna):
    with time_machine.travel(timezone.now() - timedelta(days=400)):
        record = consent.give(anna, Purpose.ANALYTICS, source=Source.PAGE, wording="May we count?")

    assert record.has_lapsed
    assert ConsentRecord.objects.given().get() == record
