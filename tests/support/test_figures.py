"""How the desk does: of all tickets together, counted in business hours."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from support import figures
from support.service_level import Hours
from tests.factories import TicketFactory

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = Hours(zone=BERLIN, week={day: (time(9), time(17)) for day in range(5)})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-23 10:00", "2026-11-23 12:30", 2.5),  # Monday
        ("2026-11-20 16:00", "2026-11-23 10:00", 2),  # over a weekend
        ("2026-11-23 19:00", "2026-11-23 21:00", 0),
        ("2026-11-21 10:00", "2026-11-22 10:00", 0),
        ("2026-11-23 07:00", "2026-11-24 20:00", 16),
        ("2026-03-27 16:00", "2026-03-30 10:00", 2),  # summer time begins in between
    ],
)
def test_only_open_hours_count(start, end, hours):
    assert figures.business_time(at(start), at(end), NINE_TO_FIVE) == timedelta(hours=hours)


def test_a_holiday_does_not_count():
    passed = figures.business_time(
        at("2026-12-24 16:00"), at("2026-12-28 10:00"), NINE_TO_FIVE, {date(2026, 12, 25)}
    )

    assert passed == timedelta(hours=2)


@pytest.mark.django_db
def test_the_page_shows_medians_and_shares(admin_client, time_machine):
    time_machine.move_to(at("2026-11-25 12:00"))
    asked = at("2026-11-24 09:00")
    for hours in (1, 2, 3, 4, 30):
        answered_at = asked + timedelta(hours=hours)
        TicketFactory(category="order", opened_at=asked, first_answered_at=answered_at)
    for rating in (5, 5, 4, 4, 3):
        TicketFactory(status="solved", rating=rating, rated_at=timezone.now())
    TicketFactory(opened_at=asked - timedelta(days=90), first_answered_at=asked - timedelta(days=80))

    page = admin_client.get("/admin/support/ticket/figures/")

    assert page.context["figures"] == figures.Figures(5, 3.0, 80, 5, 4.2)
    assert "80 %" in page.text


@pytest.mark.django_db
def test_too_few_tell_nothing(admin_client):
    TicketFactory(rating=1, rated_at=timezone.now(), first_answered_at=timezone.now())

    page = admin_client.get("/admin/support/ticket/figures/")

    assert page.text.count("too few to tell") == 3
