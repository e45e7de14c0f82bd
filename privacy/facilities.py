"""Where data lies, store by store, and a check that the places are still certified.

The check reads the database, so it runs where that is asked for: `manage.py check --database default`, and
with each `migrate`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from . import rows
from .models import Facility

HINT = "Ask for the new certificate, and write it down in the admin under Facilities."


def by_store() -> dict[str, list[Facility]]:
    facilities = Facility.objects.select_related("operator")
    found = {store: [one for one in facilities if store in one.stores] for store in Facility.Store}
    return {str(store.label): places for store, places in found.items() if places}


@register("privacy", Tags.database)
def check_facilities(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Nothing before the first migration, and nothing in a demo that names no place."""
    if "default" not in (databases or ()) or not rows.has_table(Facility):
        return []
    return list(_problems(list(Facility.objects.all())))


def _problems(facilities: list[Facility]) -> Iterator[CheckMessage]:
    if not (facilities or settings.DEMO):
        yield Warning("Nobody has written down where the data lies.", hint=HINT, id="privacy.W103")
    for one in facilities:
        if one.is_in_order:
            continue
        state = f"ends on {one.valid_until}" if one.is_certified else "is missing or has lapsed"
        yield Warning(f"The certificate of {one} {state}.", hint=HINT, id="privacy.W103")
