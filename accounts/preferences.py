"""What a person wishes to hear, topic by topic and channel by channel.

Service messages come unless they are refused; codes and alarms always come. Advertising comes only where two
things say so: a wish for the topic, and a consent for the channel, recorded with the words it was asked in.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import events
from accounts.models import Channel, ChannelPreference, Notification, Subscription, Topic
from accounts.recipients import recipient_of
from privacy import audit, consent, gate, journal
from privacy.models import ConsentRecord, DataSubject, SubjectIdentifier
from privacy.purposes import Purpose

SENTENCES = {
    Topic.ACCOUNT: _("Codes, new sign-ins and changes to your account."),
    Topic.ORDERS: _("What becomes of an order: confirmed, sent, delivered, paid back."),
    Topic.SUPPORT: _("Our answers, when you have asked us something."),
    Topic.PRIVACY: _("What became of a request, and changes to our privacy policy."),
    Topic.NEWSLETTER: _("What is new with us and how it is made, about once a month."),
    Topic.OFFERS: _("New pieces and lower prices, when there are some."),
}
REASONS = {
    Topic.ACCOUNT: _("Codes and warnings keep your account safe, so they always come."),
    Topic.ORDERS: _("The confirmation of an order belongs to the contract, so it always comes."),
    Topic.SUPPORT: _("You asked, so our answer always comes."),
    Topic.PRIVACY: _("The law makes us tell you, so this always comes."),
}
WAYS = {
    Channel.EMAIL: _("by e-mail"),
    Channel.SMS: _("by text message"),
    Channel.INBOX: _("in your account"),
}
UNSUBSCRIBED = "unsubscribed"  # why a waiting message was not sent


class CannotBeRefused(ValueError):
    """Codes, alarms and what the law makes us say."""


@dataclass(frozen=True)
class Choice:
    """One topic through one channel, as the page shows it."""

    topic: Topic
    channel: Channel
    is_on: bool
    can_be_refused: bool

    @property
    def name(self) -> str:
        return f"{self.topic.value}.{self.channel.value}"

    @property
    def way(self) -> str | Promise:
        return WAYS[self.channel]


@dataclass(frozen=True)
class Row:
    topic: Topic
    choices: list[Choice] = field(default_factory=list)

    @property
    def sentence(self) -> str | Promise:
        return SENTENCES[self.topic]

    @property
    def reason(self) -> str | Promise:
        """Why some of it cannot be refused; empty where all of it can."""
        always = any(event.topic == self.topic and not event.can_be_refused for event in events.all_events())
        return REASONS.get(self.topic, "") if always else ""


def wording(topic: Topic, channel: Channel) -> str:
    """The words somebody agrees to: those that stand on the page, in its language."""
    return gettext("%(topic)s %(way)s: %(sentence)s") % {
        "topic": topic.label,
        "way": WAYS[channel],
        "sentence": SENTENCES[topic],
    }


def wants(subject: DataSubject, topic: Topic, channel: Channel) -> bool:
    """Whether this may be sent now. What cannot be refused is not asked about."""
    preference = ChannelPreference.objects.filter(subject=subject, topic=topic, channel=channel).first()
    if not topic.is_marketing:
        return preference is None or preference.is_wanted
    wished = preference is not None and preference.is_wanted
    return wished and gate.permits(subject, Purpose.MARKETING, channel)


def rows(subject: DataSubject) -> list[Row]:
    """Everything there is to choose for this person."""
    written = _written(subject)
    agreed = {channel: consent.has_given(subject, Purpose.MARKETING, channel) for channel in Channel}
    others = _same_person(subject)[1:]

    def is_on(topic: Topic, channel: Channel) -> bool:
        if not topic.is_marketing:
            return written.get((topic, channel), True)
        here = written.get((topic, channel), False) and agreed[channel]
        return here or any(wants(other, topic, channel) for other in others)

    every = {
        topic: [
            Choice(topic, channel, is_on(topic, channel), can_be_refused(topic, channel))
            for channel in _channels(subject, topic)
        ]
        for topic in Topic
    }
    return [Row(topic, choices) for topic, choices in every.items() if choices]


def switches(shown: Iterable[Row]) -> list[Choice]:
    """What can be refused."""
    return [choice for row in shown for choice in row.choices if choice.can_be_refused]


def can_be_refused(topic: Topic, channel: Channel) -> bool:
    return topic.is_marketing or any(
        event.can_be_refused and event.topic == topic and channel in event.channels
        for event in events.all_events()
    )


@transaction.atomic
def choose(subject: DataSubject, names: Collection[str], *, source: ConsentRecord.Source) -> None:
    """Switch on what is named and all else off; only what changes is written down."""
    written = _written(subject)
    for choice in sorted(switches(rows(subject)), key=lambda choice: choice.name in names):  # first what ends
        topic, channel, is_wanted = choice.topic, choice.channel, choice.name in names
        if choice.is_on and not is_wanted:
            unsubscribe(subject, topic, channel, source=source)
        elif is_wanted and not choice.is_on:
            switch(subject, topic, channel, is_wanted=True, source=source)
        elif not is_wanted and written.get((topic, channel)):  # its consent was withdrawn elsewhere
            switch(subject, topic, channel, is_wanted=False, source=source)


@transaction.atomic
def unsubscribe(
    subject: DataSubject, topic: Topic, channel: Channel, *, source: ConsentRecord.Source
) -> None:
    """At once, for messages that wait as well, and for whoever else has proved to be the same mailbox."""
    if not can_be_refused(topic, channel):
        raise CannotBeRefused(topic)
    for same in _same_person(subject):
        if wants(same, topic, channel):
            switch(same, topic, channel, is_wanted=False, source=source)


@transaction.atomic
def undo(subject: DataSubject, topic: Topic, channel: Channel, *, source: ConsentRecord.Source) -> None:
    """Take an unsubscription back. Without one, nobody is subscribed by this way."""
    preference = ChannelPreference.objects.filter(subject=subject, topic=topic, channel=channel).first()
    if preference is not None and not preference.is_wanted:
        switch(subject, topic, channel, is_wanted=True, source=source)


@transaction.atomic
def switch(
    subject: DataSubject, topic: Topic, channel: Channel, *, is_wanted: bool, source: ConsentRecord.Source
) -> None:
    """One wish, with the consent that belongs to it."""
    preference, _is_new = ChannelPreference.objects.update_or_create(
        subject=subject, topic=topic, channel=channel, defaults={"is_wanted": is_wanted}
    )
    audit.record("preference.on" if is_wanted else "preference.off", subject=subject, obj=preference)
    if not is_wanted:
        _leave_unsent(subject, topic, channel)
    if topic.is_marketing:
        _agree(subject, topic, channel, is_wanted=is_wanted, source=source)
    if not is_wanted:
        details = {"topic": topic, "channel": channel, "source": source}
        journal.write("unsubscribe", subject, details)


def _agree(
    subject: DataSubject, topic: Topic, channel: Channel, *, is_wanted: bool, source: ConsentRecord.Source
) -> None:
    """A consent is given with every topic, and withdrawn with the last one of its channel."""
    if is_wanted:
        words = wording(topic, channel)
        consent.give(subject, Purpose.MARKETING, source=source, wording=words, channel=channel)
    elif not any(_written(subject).get((other, channel)) for other in Topic if other.is_marketing):
        consent.withdraw(subject, Purpose.MARKETING, source=source, channel=channel)
    else:
        return
    if channel == Channel.EMAIL:
        ended_at = None if is_wanted else timezone.now()
        Subscription.objects.filter(subject=subject, confirmed_at__isnull=False).update(ended_at=ended_at)


def _leave_unsent(subject: DataSubject, topic: Topic, channel: Channel) -> None:
    refused = [event.code for event in events.all_events() if event.can_be_refused and event.topic == topic]
    waiting = Notification.objects.filter(subject=subject, channel=channel, event__in=refused)
    waiting.filter(status=Notification.Status.WAITING).update(
        status=Notification.Status.SKIPPED, reason=UNSUBSCRIBED, data=None
    )


def _written(subject: DataSubject) -> dict[tuple[str, str], bool]:
    kept = ChannelPreference.objects.filter(subject=subject)
    return {
        (topic, channel): wanted
        for topic, channel, wanted in kept.values_list("topic", "channel", "is_wanted")
    }


def _channels(subject: DataSubject, topic: Topic) -> list[Channel]:
    """The ways somebody can be reached. Who has no account has no inbox, and gets news by mail alone."""
    has_account = subject.kind == DataSubject.Kind.ACCOUNT
    if not topic.is_marketing:
        used = {
            channel for event in events.all_events() if event.topic == topic for channel in event.channels
        }
        return [
            channel for channel in Channel if channel in used and (has_account or channel != Channel.INBOX)
        ]
    if has_account:
        return list(Channel)
    subscribed = Subscription.objects.filter(subject=subject, confirmed_at__isnull=False).exists()
    # Somebody may have asked anew for the newsletter in their name; what they get can be ended all the same.
    hears = any(_written(subject).get((other, Channel.EMAIL)) for other in Topic if other.is_marketing)
    return [Channel.EMAIL] if subscribed or hears else []


def _same_person(subject: DataSubject) -> list[DataSubject]:
    """With whoever else has proved to own the same mailbox."""
    person = recipient_of(subject)
    if person is None or not person.email:
        return [subject]
    known = SubjectIdentifier.objects.matching(SubjectIdentifier.Kind.EMAIL, person.email)
    proved = known.filter(verified_at__isnull=False)
    accounts = EmailAddress.objects.filter(email=person.email, verified=True)
    others = DataSubject.objects.filter(
        Q(pk__in=proved.values("subject")) | Q(pk__in=accounts.values("user__subject"))
    )
    return [subject, *others.exclude(pk=subject.pk)]
