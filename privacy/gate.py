"""May this person's data be used for this purpose, now? Asked at the place that needs it."""

from django.db import models
from django.db.models import Q

from .models import ConsentRecord, DataSubject, Restriction
from .purposes import Purpose

# What goes on while a person is restricted: keeping their data safe, answering them, and what law demands.
ALWAYS = {Purpose.RIGHTS, Purpose.SECURITY, Purpose.TAX, Purpose.LEGAL}
# A restricted person may still be paid back and answered; nothing is sent to anybody else.
WHILE_RESTRICTED = ALWAYS | {Purpose.SUPPORT, Purpose.PAYMENT, Purpose.SERVICE_MESSAGE}


def permits(subject: DataSubject, purpose: Purpose | str, channel: str = "") -> bool:
    """A purpose nobody declared is an error, not a no. Advertising is agreed to channel by channel."""
    purpose = Purpose(purpose)
    if subject.status in (DataSubject.Status.ERASING, DataSubject.Status.ERASED):
        return purpose in ALWAYS
    if subject.status == DataSubject.Status.RESTRICTED:
        return purpose in WHILE_RESTRICTED
    if not (purpose.terms.refusable or purpose.terms.can_object):
        return True
    if _is_limited(subject, purpose):
        return False
    if not purpose.terms.refusable:
        return True
    latest = ConsentRecord.objects.latest_of(subject, purpose, channel)
    return latest is not None and latest.is_given


def permits_data(subject: DataSubject, model: type[models.Model]) -> bool:
    """May these rows be used at all? Not while the person says that they are wrong."""
    if subject.status != DataSubject.Status.ACTIVE:
        return False
    return not Restriction.objects.of(subject).filter(data=model._meta.label_lower).exists()


def _is_limited(subject: DataSubject, purpose: Purpose) -> bool:
    limits = Q(scope=Restriction.Scope.PURPOSE, purpose=purpose)
    if purpose.terms.refusable:
        limits |= Q(scope=Restriction.Scope.OPTIONAL)
    return Restriction.objects.of(subject).filter(limits).exists()
