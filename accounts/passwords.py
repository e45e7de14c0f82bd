"""Refuse passwords that are known from breaches, by a list on the shop's own disk: nobody is asked.

The setting `BREACHED_PASSWORDS` names a text file with one upper-case SHA-1 a line, sorted, optionally with a
colon and a count, as the downloader of Have I Been Pwned writes it (some 40 GB). The file is searched
in place, in about forty reads. Without a list, Django's 20,000 most common passwords are refused.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

HASH_LENGTH = 40


class BreachedPasswordValidator:
    def validate(self, password: str, user: object = None) -> None:
        if settings.BREACHED_PASSWORDS and is_breached(password, Path(settings.BREACHED_PASSWORDS)):
            raise ValidationError(
                _("This password is on a list of stolen passwords. Please choose another one."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("A password that was stolen somewhere before is refused.")


def is_breached(password: str, path: Path) -> bool:
    # The list is of SHA-1, which is fit for looking something up; nothing is stored or protected with it.
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        return _holds(file, wanted, path.stat().st_size)


def _holds(file: BinaryIO, wanted: bytes, size: int) -> bool:
    """Halve the file until one line is left. `low` is always the start of a line."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        start = _line_start(file, low, middle)
        file.seek(start)
        line = file.readline()
        found = line[:HASH_LENGTH].upper()
        if found == wanted:
            return True
        if found < wanted:
            low = start + len(line)
        else:
            high = start
    return False


def _line_start(file: BinaryIO, low: int, position: int) -> int:
    """Where the line begins that covers a position; lines are far shorter than what is read here."""
    begin = max(low, position - 128)
    file.seek(begin)
    before = file.read(position - begin)
    newline = before.rfind(b"\n")
    return begin + newline + 1
