"""Close an account: at once for everybody to see, with a week to think it over."""

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import preferences, sessions
from accounts.models import SignIn, User
from accounts.notifications import notify
from privacy import audit, requests
from privacy.models import ConsentRecord, PrivacyRequest

COOLING_OFF = timedelta(days=7)
SALT = "accounts.reopen"


class TooLate(ValueError):
    """The account cannot be opened again: the week is over, or it was opened already."""


class AlreadyClosed(ValueError):
    """Pressed twice: the week runs once, so that one link ends it."""


class StillStaff(ValueError):
    """Whoever works here hands the work over first: others take the rights of a colleague away."""


@transaction.atomic
def close(user: User) -> PrivacyRequest:
    """Nobody can sign in any more and nothing is advertised; the data goes when the week is over."""
    user = User.objects.select_for_update(of=("self",)).select_related("subject__key").get(pk=user.pk)
    if user.is_staff:
        raise StillStaff
    if not user.is_active:
        raise AlreadyClosed
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end(SignIn.objects.filter(subject=user.subject), actor=user)
    stop_advertising(user)
    request = requests.receive(
        user.subject, PrivacyRequest.Kind.ERASURE, source=PrivacyRequest.Source.ACCOUNT
    )
    notify(user.subject, "account_closed", about=request)
    audit.record("account.closed", actor=user, subject=user, obj=user, reference=request.reference)
    return request


@transaction.atomic
def reopen(request: PrivacyRequest) -> User:
    """Signing in works again. What was unsubscribed stays so: a new yes is asked for."""
    request = PrivacyRequest.objects.select_for_update().get(pk=request.pk)
    if not can_reopen(request):
        raise TooLate(request.reference)
    user = User.objects.select_related("subject").filter(subject=request.subject_id).first()
    if user is None:  # erased before the week was over
        raise TooLate(request.reference)
    request.status = PrivacyRequest.Status.WITHDRAWN
    request.completed_at = timezone.now()
    request.save(update_fields=["status", "completed_at"])
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("account.reopened", actor=user, subject=user, obj=user, reference=request.reference)
    return user


def can_reopen(request: PrivacyRequest) -> bool:
    is_waiting = request.status == PrivacyRequest.Status.RECEIVED
    return is_waiting and timezone.now() < request.received_at + COOLING_OFF


def stop_advertising(user: User) -> None:
    kept = [
        choice.name
        for choice in preferences.switches(preferences.rows(user.subject))
        if choice.is_on and not choice.topic.is_marketing
    ]
    preferences.choose(user.subject, kept, source=ConsentRecord.Source.ACCOUNT)


def reopen_token(request: PrivacyRequest) -> str:
    return f"{request.reference}.{_signature(request.reference, settings.SECRET_KEY)}"


def request_of(token: str) -> PrivacyRequest | None:
    """The closing a link speaks of, if the link is one of ours."""
    reference, _dot, signature = token.partition(".")
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    good = any(hmac.compare_digest(signature.encode(), _signature(reference, key).encode()) for key in keys)
    closings = PrivacyRequest.objects.filter(kind=PrivacyRequest.Kind.ERASURE, reference=reference)
    return closings.first() if good else None


def _signature(reference: str, key: str) -> str:
    digest = salted_hmac(SALT, reference, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
