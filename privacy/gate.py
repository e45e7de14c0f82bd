"""May this person's data be used for this purpose, now? Asked at the place that needs it."""

from .models import DataSubject
from .purposes import Purpose

# What goes on while a person is restricted: keeping their data safe, answering them, and what law demands.
ALWAYS = {Purpose.RIGHTS, Purpose.SECURITY, Purpose.TAX, Purpose.LEGAL}
# A restricted person may still be paid back and answered; nothing is sent to anybody else.
WHILE_RESTRICTED = ALWAYS | {Purpose.SUPPORT, Purpose.PAYMENT, Purpose.SERVICE_MESSAGE}


def permits(subject: DataSubject, purpose: Purpose | str) -> bool:
    """A purpose nobody declared is an error, not a no."""
    purpose = Purpose(purpose)
    if subject.status in (DataSubject.Status.ERASING, DataSubject.Status.ERASED):
        return purpose in ALWAYS
    if subject.status == DataSubject.Status.RESTRICTED:
        return purpose in WHILE_RESTRICTED
    # Nobody can have consented yet: what may be refused stays off.
    return not purpose.terms.refusable
