"""The secret link to a ticket's page, and the address that a mail in reply comes back to.

Nothing is stored: a token is the reference with a signature of ours. The one in a mail address is written in
lower case and without signs, because not every mail server keeps the difference.
"""

import hmac
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from shop.address import page_prefix, place_of
from support.models import Ticket
from support.models.tickets import REFERENCE_LENGTH

PAGE_SALT = "support.ticket"
MAIL_SALT = "support.reply"
MAIL_SIGNATURE_LENGTH = 26  # 130 bits
MARKER = "##-"  # begins the first line of our mails: what is above it in an answer is new

Signer = Callable[[str, str], str]


def page_token(ticket: Ticket) -> str:
    return ticket.reference + _page_signature(ticket.reference, settings.SECRET_KEY)


def reference_in(token: str) -> str | None:
    """The reference if the token is one of ours, made with the present key or one kept for old links."""
    reference, signature = token[:REFERENCE_LENGTH], token[REFERENCE_LENGTH:]
    return reference if _is_any(signature, _page_signature, reference) else None


def path_of(ticket: Ticket, name: str = "support:ticket") -> str:
    """A ticket's page in its language and, as long as we sell there, its market."""
    with page_prefix(*place_of(ticket.language, ticket.country)):
        return reverse(name, args=[page_token(ticket)])


def page_of(ticket: Ticket, name: str = "support:ticket") -> str:
    """The same as a full address, for mails."""
    return f"{settings.SITE_URL}{path_of(ticket, name)}"


def reply_address(ticket: Ticket) -> str:
    """Where a mail that answers ours is to go: `reply+<token>@…`."""
    local, _at, domain = settings.SUPPORT_EMAIL.rpartition("@")
    token = ticket.reference.lower() + _mail_signature(ticket.reference, settings.SECRET_KEY)
    return f"{local}+{token}@{domain}"


def reference_in_address(address: str) -> str | None:
    """The reference if a mail went to an address that we made."""
    token = address.rpartition("@")[0].rpartition("+")[2].lower()
    reference, signature = token[:REFERENCE_LENGTH].upper(), token[REFERENCE_LENGTH:]
    return reference if _is_any(signature, _mail_signature, reference) else None


def _is_any(signature: str, sign: Signer, reference: str) -> bool:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(signature.encode(), sign(reference, key).encode()) for key in keys)


def _page_signature(reference: str, key: str) -> str:
    return urlsafe_b64encode(_digest(PAGE_SALT, reference, key)).decode().rstrip("=")


def _mail_signature(reference: str, key: str) -> str:
    return b32encode(_digest(MAIL_SALT, reference, key)).decode().lower()[:MAIL_SIGNATURE_LENGTH]


def _digest(salt: str, reference: str, key: str) -> bytes:
    return salted_hmac(salt, reference, secret=key, algorithm="sha256").digest()
