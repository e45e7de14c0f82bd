"""Close an account: at once for everybody to see, with a week to think it over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from accounts import preferences, sessions
from accounts.models import SignIn, User
from accounts.notifications import notify
from privacy import audit, deletion
from privacy.deletion import COOLING_OFF
from privacy.models import AuditEvent, ConsentRecord, PrivacyRequest

SIGNER = Signer(salt="accounts.reopen", sep=".")


class TooLate(ValueError):
    """The account cannot be opened again: the week is over, or it was opened already."""


class AlreadyClosed(ValueError):
    """Pressed twice: the week runs once, so that one link ends it."""


class StillStaff(ValueError):
    """Whoever works here hands the work over first: others take the rights of a colleague away."""


@transaction.atomic
def close(user: User, *, at_once: bool = False, answers: Mapping[str, str] | None = None) -> PrivacyRequest:
    """Nobody can sign in any more and nothing is advertised; the data goes when the week is over, or now."""
    user = User.objects.select_for_update(of=("self",)).select_related("subject__key").get(pk=user.pk)
    if user.is_staff:
        raise StillStaff
    if not user.is_active:
        raise AlreadyClosed
    return deletion.ask(
        user.subject,
        source=PrivacyRequest.Source.ACCOUNT,
        at_once=at_once,
        answers=answers,
        actor=user.subject,
    )


def shut(request: PrivacyRequest, actor: Any) -> bool:
    """Whoever asks for the deletion of their data, by whatever way, has closed the account."""
    user = User.objects.select_related("subject__key").filter(subject=request.subject_id).first()
    if user is None or not user.is_active or user.is_staff:
        return False
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end(SignIn.objects.filter(subject=user.subject), actor=user)
    stop_advertising(user)
    if request.start_at and request.start_at > timezone.now():
        notify(user.subject, "account_closed", about=request)
    audit.record("account.closed", actor=actor, subject=user, obj=user, reference=request.reference)
    return True


@transaction.atomic
def reopen(request: PrivacyRequest) -> User:
    """Signing in works again. What was unsubscribed stays so: a new yes is asked for."""
    request = PrivacyRequest.objects.select_for_update().get(pk=request.pk)
    if not can_reopen(request):
        raise TooLate(request.reference)
    user = User.objects.select_related("subject").filter(subject=request.subject_id).first()
    if user is None:  # erased before the week was over
        raise TooLate(request.reference)
    deletion.withdraw(request, actor=user)
    user.refresh_from_db()
    return user


def open_again(request: PrivacyRequest, actor: Any) -> None:
    """Only what this request closed: who was locked out for another reason stays so."""
    closed = AuditEvent.objects.filter(action="account.closed", data__reference=request.reference)
    user = User.objects.select_related("subject").filter(subject=request.subject_id).first()
    if user is None or not closed.exists():
        return
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("account.reopened", actor=actor, subject=user, obj=user, reference=request.reference)


def can_reopen(request: PrivacyRequest) -> bool:
    return request.is_cancellable and timezone.now() < begins_at(request)


def begins_at(request: PrivacyRequest) -> datetime:
    return request.start_at or request.received_at + COOLING_OFF


def stop_advertising(user: User) -> None:
    kept = [
        choice.name
        for choice in preferences.switches(preferences.rows(user.subject))
        if choice.is_on and not choice.topic.is_marketing
    ]
    preferences.choose(user.subject, kept, source=ConsentRecord.Source.ACCOUNT)


def reopen_token(request: PrivacyRequest) -> str:
    return SIGNER.sign(request.reference)


def request_of(token: str) -> PrivacyRequest | None:
    """The closing a link speaks of, if the link is one of ours."""
    try:
        reference = SIGNER.unsign(token)
    except BadSignature:
        return None
    return PrivacyRequest.objects.filter(kind=PrivacyRequest.Kind.ERASURE, reference=reference).first()


deletion.register(stop=shut, resume=open_again)
