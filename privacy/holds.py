"""Keep what a court or an authority asks for, and let it go as soon as it may."""

from typing import Any

from django.db import transaction

from . import audit, deletion, journal, telling
from .models import LegalHold


@transaction.atomic
def begin(hold: LegalHold, *, actor: Any) -> None:
    """The person is told, unless a law or the authority forbids it."""
    _write(hold, "set", actor)
    if hold.may_be_told:
        telling.tell(hold.subject, "data_held", about=hold)


@transaction.atomic
def change(hold: LegalHold, *, actor: Any) -> None:
    """Looked at again, or released: then a deletion that waited for it goes on."""
    _write(hold, "released" if hold.released_at else "reviewed", actor)
    if hold.released_at:
        deletion.go_on(hold.subject)


def _write(hold: LegalHold, deed: str, actor: Any) -> None:
    hold.save()
    journal.write_row("hold", hold, "authority", "case", "object_id")
    audit.record(f"hold.{deed}", actor=actor, subject=hold.subject, obj=hold)
