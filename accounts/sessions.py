"""Where somebody is signed in, and how to end it."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import SignIn, User
from privacy import audit
from privacy.models import DataSubject

SIGN_IN = "sign_in"  # the row's number, kept in the session
SEEN_EVERY = timedelta(minutes=5)
HALF_DONE = timedelta(hours=1)


def running(subject: DataSubject) -> "models.QuerySet[SignIn]":
    """The sign-ins whose sessions have not ended, the latest first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    mine = SignIn.objects.filter(subject=subject, session_key__in=alive)
    return mine.select_related("device__subject__key").order_by("-seen_at")


@transaction.atomic
def end(sign_ins: Iterable[SignIn], *, actor: User | None = None) -> None:
    """Sign out wherever these sign-ins lead."""
    rows = list(sign_ins)
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    SignIn.objects.filter(pk__in=[row.pk for row in rows]).update(session_key="")
    for row in rows:
        audit.record("session.ended", actor=actor, subject=row.subject, obj=row)


def see(session: SessionBase) -> None:
    """Note every few minutes that a session is in use, and at once when it got a new key."""
    number, key = session.get(SIGN_IN), session.session_key or ""
    if number is None or not cache.add(_seen_key(number, key), True, SEEN_EVERY.total_seconds()):
        return
    SignIn.objects.filter(pk=number).exclude(session_key="").update(seen_at=timezone.now(), session_key=key)


class SeenMiddleware:
    """Notes that a session is in use; pages without a session cost nothing.

    No browser keeps a page of the account, allauth's among them: some show secrets of the sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            see(request.session)
        if request.path_info.startswith("/account/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class NothingLeftMiddleware:
    """Ends a session that holds nothing any more, such as a goodbye that was read.

    A sign-in that was begun holds an address and a code; it is not remembered as long as one that was done.

    Between Django's middleware for sessions and the one for messages: afterwards the cookie is deleted too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        if session.modified:
            _limit(session)
        return response


def _limit(session: SessionBase) -> None:
    if set(session.keys()) - {"_session_expiry"}:
        session.set_expiry(None if auth.SESSION_KEY in session else HALF_DONE)
    elif session.session_key:
        session.flush()


def _seen_key(number: int, session_key: str) -> str:
    """Session keys open accounts, so the cache does not hold them."""
    return f"seen:{number}:{hashlib.sha256(session_key.encode()).hexdigest()[:16]}"
