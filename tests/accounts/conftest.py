"""An advert about an order, for somebody who may or may not have asked for adverts."""

from collections.abc import Callable

import pytest

from accounts import events
from accounts.events import Event
from accounts.models import Channel, ChannelPreference, Topic
from privacy import consent
from privacy.models import ConsentRecord, DataSubject
from privacy.purposes import Purpose


@pytest.fixture
def declared(monkeypatch) -> Callable[[Event], str]:
    """Declares an event for one test."""

    def declare(event: Event) -> str:
        monkeypatch.setitem(events._events, event.code, event)
        return event.code

    return declare


@pytest.fixture
def advert(declared):
    """An event of the newsletter, with words borrowed from the orders."""
    real = events.find("order_confirmed")
    return declared(
        Event(
            real.code,
            label="News",
            topic=Topic.NEWSLETTER,
            channels=(Channel.EMAIL,),
            recipient=real.recipient,
            context=real.context,
        )
    )


@pytest.fixture
def agree() -> Callable[[DataSubject], None]:
    def give(subject: DataSubject) -> None:
        wish = {"subject": subject, "topic": Topic.NEWSLETTER, "channel": Channel.EMAIL}
        ChannelPreference.objects.create(is_wanted=True, **wish)
        source = ConsentRecord.Source.PAGE
        consent.give(subject, Purpose.MARKETING, source=source, wording="yes", channel=Channel.EMAIL)

    return give
