"""Text messages through an apprise URL, for example `twilio://…/{to}`; the demo writes them to files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from apprise import Apprise
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.channels import Letter, NotDelivered, Unavailable
from accounts.events import Event, Recipient
from accounts.phones import read_phone
from accounts.rendering import render_plain
from privacy import processors
from privacy.models import Processor

PROCESSOR = "sms"
INDEX = "phone"
processors.register(
    PROCESSOR,
    Processor.Kind.MESSAGES,
    allowed={"address": _("Mobile phone"), "words": _("Text of the message")},
)


def address_of(recipient: Recipient) -> str:
    try:
        return read_phone(recipient.phone, recipient.country)
    except ValidationError:
        return ""


def words_of(event: Event, context: Mapping[str, Any]) -> dict[str, str]:
    return {"text": render_plain(f"sms/{event.code}.txt", context).strip()}


def deliver(letter: Letter, words: Mapping[str, str]) -> None:
    if settings.SMS_URL:
        _send(settings.SMS_URL, letter.address, words["text"])
    elif settings.SMS_DIR:
        _write(settings.SMS_DIR, letter.uuid, letter.address, words["text"])
    else:
        raise Unavailable


def _send(url: str, phone: str, text: str) -> None:
    """`notify` never raises: it answers whether it worked."""
    relay = Apprise()
    if not (relay.add(url.replace("{to}", quote(phone, safe=""))) and relay.notify(body=text)):
        raise NotDelivered


def _write(folder: Path, uuid: UUID, phone: str, text: str) -> None:
    """One file a message, named after it: writing it again writes the same."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{uuid}.txt").write_text(f"To: {phone}\n\n{text}\n", encoding="utf-8")
