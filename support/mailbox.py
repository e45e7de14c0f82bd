"""Mail that comes in becomes a message of its ticket, or a new ticket.

What a mail says of its sender is not proven. The address it was sent to can be: `reply+<token>@…` is known
only to whom we wrote. A reference in the subject counts only together with the ticket's own address.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from privacy.card_numbers import CANDIDATE, contains_card_number
from privacy.keys import normalise_email
from privacy.models import SubjectIdentifier
from support import attachments, letters, links, tickets
from support.attachments import Clean
from support.letters import Letter
from support.messages import recipient_of
from support.models import Message, Ticket
from support.models.tickets import ALPHABET, REFERENCE_LENGTH
from support.photos import Refused

LONGEST = 10_000
MOST_A_DAY = 20  # new tickets of one address; more is a machine that answers ours
REFERENCE = re.compile(rf"\[([{ALPHABET}]{{{REFERENCE_LENGTH}}})\]")


class Outcome(StrEnum):
    ANSWERED = "answered"
    OPENED = "opened"
    # Dropped, and why:
    DUPLICATE = "duplicate"
    AUTOMATIC = "automatic"
    NO_SENDER = "no_sender"
    EMPTY = "empty"
    TOO_MANY = "too_many"


def receive(raw: bytes) -> Outcome:
    """Raises `letters.Unreadable`."""
    letter = letters.read(raw)
    if letter.is_automatic:
        return Outcome.AUTOMATIC
    if not _is_address(letter.sender):
        return Outcome.NO_SENDER
    if Message.objects.filter(mail_hash=letter.fingerprint).exists():
        return Outcome.DUPLICATE
    body, files = without_card_numbers(new_words(letter.text))[:LONGEST], _evidence(letter.files)
    if not (body or letter.files):
        return Outcome.EMPTY
    try:
        return _keep(letter, body, files)
    except IntegrityError:  # the same mail came in twice at the same moment
        return Outcome.DUPLICATE


@transaction.atomic
def _keep(letter: Letter, body: str, files: list[Clean]) -> Outcome:
    ticket, outcome = _ticket_of(letter), Outcome.ANSWERED
    if ticket is not None:
        ticket = tickets.reply(ticket, body=body, files=files, mail_hash=letter.fingerprint).ticket
    elif _has_written_enough(letter.sender):
        return Outcome.TOO_MANY
    else:
        ticket, outcome = _open(letter, body, files), Outcome.OPENED
    if refused := len(letter.files) - len(files):
        tickets.happened(
            ticket, gettext_noop("Attached files that we could not accept: %(n)s"), n=str(refused)
        )
    return outcome


def _open(letter: Letter, body: str, files: list[Clean]) -> Ticket:
    return tickets.open_ticket(
        category=Ticket.Category.OTHER,
        source=Ticket.Source.EMAIL,
        title=without_card_numbers(letter.subject)[:200],
        body=body,
        name=letter.sender_name[:120],
        email=letter.sender,
        language=settings.LANGUAGE_CODE,
        country=settings.SHOP_COUNTRY,
        files=files,
        mail_hash=letter.fingerprint,
    )


def _ticket_of(letter: Letter) -> Ticket | None:
    references = [links.reference_in_address(address) for address in letter.recipients]
    ticket = _find(filter(None, references))
    if ticket is None:
        named = _find(REFERENCE.findall(letter.subject))
        ticket = named if named and _is_from_requester(letter, named) else None
    return ticket.merged_into if ticket and ticket.merged_into else ticket


def _find(references: Iterable[str]) -> Ticket | None:
    found = Ticket.objects.filter(reference__in=list(references))
    return found.select_related("subject__key", "merged_into__subject__key").first()


def _is_from_requester(letter: Letter, ticket: Ticket) -> bool:
    known = recipient_of(ticket).email
    return bool(known) and normalise_email(known) == normalise_email(letter.sender)


def _has_written_enough(sender: str) -> bool:
    people = SubjectIdentifier.objects.matching("email", sender).values("subject")
    since = timezone.now() - timedelta(days=1)
    mails = Ticket.objects.filter(source=Ticket.Source.EMAIL, opened_at__gt=since)
    return mails.filter(subject__in=people).count() >= MOST_A_DAY


def _is_address(sender: str) -> bool:
    try:
        validate_email(sender)
    except ValidationError:
        return False
    return len(sender) <= 254


def _evidence(files: Iterable[bytes]) -> list[Clean]:
    """The photos and videos among what was attached, drawn anew."""
    kept: list[Clean] = []
    for content in files:
        try:
            kept.append(attachments.clean(ContentFile(content)))
        except Refused:
            continue  # the thread says how many
        if len(kept) == attachments.MOST_FILES:
            break
    return kept


def new_words(text: str) -> str:
    """What stands above our own mail, without the quotation that follows it."""
    above = text.partition(links.MARKER)[0]
    lines = above.splitlines()
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith(">")):
        lines.pop()
    if len(lines) < len(text.splitlines()):
        _drop_attribution(lines)
    return "\n".join(lines).strip() or above.strip("> \n")


def _drop_attribution(lines: list[str]) -> None:
    """The line "On Monday, the shop wrote:" above a quotation; some programs break it in two."""
    if lines and lines[-1].rstrip().endswith(":"):
        lines.pop()
        if lines and "@" in lines[-1]:
            lines.pop()


def without_card_numbers(text: str) -> str:
    """A mail cannot be refused as a form can; nobody here shall see the number all the same."""
    return CANDIDATE.sub(lambda match: "[…]" if contains_card_number(match.group()) else match.group(), text)
