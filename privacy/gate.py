"""May this person's data be used for this purpose, now? Asked at the place that needs it."""

from django.db import models

from .models import ConsentRecord, DataSubject, Restriction
from .purposes import Purpose

# What goes on while a person is restricted: keeping their data safe, answering them, and what law demands.
ALWAYS = {Purpose.RIGHTS, Purpose.SECURITY, Purpose.TAX, Purpose.LEGAL}
# A restricted person may still be paid back and answered; nothing is sent to anybody else.
WHILE_RESTRICTED = ALWAYS | {Purpose.SUPPORT, Purpose.PAYMENT, Purpose.SERVICE_MESSAGE}
OPTIONAL = {purpose for purpose in Purpose if purpose.terms.refusable}


def permits(subject: DataSubject, purpose: Purpose | str, channel: str = "") -> bool:
    """A purpose nobody declared is an error, not a no. Advertising is agreed to channel by channel."""
    purpose = Purpose(purpose)
    if subject.status in (DataSubject.Status.ERASING, DataSubject.Status.ERASED):
        return purpose in ALWAYS
    if subject.status == DataSubject.Status.RESTRICTED and purpose not in WHILE_RESTRICTED:
        return False
    if not (purpose.terms.refusable or purpose.terms.can_object):
        return True
    if purpose in stopped(subject):
        return False
    if not purpose.terms.refusable:
        return True
    latest = ConsentRecord.objects.latest_of(subject, purpose, channel)
    return latest is not None and latest.is_given


def permits_data(subject: DataSubject, *kinds: type[models.Model]) -> bool:
    """May rows of these kinds be used at all? Not while the person says that some of them are wrong."""
    if subject.status != DataSubject.Status.ACTIVE:
        return False
    disputed = [kind._meta.label_lower for kind in kinds]
    return not Restriction.objects.of(subject).filter(data__in=disputed).exists()


def stopped(subject: DataSubject) -> set[Purpose]:
    """The single uses that are stopped. One query for all of them."""
    purposes: set[Purpose] = set()
    for limit in Restriction.objects.of(subject):
        if limit.scope == Restriction.Scope.OPTIONAL:
            purposes |= OPTIONAL
        elif limit.scope == Restriction.Scope.PURPOSE:
            purposes.add(Purpose(limit.purpose))
    return purposes
