"""Send the signed link to somebody's preferences. Who the shop does not know is sent nothing."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import account_mail
from accounts.models import Subscription, User
from accounts.notifications import notify
from privacy import keys
from privacy.models import DataSubject, SubjectIdentifier


@transaction.atomic
def send_link(email: str) -> None:
    """To accounts and to readers of the newsletter; every minute has one link at most."""
    minute = timezone.now().isoformat(timespec="minutes")
    known = _known_by(email)
    for subject in known:
        notify(subject, "preferences_link", about=subject, key=minute)
    if not known:
        account_mail.pretend()


def _known_by(email: str) -> list[DataSubject]:
    kind = SubjectIdentifier.Kind.EMAIL
    readers = Subscription.objects.filter(
        confirmed_at__isnull=False,
        subject__identifiers__kind=kind,
        subject__identifiers__blind_index__in=keys.blind_indexes(kind, email),
        subject__user=None,
    )
    users = User.objects.filter(email=email, is_active=True)
    return list(
        DataSubject.objects.filter(
            Q(pk__in=users.values("subject")) | Q(pk__in=readers.values("subject"))
        ).select_related("user", "subscription", "key")
    )
