"""Whose account asks for more than the mailbox: a code to it alone opens the account to nobody."""

from allauth.mfa.models import Authenticator

from privacy import guardians
from privacy.models import DataSubject


@guardians.register_guard
def has_second_step(subject: DataSubject) -> bool:
    return bool(Authenticator.objects.filter(user__subject=subject).exists())
