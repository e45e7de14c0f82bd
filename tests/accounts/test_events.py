"""Every event that any app declares has its words, and no mail loads or counts anything."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from accounts import events
from accounts.events import UnknownEvent
from accounts.models import Channel, Topic

NAMES = {
    Channel.EMAIL: ["emails/{}.subject.txt", "emails/{}.txt", "emails/{}.html"],
    Channel.SMS: ["sms/{}.txt"],
    Channel.INBOX: ["inbox/{}.html"],
}
FOLDERS = ("emails", "sms", "inbox")
TEMPLATES = [
    path for folder in FOLDERS for path in (Path(settings.BASE_DIR) / "templates" / folder).iterdir()
]
EVENTS = {event.code: event for event in events.all_events()}


@pytest.mark.parametrize("code", EVENTS)
def test_every_event_has_words_for_each_of_its_channels(code):
    for channel in EVENTS[code].channels:
        for name in NAMES[channel]:
            assert get_template(name.format(code))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_message_loads_or_counts_anything(path):
    words = path.read_text()

    for remote in ("<img", "<script", "<link", "<iframe", "url(", "http://", "https://", "utm_"):
        assert remote not in words


def test_only_advertising_needs_a_consent():
    refusable = {event.topic for event in EVENTS.values() if event.purpose.terms.refusable}

    assert refusable <= {topic for topic in Topic if topic.is_marketing}
    assert all(EVENTS[code].can_be_refused for code in EVENTS if EVENTS[code].topic.is_marketing)


def test_an_event_nobody_declared_is_an_error():
    with pytest.raises(UnknownEvent):
        events.find("order_conjured")
