"""Prove that a mobile phone is one's own, by a code sent to it.

Nothing is stored: the code follows from the person, the number and the time, as that of an authenticator app.
"""

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.notifications import notify
from privacy import audit
from privacy.models import SubjectIdentifier

VALID_FOR = timedelta(minutes=10)
DIGITS = 6
PHONE = SubjectIdentifier.Kind.PHONE


class WrongCode(ValueError):
    """Mistyped, or older than it may be."""


def send_code(user: User) -> None:
    notify(user.subject, "phone_code", about=user, key=timezone.now().isoformat())


def code_of(user: User, moment: datetime) -> str:
    step = int(moment.timestamp() // VALID_FOR.total_seconds())
    value = f"{user.pk}:{user.phone}:{step}"
    digest = salted_hmac("accounts.phone", value, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()
    return str(int(digest, 16) % 10**DIGITS).zfill(DIGITS)


@transaction.atomic
def prove(user: User, *, code: str) -> None:
    """The code of this step or of the one before, so that each is good for ten minutes at least."""
    now = timezone.now()
    good = [code_of(user, moment).encode() for moment in (now, now - VALID_FOR)]
    if not any(hmac.compare_digest(code.encode(), one) for one in good):
        raise WrongCode
    user.phone_verified_at = now
    user.save(update_fields=["phone_verified_at"])
    SubjectIdentifier.objects.filter(subject=user.subject, kind=PHONE).delete()
    SubjectIdentifier.objects.prove(user.subject, PHONE, user.phone)
    audit.record("account.phone_verified", actor=user, subject=user, obj=user)
