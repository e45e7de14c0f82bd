"""The ways to a person. Each is a module with what `Way` names; `accounts.sending` chooses among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from accounts.events import Event, Recipient


class NotDelivered(Exception):
    """The relay could not be reached, or wants us to come back later."""


class AddressRefused(Exception):
    """The relay says for good that nobody is there."""


class Unavailable(Exception):
    """The shop has no contract for this way."""


@dataclass(frozen=True)
class Letter:
    """One message, addressed. Its words are rendered from `context`."""

    uuid: UUID
    event: Event
    recipient: Recipient
    address: str
    context: Mapping[str, Any]
    reply_to: str = ""
    unsubscribe_url: str = ""  # advertising only


class Way(Protocol):
    PROCESSOR: str  # who carries it; empty where nothing leaves the shop
    INDEX: str  # the kind of `privacy.keys.blind_index` by which a suppressed address is found

    def address_of(self, recipient: Recipient) -> str:
        """Empty where this person cannot be reached so."""

    def words_of(self, event: Event, context: Mapping[str, Any]) -> dict[str, str]:
        """What is said, in the language that is active."""

    def deliver(self, letter: Letter, words: Mapping[str, str]) -> None:
        """Hand it over, or raise one of the exceptions above."""
