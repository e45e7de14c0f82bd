"""What people tell of themselves, and how they take it back."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Profile, User
from accounts.notifications import notify
from privacy import audit, journal, minors, restriction
from privacy.masks import mask_name, mask_tail
from privacy.models import MinorCase

MASKS = {"name": mask_name, "phone": mask_tail}
# What may be taken back with one press, and what is left in its place.
ABOUT_YOU: dict[str, Any] = {"gender": "", "birth_date": None}


@transaction.atomic
def change_contact(user: User, *, name: str, phone: str, actor: Any = None) -> None:
    """A new number is not verified. The person is told, so that nobody else changes it unseen."""
    before = {"name": user.name, "phone": user.phone}
    after = {"name": name, "phone": phone}
    changed = [field for field in before if before[field] != after[field]]
    if not changed:
        return
    user.name, user.phone = name, phone
    if "phone" in changed:
        user.phone_verified_at = None
    user.save(update_fields=["name", "phone", "phone_verified_at"])
    journal.corrected(user, "name", "phone", "phone_verified_at")
    masked = [
        {"field": field, "was": MASKS[field](before[field]), "now": MASKS[field](after[field])}
        for field in changed
    ]
    notify(
        user.subject,
        "contact_changed",
        about=user,
        key=timezone.now().isoformat(),
        data={"changes": masked},
    )
    restriction.end_dispute(user.subject, User)
    audit.record(
        "account.contact_changed", actor=actor or user, subject=user, obj=user, fields=",".join(changed)
    )


@transaction.atomic
def tell(user: User, *, gender: str, birth_date: date | None) -> MinorCase | None:
    """Of a child no more is kept of the date than the age group; its case is what comes back."""
    case = minors.born(user.subject, birth_date) if birth_date else None
    profile = profile_of(user)
    profile.gender, profile.birth_date = gender, None if case else birth_date
    profile.save()
    journal.corrected(profile, *ABOUT_YOU)
    audit.record("profile.changed", actor=user, subject=user, obj=profile)
    return case


@transaction.atomic
def take_back(user: User, field: str) -> None:
    """One of `ABOUT_YOU`: nothing of it is kept."""
    profile = profile_of(user)
    setattr(profile, field, ABOUT_YOU[field])
    profile.save()
    journal.corrected(profile, field)
    audit.record("profile.changed", actor=user, subject=user, obj=profile, fields=field)


def profile_of(user: User) -> Profile:
    profile = Profile.objects.filter(subject=user.subject).select_related("subject__key").first()
    return profile or Profile(subject=user.subject)
