"""Addresses that are left alone: they do not exist, complained, or answered STOP.

What is kept is a keyed fingerprint, so that an address stays suppressed after its owner is forgotten.
"""

import re
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import preferences
from accounts.models import Channel, Notification, Suppression, Topic
from privacy import audit, journal
from privacy.keys import blind_index, blind_indexes
from privacy.models import ConsentRecord, DataSubject, SubjectIdentifier

KINDS = {Channel.EMAIL: SubjectIdentifier.Kind.EMAIL, Channel.SMS: SubjectIdentifier.Kind.PHONE}
STOP_WORDS = {"STOP", "STOPP", "STOPALL", "ARRET", "ARRÊT", "END", "QUIT", "CANCEL", "UNSUBSCRIBE"}
START_WORDS = {"START", "UNSTOP"}
ADVERTISING = [topic for topic in Topic if topic.is_marketing]
Why = Suppression.Why


@transaction.atomic
def bounced(email: str, *, uuid: UUID | None = None) -> None:
    """The relay says later what a mail server did not say at once: nobody is there."""
    _mark(uuid, Why.BOUNCE)
    suppress(Channel.EMAIL, email, Why.BOUNCE)


@transaction.atomic
def complained(email: str, *, uuid: UUID | None = None) -> None:
    """Pressing "this is spam" withdraws what was agreed to, for everybody known by that mailbox."""
    _mark(uuid, Why.COMPLAINT)
    suppress(Channel.EMAIL, email, Why.COMPLAINT)
    for person in _people(Channel.EMAIL, email, uuid):
        _refuse(person, Channel.EMAIL, ADVERTISING, ConsentRecord.Source.MAIL)


@transaction.atomic
def answered(phone: str, text: str) -> None:
    """STOP ends all texts to a number, START lets them come again; anything else is nothing to us."""
    word = re.sub(r"\W", "", text).upper()
    if word in STOP_WORDS:
        suppress(Channel.SMS, phone, Why.STOP)
        for person in _people(Channel.SMS, phone):
            _refuse(person, Channel.SMS, list(Topic), ConsentRecord.Source.SMS)
    elif word in START_WORDS:
        _lift(phone)


@transaction.atomic
def suppress(channel: Channel, address: str, why: Suppression.Why) -> None:
    """Repeating it changes nothing, except that a bounce is graver than a complaint."""
    known = Suppression.objects.filter(
        channel=channel, address_index__in=blind_indexes(KINDS[channel], address)
    ).first()
    if known is None:
        known = Suppression.objects.create(
            channel=channel, address_index=blind_index(KINDS[channel], address), why=why
        )
        _note(known)
        audit.record("address.suppressed", obj=known, channel=channel.value, reason=why.value)
    elif why == Why.BOUNCE and known.why != why:
        known.why = why
        known.save(update_fields=["why"])
        _note(known)


def remember(subject: DataSubject, phone: str) -> None:
    """Whom a STOP from this number will be about."""
    kind = SubjectIdentifier.Kind.PHONE
    identifier = SubjectIdentifier(subject=subject, kind=kind, blind_index=blind_index(kind, phone))
    SubjectIdentifier.objects.bulk_create([identifier], ignore_conflicts=True)


def stops(indexes: list[str]) -> QuerySet[Suppression]:
    return Suppression.objects.filter(channel=Channel.SMS, address_index__in=indexes, why=Why.STOP)


def _note(known: Suppression) -> None:
    """Fingerprints and codes only, so nobody's key is needed."""
    columns = ("channel", "address_index", "why")
    journal.write("suppress", None, {name: getattr(known, name) for name in columns})


def _lift(phone: str) -> None:
    """Service texts come again. Advertising needs a new consent: START is none."""
    index = blind_indexes(KINDS[Channel.SMS], phone)
    if stops(index).delete()[0]:
        journal.write("allow", None, {"address_indexes": index})
    for person in _people(Channel.SMS, phone):
        for topic in Topic:
            if not topic.is_marketing:
                preferences.undo(person, topic, Channel.SMS, source=ConsentRecord.Source.SMS)


def _people(channel: Channel, address: str, uuid: UUID | None = None) -> list[DataSubject]:
    """Whoever typed or proved that address, and whom the message was for."""
    indexes = blind_indexes(KINDS[channel], address)
    known = Q(identifiers__kind=KINDS[channel], identifiers__blind_index__in=indexes)
    if channel == Channel.EMAIL:
        known |= Q(user__email=address.casefold())
    if uuid:
        known |= Q(notifications__uuid=uuid)
    return list(DataSubject.objects.filter(known).distinct())


def _refuse(person: DataSubject, channel: Channel, topics: list[Topic], source: ConsentRecord.Source) -> None:
    for topic in topics:
        if preferences.can_be_refused(topic, channel):
            preferences.unsubscribe(person, topic, channel, source=source)


def _mark(uuid: UUID | None, why: Suppression.Why) -> None:
    """So that staff sees what became of the message."""
    if uuid:
        Notification.objects.filter(uuid=uuid).update(reason=why)
