import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from privacy import consent, gate, processors
from privacy.models import AuditEvent, ConsentRecord, DataSubject, Disclosure, Processor
from privacy.processors import FieldNotAllowed, ProcessorNotCleared, disclose
from privacy.purposes import Purpose


def days_ago(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)


@pytest.fixture
def carrier(db, monkeypatch):
    monkeypatch.setattr(processors, "_declared", dict(processors._declared))
    processors.register("swift", Processor.Kind.LOGISTICS, allowed={"name": "Name", "address": "Address"})
    return Processor.objects.create(
        code="swift",
        name="Swift Parcels",
        kind=Processor.Kind.LOGISTICS,
        purpose=Purpose.FULFILMENT,
        country="DE",
        region="EU",
        screened_on=days_ago(30),
        agreement_signed_on=days_ago(400),
        agreement_expires_on=days_ago(-30),
    )


def hand_over(subject, **fields):
    return disclose("swift", subject, purpose=Purpose.FULFILMENT, reference="K7-1", fields=fields)


@pytest.mark.promise("A-III.2", "B-4.4")
def test_a_hand_over_is_written_down_by_the_names_of_its_fields(carrier, anna):
    disclosure = hand_over(anna, name="Anna Weber", address="Lindenweg 1")

    written = Disclosure.objects.get()

    assert disclosure.payload == {"name": "Anna Weber", "address": "Lindenweg 1"}
    assert (written.field_names, written.region, written.result) == (["address", "name"], "EU", "started")
    assert "Anna" not in repr(Disclosure.objects.values().get())
    disclosure.finish(accepted=True)
    assert Disclosure.objects.get().result == Disclosure.Result.ACCEPTED


@pytest.mark.promise("A-III.5")
def test_a_partner_is_told_nothing_that_is_not_on_its_list(carrier, anna):
    with pytest.raises(FieldNotAllowed, match="email"):
        hand_over(anna, name="Anna Weber", email="anna@example.org")
    with pytest.raises(FieldNotAllowed):
        disclose("nobody", anna, purpose=Purpose.FULFILMENT, reference="1", fields={"name": "Anna"})

    assert not Disclosure.objects.exists()


@pytest.mark.promise("A-III.6", "A-III.1", "B-4.5")
@pytest.mark.parametrize(
    "change",
    [
        {"agreement_expires_on": days_ago(1)},
        {"agreement_signed_on": None},
        {"screened_on": None},
        {"screened_on": days_ago(400)},
        {"is_active": False},
        {"kind": Processor.Kind.MESSAGES},
    ],
)
def test_without_a_valid_agreement_and_screening_nothing_leaves(carrier, anna, change):
    Processor.objects.update(**change)

    with pytest.raises(ProcessorNotCleared):
        hand_over(anna, name="Anna Weber")

    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("status", ["restricted", "erasing", "erased"])
def test_nothing_leaves_about_a_person_who_is_restricted_or_erased(carrier, anna, status):
    anna.status = status

    with pytest.raises(ProcessorNotCleared):
        hand_over(anna, name="Anna Weber")


# --- The gate -----------------------------------------------------------------------------------------------


@pytest.mark.promise("B-6.5")
@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose.terms.refusable])
def test_what_can_be_refused_is_off_until_somebody_agrees(db, purpose):
    alice = DataSubject.objects.create(kind=DataSubject.Kind.ACCOUNT)
    before = gate.permits(alice, purpose)

    consent.give(alice, purpose, source=ConsentRecord.Source.ACCOUNT, wording="Yes, please.")

    assert not before
    assert gate.permits(alice, purpose)


@pytest.mark.promise("B-6.1")
def test_a_consent_is_withdrawn_as_quickly_as_it_was_given(db):
    alice = DataSubject.objects.create(kind=DataSubject.Kind.ACCOUNT)
    consent.give(
        alice, Purpose.MARKETING, source=ConsentRecord.Source.ACCOUNT, wording="Yes.", channel="email"
    )

    consent.withdraw(alice, Purpose.MARKETING, source=ConsentRecord.Source.MAIL, channel="email")

    assert not gate.permits(alice, Purpose.MARKETING, "email")
    assert AuditEvent.objects.filter(subject_ref=alice.audit_ref, action="consent.withdrawn").exists()


def test_a_consent_to_mails_allows_no_text_messages(db):
    alice = DataSubject.objects.create(kind=DataSubject.Kind.ACCOUNT)

    consent.give(
        alice, Purpose.MARKETING, source=ConsentRecord.Source.ACCOUNT, wording="Yes.", channel="email"
    )

    assert not gate.permits(alice, Purpose.MARKETING, "sms")


@pytest.mark.parametrize(
    ("status", "purpose", "answer"),
    [
        ("active", Purpose.FULFILMENT, True),
        ("restricted", Purpose.FULFILMENT, False),
        ("restricted", Purpose.PAYMENT, True),
        ("restricted", Purpose.RIGHTS, True),
        ("erased", Purpose.SUPPORT, False),
        ("erased", Purpose.TAX, True),
    ],
)
def test_restriction_and_erasure_close_the_gate(status, purpose, answer):
    assert gate.permits(DataSubject(status=status), purpose) is answer


@pytest.mark.promise("B-2.1", "B-4.1")
def test_an_undeclared_purpose_is_an_error():
    with pytest.raises(ValueError, match="sale"):
        gate.permits(DataSubject(), "sale")


def test_a_partner_is_cleared_from_the_shell_before_anybody_can_sign_in(db, capsys):
    call_command("clear_partner", "mail", "Post Relay", "DE", "--agreement", "2026-1")

    partner = Processor.objects.get(code="mail")
    assert partner.is_cleared
    assert partner.kind == Processor.Kind.MESSAGES
    assert "E-mail address" in capsys.readouterr().out
    with pytest.raises(CommandError, match="nobody"):
        call_command("clear_partner", "nobody", "X", "DE", "--agreement", "1")
