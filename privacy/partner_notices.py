"""Tell every partner that received data of an erased person to delete it too (Art. 17(2) and 19 GDPR).

Who received something is in the ledger of `privacy.processors`. A partner is told the numbers it knows the
person's data by and nothing else, is reminded after 7, 14 and 30 days, and what it answers is noted by staff.
The erasure itself waits for no partner.
"""

from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from . import audit, telling
from .models import DataSubject, Disclosure, ErasureNotice, PrivacyRequest, Processor

REMIND_AFTER = (timedelta(days=7), timedelta(days=14), timedelta(days=30))
SILENT_AFTER = timedelta(days=44)
Status = ErasureNotice.Status


class AlreadySettled(ValueError):
    """The partner has answered, and nobody is asked any more."""


def prepare(subject: DataSubject) -> None:
    """In the transaction that completes the erasure; what is sent is sent by the clock."""
    erasures = PrivacyRequest.objects.open().filter(kind=PrivacyRequest.Kind.ERASURE)
    known_by: dict[int, list[str]] = {}
    for partner, reference in Disclosure.objects.filter(subject=subject).values_list(
        "processor", "reference"
    ):
        known_by.setdefault(partner, []).append(reference)
    for partner, references in known_by.items():
        ErasureNotice.objects.get_or_create(
            processor_id=partner,
            subject=subject,
            defaults={
                "references": sorted(set(references)),
                "request": erasures.filter(subject=subject).first(),
            },
        )


def of(request: PrivacyRequest) -> "models.QuerySet[ErasureNotice]":
    """As the person is told of them."""
    return request.erasure_notices.select_related("processor").order_by("processor__name")


def send_due() -> None:
    """New notices, reminders, and an end to waiting. A partner without an address waits for staff."""
    for notice_id in ErasureNotice.objects.unanswered().values_list("pk", flat=True):
        _go_on(notice_id)


@transaction.atomic
def _go_on(notice_id: int) -> None:
    unanswered = ErasureNotice.objects.unanswered().select_for_update(skip_locked=True, of=("self",))
    notice = unanswered.select_related("subject", "processor__desk").filter(pk=notice_id).first()
    if notice is None or not notice.processor.privacy_email:
        return
    if notice.sent_at is None:
        notice.status, notice.sent_at = Status.SENT, timezone.now()
        _tell(notice)
    elif timezone.now() >= notice.sent_at + SILENT_AFTER:
        _settle(notice, Status.SILENT)
    elif notice.reminders < _reminders_due(timezone.now() - notice.sent_at):
        notice.reminders += 1
        _tell(notice)


def _reminders_due(waited: timedelta) -> int:
    return sum(after <= waited for after in REMIND_AFTER)


def _tell(notice: ErasureNotice) -> None:
    notice.save(update_fields=["status", "sent_at", "reminders"])
    telling.tell(_desk_of(notice.processor), "partner_erasure", about=notice, key=str(notice.reminders))
    audit.record(
        "partner.told",
        subject=notice.subject,
        obj=notice,
        processor=notice.processor.code,
        count=notice.reminders,
    )


def _desk_of(partner: Processor) -> DataSubject:
    """Nothing is sent any more to an erased person, nor in their name."""
    if partner.desk is None:
        partner.desk = DataSubject.objects.create(kind=DataSubject.Kind.RECIPIENT)
        partner.save(update_fields=["desk"])
    return partner.desk


@transaction.atomic
def answered_done(notice: ErasureNotice, *, actor: Any) -> None:
    _settle(_locked(notice), Status.DONE, actor=actor)


@transaction.atomic
def answered_kept(
    notice: ErasureNotice, *, reason: ErasureNotice.Reason, until: date | None, actor: Any
) -> None:
    """The partner refuses: the person is told why, and until when."""
    notice = _locked(notice)
    notice.reason, notice.kept_until = reason, until
    _settle(notice, Status.KEPT, actor=actor)


def _locked(notice: ErasureNotice) -> ErasureNotice:
    """One that was silent may still answer."""
    notice = ErasureNotice.objects.select_for_update(of=("self",)).select_related("subject").get(pk=notice.pk)
    if notice.status in (Status.DONE, Status.KEPT):
        raise AlreadySettled(notice.pk)
    return notice


def _settle(notice: ErasureNotice, status: ErasureNotice.Status, *, actor: Any = None) -> None:
    notice.status, notice.settled_at = status, timezone.now()
    notice.save(update_fields=["status", "reason", "kept_until", "settled_at"])
    audit.record(f"partner.{status}", actor=actor, subject=notice.subject, obj=notice, reason=notice.reason)
