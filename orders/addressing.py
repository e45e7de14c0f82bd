"""Send an order that is not yet packed to the address, or to the number, that has since been corrected."""

from django.db import transaction

from accounts import address_book, postal
from accounts.models import Address, User
from orders.models import Fulfilment, Order
from privacy import audit
from privacy.keys import blind_indexes
from privacy.models import DataSubject


class AlreadyPacked(ValueError):
    """The label is printed: the parcel goes where it says."""


class OtherCountry(ValueError):
    """Tax and delivery were priced for the country of the order."""


def still_going_to(subject: DataSubject, country: str, fingerprint: str) -> list[Order]:
    """Orders that would still go to the address of this fingerprint."""
    return [
        order
        for order in _waiting(subject)
        if order.address.country == country
        and address_book.fingerprint(country, postal.parts(order.address)) == fingerprint
    ]


def still_ringing(subject: DataSubject, phone_index: str) -> list[Order]:
    """Orders whose carrier would still ring the number of this fingerprint."""
    return [order for order in _waiting(subject) if order.phone and phone_index in _indexes(order.phone)]


@transaction.atomic
def use_address(order: Order, address: Address, *, actor: User) -> None:
    if order.address.country != address.country:
        raise OtherCountry(address.country)
    _hold_back(order)
    for name, value in postal.parts(address).items():
        setattr(order.address, name, value)
    order.address.save()
    audit.record(
        "order.address_changed", actor=actor, subject=order.subject, obj=order, reference=order.number
    )


@transaction.atomic
def use_phone(order: Order, phone: str, *, actor: User) -> None:
    _hold_back(order)
    order.phone = phone
    order.save(update_fields=["phone"])
    audit.record("order.phone_changed", actor=actor, subject=order.subject, obj=order, reference=order.number)


def _waiting(subject: DataSubject) -> list[Order]:
    return list(Order.objects.of(subject).not_yet_packed().with_story())


def _hold_back(order: Order) -> None:
    """Nobody packs it while it is changed."""
    parcel = Fulfilment.objects.select_for_update().get(order=order)
    if parcel.status != Fulfilment.Status.PENDING:
        raise AlreadyPacked(order.number)


def _indexes(phone: str) -> list[str]:
    return blind_indexes("phone", phone)
