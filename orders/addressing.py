"""Send an order that is not yet packed to the address, or to the number, that has since been corrected."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import address_book, postal
from accounts.models import Address, User
from orders.models import Fulfilment, Order, OrderAddress
from privacy import audit, journal, rectification, restriction
from privacy.keys import blind_index, blind_indexes
from privacy.models import DataSubject, SubjectIdentifier


class AlreadyPacked(rectification.TooLate):
    """The label is printed: the parcel goes where it says."""


class OtherCountry(ValueError):
    """Tax and delivery were priced for the country of the order."""


def still_going_to(subject: DataSubject, country: str, fingerprint: str) -> list[Order]:
    """Orders that would still go to the address of this fingerprint."""
    return [
        order
        for order in waiting(subject)
        if order.address.country == country
        and address_book.fingerprint(country, postal.parts(order.address)) == fingerprint
    ]


def still_ringing(subject: DataSubject, phone_index: str) -> list[Order]:
    """Orders whose carrier would still ring the number of this fingerprint."""
    return [order for order in waiting(subject) if order.phone and phone_index in _indexes(order.phone)]


def use_address(order: Order, address: Address, *, actor: User) -> None:
    if order.address.country != address.country:
        raise OtherCountry(address.country)
    correct_address(order, postal.parts(address), actor=actor)


@transaction.atomic
def correct_address(order: Order, lines: Mapping[str, str], *, actor: Any) -> None:
    _hold_back(order)
    for name, value in lines.items():
        setattr(order.address, name, value)
    order.address.save()
    journal.corrected(order.address, *lines)
    restriction.end_dispute(order.subject, OrderAddress)
    audit.record(
        "order.address_changed", actor=actor, subject=order.subject, obj=order, reference=order.number
    )


@transaction.atomic
def use_phone(order: Order, phone: str, *, actor: Any) -> None:
    _hold_back(order)
    order.phone = phone
    order.save(update_fields=["phone"])
    journal.corrected(order, "phone")
    restriction.end_dispute(order.subject, Order)
    audit.record("order.phone_changed", actor=actor, subject=order.subject, obj=order, reference=order.number)


@transaction.atomic
def correct_contact(order: Order, *, email: str, phone: str, actor: Any) -> None:
    """A guest is found by the new address from now on, and not by the old one."""
    _hold_back(order)
    order.email, order.phone = email, phone
    order.save(update_fields=["email", "phone"])
    journal.corrected(order, "email", "phone")
    subject, kind = order.subject, SubjectIdentifier.Kind.EMAIL
    if subject.kind == DataSubject.Kind.GUEST:
        subject.identifiers.filter(kind=kind).delete()
    subject.identifiers.get_or_create(kind=kind, blind_index=blind_index(kind, email))
    restriction.end_dispute(subject, Order)
    audit.record("order.contact_changed", actor=actor, subject=subject, obj=order, reference=order.number)


def waiting(subject: DataSubject) -> list[Order]:
    """What nobody has packed yet."""
    return list(Order.objects.of(subject).not_yet_packed().with_story())


def _hold_back(order: Order) -> None:
    """Nobody packs it while it is changed."""
    parcel = Fulfilment.objects.select_for_update().get(order=order)
    if parcel.status != Fulfilment.Status.PENDING:
        raise AlreadyPacked(order.number)


def _indexes(phone: str) -> list[str]:
    return blind_indexes("phone", phone)
