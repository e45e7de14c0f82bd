"""What everybody may know of how the shop keeps its word, and for how long it keeps what."""

from datetime import timedelta

import pytest
from django.utils import timezone

from privacy import audit, laws, transparency
from privacy.models import PrivacyRequest, SafetyCheck
from tests.factories import DataSubjectFactory, MarketFactory

pytestmark = pytest.mark.django_db
Kind, Source, Status = PrivacyRequest.Kind, PrivacyRequest.Source, PrivacyRequest.Status


@pytest.fixture(autouse=True)
def market():
    return MarketFactory()


def asked(kind=Kind.ACCESS, *, ago=1, due_in=14, status=Status.RECEIVED, **values):
    """So many days ago, to be answered in so many."""
    return PrivacyRequest.objects.create(
        subject=DataSubjectFactory(),
        kind=kind,
        source=Source.HUB,
        status=status,
        received_at=timezone.now() - timedelta(days=ago),
        due_on=timezone.localdate() + timedelta(days=due_in),
        **values,
    )


def answered(status=Status.COMPLETED, *, due_in=1, **values):
    return asked(status=status, due_in=due_in, completed_at=timezone.now(), **values)


@pytest.fixture
def page(client, path_of):
    """What a stranger reads there now."""
    return lambda: client.get(path_of("privacy:transparency")).text


@pytest.mark.promise("B-5.9", "B-4.8")
def test_requests_are_counted_by_right_as_they_ended(time_machine):
    time_machine.move_to("2026-11-22T12:00:00Z")
    answered()
    answered(Status.REFUSED)
    answered(due_in=-3)
    asked(status=Status.WITHDRAWN)
    asked()
    asked(status=Status.DUPLICATE)
    answered(kind=Kind.ERASURE, ago=200)

    this, before = transparency.half_years()

    assert (this.name, before.name) == ("July to December 2026", "January to June 2026")
    [row] = this.rows
    assert row.pop("right") == Kind.ACCESS.label
    assert row == {"received": 5, "in_time": 2, "late": 1, "refused": 1, "given_up": 1, "under_way": 1}
    assert [row["right"] for row in before.rows] == [Kind.ERASURE.label]


def test_two_years_are_shown_and_no_more(time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z")
    for days in (30, 200, 400, 600, 800):
        asked(ago=days)

    names = [half.name for half in transparency.half_years()]

    assert names == [
        "January to June 2026",
        "July to December 2025",
        "January to June 2025",
        "July to December 2024",
    ]


def test_what_is_overdue_stands_there_in_red_for_everybody(page):
    before = page()
    asked(due_in=-1)

    assert "notice--bad" not in before
    assert "1 request is overdue." in page()
    assert "notice--bad" in page()
    PrivacyRequest.objects.update(status=Status.COMPLETED)
    assert "notice--bad" not in page()


@pytest.mark.parametrize(
    ("kind", "days", "passed", "state"),
    [
        ("backup", 1, True, "In order"),
        ("backup", 3, True, "Too long ago"),
        ("drill", 34, True, "In order"),
        ("drill", 36, True, "Too long ago"),
        ("audit", 0, False, "Failed"),
    ],
)
def test_each_check_of_the_house_turns_red_when_it_fails_or_is_left_undone(kind, days, passed, state):
    at = timezone.now() - timedelta(days=days)
    SafetyCheck.objects.create(kind=kind, has_passed=passed, at=at)

    found = {str(one.label): one for one in transparency.safety()}

    one = found[SafetyCheck.Kind(kind).label]
    assert (str(one.state), one.is_good) == (state, state == "In order")
    assert one.is_bad != one.is_good
    assert {str(other.state) for other in found.values() if other is not one} == {"Not due yet"}


@pytest.mark.parametrize(
    ("days", "late"), [(1, []), (3, ["backup", "audit"]), (36, ["backup", "drill", "audit"])]
)
def test_what_was_never_done_is_red_once_the_shop_is_old_enough(page, time_machine, days, late):
    time_machine.move_to("2026-11-22T12:00:00Z")
    audit.record("test.first_day")
    time_machine.shift(timedelta(days=days))

    red = [one.label for one in transparency.safety() if one.is_bad]

    assert red == [SafetyCheck.Kind(kind).label for kind in late]
    assert page().count("Never yet") == page().count("badge--bad") == len(late)
    assert page().count("Not due yet") == 3 - len(late)


def test_the_nightly_look_at_the_chain_is_shown(page):
    assert "In order" not in page()

    audit.inspect()

    assert page().count("In order") == 1


def test_nobody_is_named_on_the_page(page):
    request = asked()

    assert request.reference not in page()
    assert str(request.subject_id) not in page()


@pytest.mark.promise("A-V.3")
def test_how_long_and_by_which_law_is_told_with_source_and_day(client, path_of):
    page = client.get(path_of("privacy:retention")).text

    assert "Cart line" in page
    for law in ("Art. 12(3) GDPR", "Art. 25(7) FADP"):
        assert law in page
    assert "looked up on 22 November 2026" in page
    assert "well confirmed" in page
    assert "https://lawbrary.ch" in page
    assert "not checked by us yet" not in page


def test_a_law_nobody_has_looked_up_is_told_as_such(client, path_of, monkeypatch):
    unread = laws.Law("x", ("DE",), "§ 1", "", "https://law.example", "low")
    monkeypatch.setattr(laws, "_sources", [lambda: [unread]])

    page = client.get(path_of("privacy:retention")).text

    assert "not checked by us yet" in page
    assert "uncertain" in page
    assert "looked up on" not in page


@pytest.mark.promise("A-0.2", "B-0.1")
def test_every_public_page_about_data_leads_to_the_others(client, path_of):
    names = ("data_map", "retention", "processors", "transparency")
    pages = {name: client.get(path_of(f"privacy:{name}")).text for name in names}
    pages |= {"rights": client.get(path_of("privacy:rights")).text}

    for name, text in pages.items():
        for other in names:
            assert f'href="{path_of(f"privacy:{other}")}"' in text, (name, other)
