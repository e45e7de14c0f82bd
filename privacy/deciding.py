"""What staff decide of a request, and what follows from it by itself."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from . import copies, deletion, objection, requests, restriction
from .models import PrivacyRequest, Restriction

Kind = PrivacyRequest.Kind


@transaction.atomic
def verify(request: PrivacyRequest, *, actor: Any) -> None:
    """We are sure who asks: what needs no more words begins as if they had pressed the button."""
    requests.verify(request, actor=actor)
    if begin := BEGINS.get(Kind(request.kind)):
        begin(request, actor)


@transaction.atomic
def refuse(request: PrivacyRequest, *, reason: PrivacyRequest.Reason, actor: Any) -> None:
    """What was stopped while the request was weighed goes on, some days after the person is told."""
    requests.refuse(request, reason=reason, actor=actor)
    for limit in Restriction.objects.asked_in(request).select_related("subject"):
        restriction.announce_end(limit, actor=actor)


def _copy(request: PrivacyRequest, actor: Any) -> None:
    source = PrivacyRequest.Source(request.source)
    copies.ask(request.subject, source=source, kind=Kind(request.kind), actor=actor)


def _delete(request: PrivacyRequest, actor: Any) -> None:
    deletion.ask(request.subject, source=PrivacyRequest.Source(request.source), actor=actor)


def _restrict(request: PrivacyRequest, actor: Any) -> None:
    """Rather too much than too little: they say on the page of their rights what it is about."""
    restriction.restrict(request.subject, why=Restriction.Why.DISPUTED, request=request, actor=actor)
    requests.finish(request, actor=actor)


def _object(request: PrivacyRequest, actor: Any) -> None:
    objection.object_to_all(request, actor=actor)


def _withdraw(request: PrivacyRequest, actor: Any) -> None:
    objection.withdraw(request, actor=actor)


BEGINS: dict[PrivacyRequest.Kind, Callable[[PrivacyRequest, Any], None]] = {
    Kind.ACCESS: _copy,
    Kind.PORTABILITY: _copy,
    Kind.ERASURE: _delete,
    Kind.RESTRICTION: _restrict,
    Kind.OBJECTION: _object,
    Kind.WITHDRAWAL: _withdraw,
}
