"""Requests of people who use their rights: received here, with a reference and a day to answer by."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from . import audit
from .models import DataSubject, PrivacyRequest

# The law of most places gives a month (Art. 12(3) GDPR); the shop answers within half of it.
ANSWER_WITHIN = timedelta(days=15)


@transaction.atomic
def receive(
    subject: DataSubject, kind: PrivacyRequest.Kind, *, source: PrivacyRequest.Source
) -> PrivacyRequest:
    request = PrivacyRequest.objects.create(subject=subject, kind=kind, source=source, due_on=answer_by())
    audit.record(
        "request.received", subject=subject, obj=request, kind=kind.value, reference=request.reference
    )
    return request


def answer_by() -> date:
    return timezone.localdate() + ANSWER_WITHIN
