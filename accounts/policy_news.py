"""Tell everybody with an account of an important change to a policy, once."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.events import Recipient
from accounts.models import User
from accounts.notifications import notify
from accounts.recipients import recipient_of
from privacy.models import DataSubject, PolicyVersion


@dataclass(frozen=True)
class PolicyReader:
    """One person with the version before them."""

    version: PolicyVersion
    subject: DataSubject

    @property
    def person(self) -> Recipient | None:
        return recipient_of(self.subject)


def tell_everybody() -> None:
    """Each person is told once however often this runs; a walk that was broken off is walked again."""
    news = PolicyVersion.objects.published().filter(is_material=True, announced_at=None)
    for version in news:
        _tell(version)
        PolicyVersion.objects.filter(pk=version.pk).update(announced_at=timezone.now())


def _tell(version: PolicyVersion) -> None:
    """Who opens an account after the publication has seen the new words already."""
    holders = User.objects.filter(is_active=True, date_joined__lt=version.published_at)
    for user in holders.select_related("subject__key", "subject__user").order_by("pk").iterator(500):
        notify(user.subject, "policy_changed", about=version, key=user.subject.pk.hex)
