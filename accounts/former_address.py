"""My old mailbox takes a change of my e-mail address back, without signing in.

The link goes to the old address alone, for a fortnight. It holds that address and when it was changed, sealed
with the own key of the account, so the shop keeps it nowhere.
"""

import base64
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction

from accounts import sessions
from accounts.models import SignIn, User
from privacy import audit, journal
from privacy.keys import Sealed, secret_of
from privacy.models import AuditEvent, SubjectIdentifier

GOOD_FOR = timedelta(days=14)
PLACE = "accounts.former_address"
TAKEN_BACK = "account.address_taken_back"
SIGNER = TimestampSigner(salt=PLACE, sep=".")
EMAIL = SubjectIdentifier.Kind.EMAIL


class TakenByOthers(ValueError):
    """The old address belongs to another account by now."""


class Outranked(ValueError):
    """A still older address was taken back since: this one came in between, and may be a thief's."""


@transaction.atomic
def take_back(user: User, address: str, changed_at: str) -> None:
    """The old address is the account's again, and nobody gets in before choosing a password from there.

    Ways to sign in that were added since the change go; a lock that waited for somebody of the shop to look
    ends, because whoever reads the old mailbox has shown who they are. Done twice, it changes nothing.
    """
    user = User.objects.select_for_update(of=("self",)).select_related("subject").get(pk=user.pk)
    if user.email == address:
        return
    taken_back = AuditEvent.objects.filter(action=TAKEN_BACK, subject_ref=user.subject.audit_ref)
    if any(event.data.get("since", "") < changed_at < event.time.isoformat() for event in taken_back):
        raise Outranked
    if EmailAddress.objects.filter(email=address).exclude(user=user).exists():
        raise TakenByOthers
    Authenticator.objects.filter(user=user, created_at__gte=_changed_at(user)).delete()
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    user.subject.identifiers.filter(kind=EMAIL, verified_at__isnull=False).delete()
    SubjectIdentifier.objects.prove(user.subject, EMAIL, address)
    journal.write_after_commit("change_address", user.subject, {"email": address})
    user.is_active = user.is_active or _was_disowned(user)
    user.email, user.must_change_password = address, True
    user.set_unusable_password()
    user.save(update_fields=["email", "password", "must_change_password", "is_active"])
    sessions.end(SignIn.objects.filter(subject=user.subject).exclude(session_key=""))
    audit.record(TAKEN_BACK, actor=user, subject=user, obj=user, since=changed_at)


def _changed_at(user: User) -> Any:
    """Since when the present address is the account's."""
    proved = SubjectIdentifier.objects.matching(EMAIL, user.email).filter(subject=user.subject)
    return proved.values_list("verified_at", flat=True).first() or user.date_joined


def _was_disowned(user: User) -> bool:
    return SignIn.objects.filter(subject=user.subject, disowned_at__gte=_changed_at(user)).exists()


def token_of(user: User, address: str, changed_at: str = "") -> str:
    content = f"{changed_at} {address}".encode()
    sealed = Sealed.seal(content, key=secret_of(user.subject.key), subject_id=user.subject_id, place=PLACE)
    return SIGNER.sign(base64.urlsafe_b64encode(sealed.data).decode().rstrip("="))


def read(token: str) -> tuple[User, str, str] | None:
    """Whose address it was, which, and until when; None for a link that is not ours, or too old."""
    try:
        encoded = SIGNER.unsign(token, max_age=GOOD_FOR)
    except BadSignature:
        return None
    sealed = Sealed(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    user = User.objects.select_related("subject__key").filter(subject=sealed.subject_id).first()
    if user is None:
        return None
    content = sealed.open(key=secret_of(user.subject.key), place=PLACE).decode()
    changed_at, _space, address = content.rpartition(" ")
    return user, address, changed_at
