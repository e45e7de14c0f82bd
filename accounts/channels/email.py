"""E-mail through Django's backend: text and HTML, nothing loaded from afar, no link that counts."""

from collections.abc import Mapping
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from accounts.channels import AddressRefused, Letter, NotDelivered
from accounts.events import Event, Recipient
from accounts.rendering import render_plain
from privacy import processors
from privacy.models import Processor

PROCESSOR = "mail"
INDEX = "email"
processors.register(
    PROCESSOR,
    Processor.Kind.MESSAGES,
    allowed={"address": _("E-mail address"), "words": _("Text of the message")},
)

# RFC 5321: the replies that say that there is no such mailbox; others refuse us, not the address.
NO_SUCH_MAILBOX = {550, 551, 553, 556}
POLICY = b"5.7."  # RFC 3463: for instance a relay that does not know us


def address_of(recipient: Recipient) -> str:
    return recipient.email


def words_of(event: Event, context: Mapping[str, Any]) -> dict[str, str]:
    subject = render_plain(f"emails/{event.code}.subject.txt", context)
    return {
        "subject": " ".join(subject.split()),  # a header is one line
        "text": render_plain(f"emails/{event.code}.txt", context).strip() + "\n",
        "html": render_to_string(f"emails/{event.code}.html", dict(context)),
    }


def deliver(letter: Letter, words: Mapping[str, str]) -> None:
    mail = EmailMultiAlternatives(
        words["subject"],
        words["text"],
        to=[letter.address],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers=_headers(letter),
    )
    mail.attach_alternative(words["html"], "text/html")
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        if all(_is_gone(code, reply) for code, reply in error.recipients.values()):
            raise AddressRefused from None
        raise NotDelivered from None
    except OSError:  # all that smtplib raises; its words would name the address
        raise NotDelivered from None


def _is_gone(code: int, reply: bytes) -> bool:
    return code in NO_SUCH_MAILBOX and not reply.startswith(POLICY)


def _headers(letter: Letter) -> dict[str, str]:
    """The same message tried twice has the same id, so that a mailbox shows it once."""
    host = settings.SHOP_EMAIL.rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{letter.uuid}@{host}>", "Auto-Submitted": "auto-generated"}  # RFC 3834
    if letter.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return headers
