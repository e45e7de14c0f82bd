"""This was not me: a person says so from the notice of a sign-in, without signing in themselves."""

from allauth.mfa.models import Authenticator
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from accounts import sessions
from accounts.models import SignIn, User
from privacy import audit
from privacy.models import SubjectIdentifier

SIGNER = Signer(salt="accounts.not_me", sep=".")


@transaction.atomic
def disown(sign_in: SignIn) -> User:
    """End every session, and let nobody in before the password was chosen anew from the mailbox.

    What the other person could have left behind to come back with goes too: ways to sign in that are no
    older than their visit. If the address is no older, it may be their mailbox: then nobody gets in before
    somebody of the shop has looked at it. Doing it twice changes nothing.
    """
    sign_in = SignIn.objects.select_for_update(of=("self",)).get(pk=sign_in.pk)
    user = User.objects.select_for_update(of=("self",)).get(subject=sign_in.subject)
    if sign_in.disowned_at is not None:
        return user
    user.set_unusable_password()  # every session carries a fingerprint of the password, so all end here
    user.must_change_password = True
    user.is_active = user.is_active and not _has_changed_address_since(sign_in, user)
    user.save(update_fields=["password", "must_change_password", "is_active"])
    Authenticator.objects.filter(user=user, created_at__gte=sign_in.at).delete()
    if sign_in.device is not None:
        sign_in.device.delete()
    SignIn.objects.filter(pk=sign_in.pk).update(disowned_at=timezone.now())
    sessions.end(SignIn.objects.filter(subject=sign_in.subject).exclude(session_key=""))
    audit.record("sign_in.disowned", actor=user, subject=user, obj=sign_in)
    return user


def _has_changed_address_since(sign_in: SignIn, user: User) -> bool:
    proved = SubjectIdentifier.objects.matching(SubjectIdentifier.Kind.EMAIL, user.email)
    return proved.filter(subject=user.subject_id, verified_at__gt=sign_in.at).exists()


def token_of(sign_in: SignIn) -> str:
    return SIGNER.sign(str(sign_in.pk))


def sign_in_of(token: str) -> SignIn | None:
    """The sign-in a link speaks of, for as long as it is remembered."""
    try:
        number = SIGNER.unsign(token)
    except BadSignature:
        return None
    known = SignIn.objects.filter(pk=number, subject__user__isnull=False)
    return known.select_related("subject__key", "device__subject__key").first()
