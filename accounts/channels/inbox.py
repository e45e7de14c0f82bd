"""Messages in the account: nothing leaves the shop, and the words are rendered each time they are read."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string

from accounts.channels import Letter
from accounts.events import Event, Recipient

PROCESSOR = ""
INDEX = ""


def address_of(recipient: Recipient) -> str:
    return "inbox" if recipient.has_inbox else ""


def words_of(event: Event, context: Mapping[str, Any]) -> dict[str, str]:
    return {"html": render_to_string(f"inbox/{event.code}.html", dict(context))}


def deliver(letter: Letter, words: Mapping[str, str]) -> None:
    """It lies there as soon as its row says sent."""
