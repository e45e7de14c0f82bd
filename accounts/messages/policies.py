"""What account holders are told of changes to the shop's policies."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.events import Event, Recipient, register
from accounts.models import Channel, Topic
from accounts.policy_news import PolicyReader
from privacy import consent
from privacy.purposes import Purpose
from shop.address import page_for

NOWHERE = Recipient(language=settings.LANGUAGE_CODE, country="", has_inbox=False)


def _holder(reader: PolicyReader) -> Recipient:
    return reader.person or NOWHERE


def _what_changes(reader: PolicyReader, data: Mapping[str, Any]) -> dict[str, Any]:
    version, language = reader.version, get_language() or settings.LANGUAGE_CODE
    text = version.text_in(language)
    return {
        "policy": version.get_kind_display(),
        "effective_at": version.effective_at,
        "summary": text.summary if text else "",
        "link": _changes_page(reader, language),
        "ending": ", ".join(str(purpose.label) for purpose in _ending(reader)),
        "choices_link": _choices_page(reader, language),
    }


def _ending(reader: PolicyReader) -> list[Purpose]:
    """What the reader agreed to, and is asked about again."""
    yes = [*consent.given_by(reader.subject), *consent.stale_of(reader.subject)]
    agreed = {record.purpose for record in yes}
    return [Purpose(purpose) for purpose in reader.version.affects if purpose in agreed]


def _choices_page(reader: PolicyReader, language: str) -> str:
    country = reader.person.country if reader.person else ""
    is_advertising = _ending(reader) == [Purpose.MARKETING]
    page = "accounts:preferences" if is_advertising else "privacy:choices"
    return page_for(page, language=language, country=country)


def _changes_page(reader: PolicyReader, language: str) -> str:
    country = reader.person.country if reader.person else ""
    which = (reader.version.kind, reader.version.number)
    return page_for("privacy:policy_changes", *which, language=language, country=country)


register(
    Event(
        "policy_changed",
        label=_("A policy of ours changes"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL, Channel.INBOX),
        recipient=_holder,
        context=_what_changes,
        can_be_refused=False,
        read_by=PolicyReader,
    )
)
