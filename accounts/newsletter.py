"""The newsletter: asked for in a form, and only then theirs when it is confirmed from the mailbox."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts import account_mail, preferences
from accounts.models import Channel, Notification, Subscription, Topic
from accounts.notifications import notify
from privacy import keys
from privacy.models import ConsentRecord, DataSubject, SubjectIdentifier

CONFIRM_WITHIN = timedelta(days=7)
EMAIL = SubjectIdentifier.Kind.EMAIL


class NothingToConfirm(LookupError):
    """Nobody asked, it is too long ago, or it has ended since."""


@transaction.atomic
def ask(email: str, *, language: str, country: str) -> None:
    """Send the link that confirms. Who gets the newsletter already is told nothing new."""
    subject = _owner(email) or _new_guest(email)
    if preferences.wants(subject, Topic.NEWSLETTER, Channel.EMAIL):
        account_mail.pretend()
        return
    asked: dict[str, Any] = {
        "email": email,
        "language": language,
        "country": country,
        "asked_at": timezone.now(),
        "confirmed_at": None,
        "ended_at": None,
    }
    subscription, _is_new = Subscription.objects.update_or_create(subject=subject, defaults=asked)
    second = subscription.asked_at.isoformat(timespec="seconds")
    notify(subject, "newsletter_confirm", about=subscription, key=second)


@transaction.atomic
def confirm(subject_id: UUID) -> Subscription:
    """The second half of the double opt-in: the mailbox is proved, the consent is written down."""
    asked = Subscription.objects.select_for_update(of=("self",)).filter(subject=subject_id)
    subscription = asked.select_related("subject__key").first()
    if subscription is None or not is_open(subscription):
        raise NothingToConfirm
    if subscription.confirmed_at is None:
        subscription.confirmed_at = timezone.now()
        subscription.save(update_fields=["confirmed_at"])
        SubjectIdentifier.objects.prove(subscription.subject, EMAIL, subscription.email)
        preferences.switch(
            subscription.subject,
            Topic.NEWSLETTER,
            Channel.EMAIL,
            is_wanted=True,
            source=ConsentRecord.Source.MAIL,
        )
    return subscription


def is_open(subscription: Subscription) -> bool:
    """Whether its link still leads somewhere: it waits for an answer, or has just had it."""
    is_fresh = subscription.asked_at > timezone.now() - CONFIRM_WITHIN
    return subscription.ended_at is None and (subscription.confirmed_at is not None or is_fresh)


@transaction.atomic
def purge() -> None:
    """What nobody confirmed is forgotten, and its address with it; an earlier consent stays on record."""
    waiting = Subscription.objects.filter(confirmed_at=None, ended_at=None)
    late = waiting.filter(asked_at__lt=timezone.now() - CONFIRM_WITHIN)
    late.filter(subject__consents__isnull=False).update(ended_at=timezone.now())
    guests = list(late.filter(subject__kind=DataSubject.Kind.GUEST).values_list("subject", flat=True))
    late.delete()
    SubjectIdentifier.objects.filter(subject__in=guests).delete()
    Notification.objects.filter(subject__in=guests).delete()


def _owner(email: str) -> DataSubject | None:
    """Whose address this is: an account that proved it, or an earlier subscription of the same address."""
    proved = EmailAddress.objects.filter(email=email, verified=True).select_related("user__subject").first()
    if proved is not None:
        subject: DataSubject = proved.user.subject
        return subject
    known = Subscription.objects.filter(
        subject__kind=DataSubject.Kind.GUEST,
        subject__identifiers__kind=EMAIL,
        subject__identifiers__blind_index__in=keys.blind_indexes(EMAIL, email),
    )
    subscription = known.select_related("subject").order_by("pk").first()
    return subscription.subject if subscription else None


def _new_guest(email: str) -> DataSubject:
    subject = DataSubject.objects.create(kind=DataSubject.Kind.GUEST)
    SubjectIdentifier.objects.create(subject=subject, kind=EMAIL, blind_index=keys.blind_index(EMAIL, email))
    return subject
