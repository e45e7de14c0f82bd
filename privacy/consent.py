"""Choices: given, refused, withdrawn. What counts is the last one about a purpose and a channel."""

from django.db import transaction
from django.utils.translation import get_language

from . import audit, journal
from .models import ConsentRecord, DataSubject
from .purposes import Purpose


class NothingToConsentTo(ValueError):
    """The purpose does not rest on consent: nobody is asked for it."""


def give(
    subject: DataSubject, purpose: Purpose, *, source: ConsentRecord.Source, wording: str, channel: str = ""
) -> ConsentRecord:
    return decide(
        subject, purpose, ConsentRecord.Decision.GIVEN, source=source, wording=wording, channel=channel
    )


def withdraw(
    subject: DataSubject, purpose: Purpose, *, source: ConsentRecord.Source, channel: str = ""
) -> None:
    """In effect with the next question asked of `privacy.gate`. Without a consent there is nothing to do."""
    if has_given(subject, purpose, channel):
        decide(subject, purpose, ConsentRecord.Decision.WITHDRAWN, source=source, channel=channel)


def has_given(subject: DataSubject, purpose: Purpose, channel: str = "") -> bool:
    latest = ConsentRecord.objects.latest_of(subject, purpose, channel)
    return latest is not None and latest.is_given


def given_by(subject: DataSubject) -> list[ConsentRecord]:
    """What a person agrees to now: the last word about each purpose and channel."""
    return [record for record in _last_words(subject) if record.is_given]


def stale_of(subject: DataSubject) -> list[ConsentRecord]:
    """What a person agreed to before the policy changed, and has not been asked about again."""
    return [record for record in _last_words(subject) if record.is_stale]


def _last_words(subject: DataSubject) -> list[ConsentRecord]:
    records = ConsentRecord.objects.filter(subject=subject).order_by("pk")
    return list({(record.purpose, record.channel): record for record in records}.values())


@transaction.atomic
def decide(
    subject: DataSubject | None,
    purpose: Purpose,
    decision: ConsentRecord.Decision,
    *,
    source: ConsentRecord.Source,
    wording: str = "",
    channel: str = "",
    browser: str = "",
    version: str = "",
    knew_signal: bool = False,
) -> ConsentRecord:
    """Write one decision down. Of a visitor without an account the row alone is the proof."""
    if not purpose.terms.refusable:
        raise NothingToConsentTo(purpose)
    record: ConsentRecord = ConsentRecord.objects.create(
        subject=subject,
        purpose=purpose,
        channel=channel,
        decision=decision,
        source=source,
        wording=wording,
        language=get_language() or "",
        browser=browser,
        version=version,
        knew_signal=knew_signal,
    )
    if subject is not None:
        if decision != ConsentRecord.Decision.GIVEN:
            journal.write_row("withdraw", record)
        audit.record(
            f"consent.{decision}", subject=subject, obj=record, purpose=purpose.value, channel=channel
        )
    return record
