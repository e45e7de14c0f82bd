"""By when we answer: opening hours, holidays, and the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from support import service_level
from support.models import Holiday, Ticket
from support.service_level import Hours, NeverOpen, add_business_time
from tests.factories import MarketFactory, TicketFactory

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(BERLIN, {weekday: (time(9), time(17)) for weekday in range(5)})
ROUND_THE_CLOCK = Hours(BERLIN, {weekday: (time(0), time(23, 59, 59)) for weekday in range(7)})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 10:00", 4, "2026-11-23 14:00"),
        ("2026-11-23 10:00", 7, "2026-11-23 17:00"),
        ("2026-11-23 16:00", 4, "2026-11-24 12:00"),
        ("2026-11-23 06:00", 1, "2026-11-23 10:00"),
        ("2026-11-27 16:00", 4, "2026-11-30 12:00"),  # over a weekend
        ("2026-11-22 12:00", 8, "2026-11-23 17:00"),  # asked on a Sunday
        ("2026-10-23 16:00", 2, "2026-10-26 10:00"),  # over the end of summer time
        ("2026-03-27 16:00", 2, "2026-03-30 10:00"),  # over its beginning
        ("2026-11-23 10:00", 0, "2026-11-23 10:00"),
    ],
)
def test_only_open_hours_count(start, hours, end):
    assert add_business_time(at(start), timedelta(hours=hours), OFFICE) == at(end)


def test_a_holiday_is_no_working_day():
    end = add_business_time(at("2026-12-24 16:00"), timedelta(hours=2), OFFICE, {date(2026, 12, 25)})

    assert end == at("2026-12-28 10:00")


def test_an_hour_that_the_clock_skips_is_not_counted():
    """On 29 March 2026 the clock goes from 02:00 to 03:00."""
    end = add_business_time(at("2026-03-29 01:00"), timedelta(hours=2), ROUND_THE_CLOCK)

    assert end.astimezone(BERLIN).time() == time(4)


def test_who_is_never_there_cannot_promise():
    with pytest.raises(NeverOpen):
        add_business_time(at("2026-11-23 10:00"), timedelta(hours=1), Hours(BERLIN, {}))


days = st.floats(0, 1100).map(lambda count: timedelta(days=count))
moments = days.map(lambda passed: datetime(2025, 1, 1, tzinfo=UTC) + passed)
lengths = st.timedeltas(timedelta(0), timedelta(hours=100))


@given(first=moments, second=moments, length=lengths)
def test_who_asks_later_is_not_answered_sooner(first, second, length):
    early, late = sorted((first, second))

    assert add_business_time(early, length, OFFICE) <= add_business_time(late, length, OFFICE)


@given(start=moments, short=lengths, more=lengths)
def test_more_time_never_ends_sooner_and_never_before_it_began(start, short, more):
    end = add_business_time(start, short, OFFICE)

    assert start <= end <= add_business_time(start, short + more, OFFICE)


@given(start=moments, length=st.timedeltas(timedelta(minutes=1), timedelta(hours=40)))
def test_it_ends_while_somebody_is_there(start, length):
    end = add_business_time(start, length, OFFICE).astimezone(BERLIN)

    assert end.weekday() < 5
    assert time(9) <= end.time() <= time(17)


@given(
    start=moments, length=lengths, holidays=st.sets(st.dates(date(2025, 1, 1), date(2028, 1, 1)), max_size=9)
)
def test_holidays_only_put_it_off(start, length, holidays):
    with_holidays = add_business_time(start, length, OFFICE, holidays)

    assert with_holidays >= add_business_time(start, length, OFFICE)
    assert length == timedelta(0) or with_holidays.astimezone(BERLIN).date() not in holidays


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"])
@given(first=moments, second=moments, length=lengths)
def test_that_holds_wherever_clocks_change(zone, first, second, length):
    early, late = sorted((first, second))
    nights = Hours(ZoneInfo(zone), {weekday: (time(0), time(23, 30)) for weekday in range(7)})

    assert add_business_time(early, length, nights) <= add_business_time(late, length, nights)


@pytest.mark.django_db
@time_machine.travel("2026-11-22 12:00+00:00", tick=False)
def test_rights_and_guardians_are_answered_first():
    due = service_level.usual_answers()

    assert due["guardian"] < due["privacy"] < due["order"] <= due["other"]
    assert due["privacy"] == at("2026-11-23 13:00")


@pytest.mark.django_db
@time_machine.travel("2026-11-22 12:00+00:00", tick=False)
def test_a_holiday_in_the_calendar_counts():
    Holiday.objects.create(day=date(2026, 11, 23), name="Company outing")

    assert service_level.answer_by("privacy") == at("2026-11-24 13:00")


@pytest.mark.django_db
@time_machine.travel("2026-11-23 09:00+00:00", tick=False)
def test_what_is_urgent_is_answered_sooner():
    urgent = TicketFactory(priority=Ticket.Priority.URGENT)

    assert service_level.due_at(urgent) < service_level.due_at(TicketFactory())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "is_open"),
    [("2026-11-23 08:30+00:00", True), ("2026-11-23 17:00+00:00", False), ("2026-11-22 10:00+00:00", False)],
)
def test_it_is_known_whether_somebody_is_there(moment, is_open):
    with time_machine.travel(moment, tick=False):
        assert service_level.is_open_now() is is_open


@pytest.mark.django_db
@pytest.mark.promise("A-I.18")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Tuesday, 24 November, 13:00"),
        ("de", "Dienstag, 24. November, 13:00"),
        ("fr", "mardi 24 novembre, 13:00"),
    ],
)
def test_the_asker_reads_by_when_before_asking(client, path_of, language, words):
    MarketFactory()
    with time_machine.travel("2026-11-23 16:00+00:00", tick=False):
        page = client.get(path_of("support:contact", language=language))

    assert words in page.text
