"""Where a person can be reached, as far as the accounts know: by the account or the newsletter's address."""

from django.conf import settings

from accounts.events import Recipient
from accounts.models import Subscription, User
from privacy.models import DataSubject


def recipient_of(subject: DataSubject) -> Recipient | None:
    """None where the accounts know nobody. Read `subject` with user, subscription and key."""
    user: User | None = getattr(subject, "user", None)
    if user is not None:
        return _with_account(user) if user.is_active else None
    subscription: Subscription | None = getattr(subject, "subscription", None)
    if subscription is None:
        return None
    return Recipient(
        language=subscription.language,
        country=subscription.country,
        email=subscription.email,
        has_inbox=False,
    )


def _with_account(user: User) -> Recipient:
    return Recipient(
        language=user.language or settings.LANGUAGE_CODE,
        country=user.country,
        email=user.email,
        phone=user.phone if user.phone_verified_at else "",
        name=user.name,
    )
