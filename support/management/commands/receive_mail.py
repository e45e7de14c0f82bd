"""For a mail server on the same machine that hands each mail to a program (a pipe transport, an alias)."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from support import mailbox
from support.letters import Unreadable

EX_DATAERR = 65  # sysexits.h: the mail server shall not try again


class Command(BaseCommand):
    help = "Take in one mail (RFC 5322) from the standard input, as POST /webhooks/mail-in/ does."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = mailbox.receive(sys.stdin.buffer.read())
        except Unreadable as problem:
            raise CommandError(f"unreadable: {problem}", returncode=EX_DATAERR) from None
        self.stdout.write(outcome)
