"""What somebody who is signed in need not type again."""

from contextlib import suppress
from dataclasses import dataclass, field

from accounts import address_book, postal
from accounts.models import Address, User
from privacy import gate

ANOTHER = "another"  # in place of a saved address: the fields stay empty


@dataclass(frozen=True)
class Known:
    """What stands in the form at first, and the saved addresses of the country to choose from."""

    initial: dict[str, str] = field(default_factory=dict)
    addresses: list[Address] = field(default_factory=list)
    chosen: Address | None = None


def known_of(user: User, country: str, *, wanted: str) -> Known:
    """`wanted` is the number of a saved address; the one used first stands in for any other."""
    is_usable = gate.permits_data(user.subject, Address)  # not while they say that it is wrong
    addresses = address_book.suited(user.subject, country) if is_usable else []
    first = addresses[0] if addresses and wanted != ANOTHER else None
    chosen = next((address for address in addresses if str(address.pk) == wanted), first)
    lines = postal.parts(chosen) if chosen else {"name": user.name}
    return Known({"email": user.email, "phone": user.phone} | lines, addresses, chosen)


def save_address(user: User, country: str, lines: dict[str, str]) -> None:
    """Once, and as long as the book is not full: nobody loses an order over it."""
    if not address_book.knows(user.subject, country, lines):
        with suppress(address_book.BookFull):
            address_book.add(user.subject, country, lines, is_default=False)
