"""May this person's data be used for this purpose, now? Asked at the place that needs it."""

from .models import ConsentRecord, DataSubject
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
    if not purpose.terms.refusable:
        return True
    latest = ConsentRecord.objects.latest_of(subject, purpose, channel)
    return latest is not None and latest.is_given
