"""Orders somebody placed as a guest, with an e-mail address that the account has since proved to be theirs.

The address alone shows that such orders exist. Who wants to see one knows one more thing: its number, or
the postcode it went to.
"""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Notification, User
from accounts.postal import compact
from orders.models import Order
from privacy import audit, journal
from privacy.keys import blind_indexes
from privacy.models import DataSubject, Disclosure, SubjectIdentifier
from privacy.moving import move


class WrongFact(ValueError):
    """Neither the number of the order nor the postcode it goes to."""


def candidates(user: User) -> QuerySet[Order]:
    """An address that was typed and never proved leads to nothing."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    indexes = [index for email in proved for index in blind_indexes("email", email)]
    guests = SubjectIdentifier.objects.filter(
        kind=SubjectIdentifier.Kind.EMAIL,
        blind_index__in=indexes,
        subject__kind=DataSubject.Kind.GUEST,
        subject__status=DataSubject.Status.ACTIVE,
    )
    return Order.objects.filter(subject__in=guests.values("subject"))


@transaction.atomic
def join(order: Order, user: User, *, fact: str) -> None:
    """From here on the order is the account's: its rows are sealed with the account's key."""
    order = Order.objects.with_story().select_for_update(of=("self",)).get(pk=order.pk)
    if not candidates(user).filter(pk=order.pk).exists():
        raise WrongFact
    if compact(fact) not in _facts(order):
        raise WrongFact
    guest, subject = order.subject, user.subject
    move(order.address, subject)
    move(order, subject)
    Disclosure.objects.filter(subject=guest, reference=order.number).update(subject=subject)
    for told in Notification.objects.filter(subject=guest).select_related("subject__key"):
        move(told, subject)
    _hand_over_identifiers(guest, subject)
    journal.write_after_commit("join", guest, {"into": str(subject.pk)})
    audit.record("order.joined", actor=user, subject=subject, obj=order, reference=order.number)


def _hand_over_identifiers(guest: DataSubject, subject: DataSubject) -> None:
    """What found the guest finds the account, and ends with it; the guest has nothing left to be found."""
    for identifier in guest.identifiers.all():
        subject.identifiers.get_or_create(kind=identifier.kind, blind_index=identifier.blind_index)
    guest.identifiers.all().delete()


def _facts(order: Order) -> set[str]:
    return {compact(order.number), compact(order.address.postcode)} - {""}
