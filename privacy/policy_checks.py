"""System checks over the policies: what people are told must be what the declarations say.

They read the database, so they run where that is asked for: `manage.py check --database default`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from . import policies, rows
from .models import PolicyVersion

HINT = "Publish a version that says so: in the admin, or by `manage.py load_policies`."
Kind = PolicyVersion.Kind


@register("privacy", Tags.database)
def check_policies(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Nothing before the first migration, and nothing in a demo that has no policies at all."""
    if "default" not in (databases or ()) or not rows.has_table(PolicyVersion):
        return []
    in_force = policies.in_force()
    if settings.DEMO and not in_force:
        return []
    return [*_missing(in_force), *_outdated()]


def _missing(in_force: dict[str, PolicyVersion]) -> Iterator[CheckMessage]:
    for kind in Kind:
        if kind not in in_force:
            yield Error(f"No {kind.value} policy is in effect.", hint=HINT, id="privacy.E014")
    texts = in_force[Kind.PRIVACY].texts.all() if Kind.PRIVACY in in_force else []
    for text in texts:
        if missing := policies.unnamed_purposes(text):
            problem = f"The privacy policy in effect ({text.language}) does not name: {', '.join(missing)}."
            yield Error(problem, hint=HINT, id="privacy.E014")


def _outdated() -> Iterator[CheckMessage]:
    """A later version that is published but not in effect yet counts as well."""
    versions = PolicyVersion.objects.published().filter(kind=Kind.PRIVACY).order_by("-number")
    last = versions.first()
    if last is not None and last.register_hash != policies.register_hash():
        yield Warning(
            f"The declarations have changed since version {last.number} of the privacy policy.",
            hint="Read whether its words are still true, and publish a new version.",
            id="privacy.W102",
        )
