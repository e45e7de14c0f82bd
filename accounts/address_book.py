"""Keep the addresses somebody wants to use again. Orders have copies of their own."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts import postal
from accounts.models import Address
from privacy import audit, journal, restriction
from privacy.models import DataSubject

MOST_ADDRESSES = 20


class BookFull(ValueError):
    """Nobody needs more addresses than this."""


@transaction.atomic
def add(subject: DataSubject, country: str, lines: Mapping[str, str], *, is_default: bool) -> Address:
    """The first address of a book is used first."""
    DataSubject.objects.select_for_update().get(pk=subject.pk)
    count = Address.objects.filter(subject=subject).count()
    if count >= MOST_ADDRESSES:
        raise BookFull(count)
    address = Address(subject=subject, country=country)
    _write(address, lines, is_default=is_default or not count)
    audit.record("address.added", actor=subject, subject=subject, obj=address)
    return address


@transaction.atomic
def change(address: Address, lines: Mapping[str, str], *, is_default: bool, actor: Any = None) -> None:
    """The old lines are gone; `fingerprint` of them finds the orders that still have them."""
    before = postal.parts(address)
    _write(address, lines, is_default=is_default or address.is_default)
    changed = [name for name, value in postal.parts(address).items() if value != before[name]]
    journal.corrected(address, *changed)
    restriction.end_dispute(address.subject, Address)
    audit.record(
        "address.changed",
        actor=actor or address.subject,
        subject=address.subject,
        obj=address,
        fields=",".join(changed),
    )


@transaction.atomic
def remove(address: Address) -> None:
    """Where it was the one used first, the newest of the others is."""
    subject = address.subject
    audit.record("address.removed", actor=subject, subject=subject, obj=address)
    was_default = address.is_default
    journal.removed(address)
    address.delete()
    successor = Address.objects.of(subject).first()
    if was_default and successor:
        use_first(successor)


@transaction.atomic
def use_first(address: Address) -> None:
    Address.objects.filter(subject=address.subject).update(is_default=False)
    Address.objects.filter(pk=address.pk).update(is_default=True)
    address.is_default = True


def _write(address: Address, lines: Mapping[str, str], *, is_default: bool) -> None:
    for name in postal.THEIRS:
        setattr(address, name, lines.get(name, ""))
    address.save()
    if is_default:
        use_first(address)


def suited(subject: DataSubject, country: str) -> list[Address]:
    """The addresses of a country, the one used first before the others."""
    return list(Address.objects.of(subject).filter(country=country))


def knows(subject: DataSubject, country: str, lines: Mapping[str, str]) -> bool:
    typed = fingerprint(country, lines)
    return any(fingerprint(country, postal.parts(known)) == typed for known in suited(subject, country))


def fingerprint(country: str, lines: Mapping[str, str]) -> str:
    """Says whether two addresses are the same without saying which; fit for an address of a page."""
    written = "\0".join([country, *(" ".join(lines.get(name, "").split()) for name in postal.THEIRS)])
    key = settings.SECRET_KEY
    return salted_hmac("accounts.address", written.casefold(), secret=key, algorithm="sha256").hexdigest()
