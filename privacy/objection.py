"""Object to a use of one's data (Art. 21 GDPR): it stops at once, while somebody weighs the reasons.

What rests on consent needs no reasons and is not weighed: an objection to it is a withdrawal.
"""

from typing import Any

from django.db import transaction

from . import consent, gate, optional, requests, restriction
from .models import ConsentRecord, DataSubject, PrivacyRequest, Restriction
from .purposes import Purpose


def uses(subject: DataSubject) -> list[Purpose]:
    """What goes on and can be objected to."""
    running = {Purpose.MARKETING, *(use.purpose for use in optional.uses())}
    stopped = gate.stopped(subject)
    return [
        purpose
        for purpose in Purpose
        if (purpose.terms.can_object or purpose in running) and purpose not in stopped
    ]


@transaction.atomic
def object_to(request: PrivacyRequest, purpose: Purpose, *, actor: Any = None) -> None:
    if purpose.terms.refusable:
        withdraw(request, purpose, actor=actor)
    else:
        _stop(request, purpose, actor)


@transaction.atomic
def object_to_all(request: PrivacyRequest, *, actor: Any = None) -> None:
    """Of whoever named no use. What is to be weighed is weighed afterwards."""
    _take_back(request.subject)
    for purpose in uses(request.subject):
        if purpose.terms.can_object:
            _stop(request, purpose, actor)


@transaction.atomic
def withdraw(request: PrivacyRequest, purpose: Purpose | None = None, *, actor: Any = None) -> None:
    """Every consent to this purpose, by all channels; without a purpose every consent there is."""
    _take_back(request.subject, purpose)
    requests.finish(request, actor=actor)


def _take_back(subject: DataSubject, purpose: Purpose | None = None) -> None:
    source = ConsentRecord.Source.PAGE
    for given in consent.given_by(subject):
        if purpose in (None, given.purpose):
            consent.withdraw(subject, Purpose(given.purpose), source=source, channel=given.channel)


def _stop(request: PrivacyRequest, purpose: Purpose, actor: Any) -> None:
    restriction.restrict(
        request.subject,
        why=Restriction.Why.OBJECTION,
        scope=Restriction.Scope.PURPOSE,
        purpose=purpose,
        request=request,
        actor=actor,
    )
