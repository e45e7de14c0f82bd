"""A mail as it came in (RFC 5322), reduced to who, to whom, what, and whether a machine sent it."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr
from hashlib import sha256
from typing import cast

import nh3

MOST_FILES = 10  # more parts than that are not looked at
LINE_BREAKS = re.compile(r"<br\b[^>]*>|</(?:p|div|tr|li|h[1-6]|blockquote)\s*>", re.IGNORECASE)
BULK = {"bulk", "junk", "list", "auto_reply"}
MACHINES = ("mailer-daemon@", "postmaster@", "noreply@", "no-reply@")
# The standard library raises all of these at headers and encodings that are broken in one way or another.
BROKEN = (MessageError, ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)


class Unreadable(ValueError):
    """This is not a mail, or one that is broken beyond reading."""


@dataclass(frozen=True)
class Letter:
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    files: tuple[bytes, ...]
    fingerprint: str  # of its Message-ID
    is_automatic: bool


def read(raw: bytes) -> Letter:
    try:
        return _read(raw)
    except BROKEN as error:
        raise Unreadable(type(error).__name__) from None


def _read(raw: bytes) -> Letter:
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    name, sender = parseaddr(_header(mail, "From"))
    message_id = _header(mail, "Message-ID").encode()
    return Letter(
        sender=_clean(sender),
        sender_name=_clean(name),
        recipients=tuple(_recipients(mail)),
        subject=" ".join(_clean(_header(mail, "Subject")).split()),
        text=_text(mail),
        files=tuple(_files(mail)),
        fingerprint=sha256(message_id or raw).hexdigest(),
        is_automatic=_is_automatic(mail, sender),
    )


def _header(mail: EmailMessage, name: str) -> str:
    return str(mail.get(name, "")).strip()


def _recipients(mail: EmailMessage) -> Iterator[str]:
    """Also those that the mail server adds, where the one in the letter is another one."""
    for name in ("To", "Cc", "Delivered-To", "X-Original-To"):
        for _name, address in getaddresses([str(value) for value in mail.get_all(name, [])]):
            yield _clean(address)


def _is_automatic(mail: EmailMessage, sender: str) -> bool:
    """Vacation notes, bounces and lists (RFC 3834): an answer would be answered again, for ever."""
    return (
        _header(mail, "Auto-Submitted").lower() not in ("", "no")
        or _header(mail, "Precedence").lower() in BULK
        or _header(mail, "Return-Path") == "<>"
        or "List-Id" in mail
        or mail.get_content_type() == "multipart/report"
        or sender.lower().startswith(MACHINES)
    )


def _text(mail: EmailMessage) -> str:
    """Plain text where there is some; else the words of the HTML."""
    part = cast(EmailMessage | None, mail.get_body(("plain", "html")))
    if part is None:
        return ""
    text = _clean(_decoded(part))
    return _words_of_html(text) if part.get_content_type() == "text/html" else text


def _decoded(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except LookupError:  # a character set nobody knows
        return bytes(cast(bytes, part.get_payload(decode=True)) or b"").decode("utf-8", "replace")


def _words_of_html(text: str) -> str:
    lines = LINE_BREAKS.sub("\n", " ".join(text.split()))
    words = html.unescape(nh3.clean(lines, tags=set()))
    return "\n".join(line.strip() for line in words.splitlines())


def _files(mail: EmailMessage) -> Iterator[bytes]:
    parts = mail.walk() if mail.is_multipart() else iter(())
    leaves = (part for part in parts if not part.is_multipart() and part.get_content_maintype() != "text")
    for _number, part in zip(range(MOST_FILES), leaves, strict=False):
        yield bytes(cast(bytes, part.get_payload(decode=True)) or b"")


def _clean(text: str) -> str:
    """What no text column and no page can hold: half characters and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "").replace("\r\n", "\n")
