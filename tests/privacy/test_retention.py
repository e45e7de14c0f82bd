"""What was kept long enough ends, and nothing else does."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import SignIn
from orders.models import Order, OrderAddress, TaxRecord
from privacy import retention
from privacy.models import AuditEvent, DataSubject, LegalHold, PurgeRun
from privacy.registry import After
from privacy.retention import last_start, purge, retain_until
from support.models import Attachment, Message, Ticket
from tests.factories import (
    AttachmentFactory,
    MessageFactory,
    OrderAddressFactory,
    OrderFactory,
    TicketFactory,
)

TODAY = date(2026, 11, 22)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def sign_in(db):
    def make(day: date, **values):
        return SignIn.objects.create(outcome=SignIn.Outcome.SUCCEEDED, at=at(day), **values)

    return make


@pytest.fixture
def old_order(db):
    """Of three years ago, delivered at once."""
    placed = {"order__status": Order.Status.COMPLETED, "order__placed_at": at(date(2023, 5, 2))}
    return OrderAddressFactory(order__email="anna@example.org", **placed).order


@pytest.mark.promise("B-3.10")
def test_a_row_goes_after_its_last_day_and_not_on_it(sign_in):
    last_day = sign_in(TODAY - timedelta(days=90))
    the_day_before = sign_in(TODAY - timedelta(days=91))

    purge(as_of=TODAY)

    assert retain_until(last_day) == TODAY
    assert list(SignIn.objects.all()) == [last_day]
    assert not SignIn.objects.filter(pk=the_day_before.pk).exists()


@pytest.mark.parametrize(
    ("as_of", "began"),
    [
        (date(2026, 3, 1), date(2026, 1, 31)),  # 31 January and a month: 28 February
        (date(2026, 2, 28), date(2026, 1, 27)),
        (date(2024, 3, 1), date(2024, 1, 31)),  # a leap year
        (date(2026, 5, 31), date(2026, 4, 30)),
        (date(2026, 3, 31), date(2026, 2, 28)),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last_one(as_of, began):
    assert last_start(as_of, After("at", months=1, why="")) == began


@given(
    as_of=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    months=st.integers(0, 130),
    days=st.integers(0, 100),
)
def test_the_latest_start_is_over_and_the_next_day_is_not(as_of, months, days):
    after = After("at", months=months, days=0 if months else days, why="")
    length = retention.relativedelta(months=after.months, days=after.days)

    start = last_start(as_of, after)

    assert start + length < as_of
    assert start + timedelta(days=1) + length >= as_of


@pytest.mark.promise("A-IV.6")
def test_what_the_law_keeps_is_archived_and_the_rows_go(old_order):
    number = old_order.number

    [run] = purge(as_of=TODAY, only="orders.order")

    assert run.erased == 1
    assert not Order.objects.filter(number=number).exists()
    assert not OrderAddress.objects.exists()
    [record] = TaxRecord.objects.select_related("entity")
    assert record.content["number"] == number


def test_a_young_order_keeps_everything(db):
    order = OrderFactory(email="anna@example.org", placed_at=at(TODAY - timedelta(days=300)))

    purge(as_of=TODAY)

    assert Order.objects.with_keys().get(pk=order.pk).email == "anna@example.org"


def test_a_conversation_that_goes_on_is_kept_with_its_evidence(anna):
    ticket = TicketFactory(subject=anna, opened_at=at(date(2022, 1, 5)), last_message_at=at(TODAY))
    message = MessageFactory(ticket=ticket, subject=anna, created_at=at(date(2022, 1, 5)))
    AttachmentFactory(message=message, subject=anna, created_at=at(date(2022, 1, 5)))

    purge(as_of=TODAY)

    assert Attachment.objects.filter(message__ticket=ticket).exists()


def test_files_go_with_their_rows_and_only_when_that_is_certain(anna, django_capture_on_commit_callbacks):
    ticket = Ticket.objects.create(
        subject=anna, category="order", language="en", country="DE", opened_at=at(date(2024, 1, 5)),
        closed_at=at(date(2024, 1, 9)),
    )  # fmt: skip
    message = Message.objects.create(ticket=ticket, subject=anna, author="requester", body="It is broken.")
    attachment = Attachment(message=message, subject=anna, kind="image", content_type="image/webp", size=3)
    attachment.created_at = at(date(2024, 1, 5))
    attachment.file.save("photo", ContentFile(b"abc"))
    storage, name = attachment.file.storage, attachment.file.name

    with django_capture_on_commit_callbacks() as callbacks:
        purge(as_of=TODAY)

    assert not Ticket.objects.exists()
    assert storage.exists(name)
    for callback in callbacks:
        callback()
    assert not storage.exists(name)


@pytest.mark.parametrize("held", ["person", "row"])
def test_a_legal_hold_keeps_what_it_covers(sign_in, anna, held):
    hers = sign_in(TODAY - timedelta(days=400), subject=anna)
    sign_in(TODAY - timedelta(days=400))
    hold = LegalHold(subject=anna, authority="Amtsgericht", case="12 C 34/26", review_on=TODAY)
    if held == "row":
        hold.content_type = retention.ContentType.objects.get_for_model(SignIn)
        hold.object_id = str(hers.pk)
    hold.save()

    purge(as_of=TODAY)
    during = list(SignIn.objects.all())
    hold.released_at = timezone.now()
    hold.save()
    purge(as_of=TODAY)

    assert during == [hers]
    assert not SignIn.objects.exists()


def test_too_many_at_once_wait_for_somebodys_word(sign_in):
    SignIn.objects.bulk_create(
        SignIn(outcome="failed", at=at(date(2026, 1, 1))) for _number in range(retention.NEVER_TOO_MANY + 1)
    )

    [braked] = purge(as_of=TODAY, only="accounts.signin")
    left = SignIn.objects.count()
    [allowed] = purge(as_of=TODAY, only="accounts.signin", allow_volume=True)

    assert braked.status == PurgeRun.Status.BRAKED
    assert left == retention.NEVER_TOO_MANY + 1
    assert allowed.status == PurgeRun.Status.DONE
    assert not SignIn.objects.exists()


def test_missed_nights_are_caught_up(sign_in):
    for days in (91, 95, 130):
        sign_in(TODAY - timedelta(days=days))

    purge(as_of=TODAY)

    assert not SignIn.objects.exists()


@pytest.mark.promise("B-3.11")
def test_each_run_leaves_a_row_and_an_event_and_names_nobody(sign_in, anna):
    sign_in(TODAY - timedelta(days=100), subject=anna)

    purge(as_of=TODAY)

    run = PurgeRun.objects.get(rule="accounts.signin")
    assert (run.found, run.erased, run.status) == (1, 1, PurgeRun.Status.DONE)
    event = AuditEvent.objects.get(action="purge.done")
    assert event.data == {"count": 1, "reference": "accounts.signin"}
    assert event.subject_ref == ""


@pytest.mark.promise("B-3.10")
def test_a_dry_run_tells_and_touches_nothing(sign_in):
    sign_in(TODAY - timedelta(days=100))
    printed = StringIO()

    call_command("purge", "--dry-run", "--as-of", TODAY.isoformat(), stdout=printed)

    [line] = [line for line in printed.getvalue().splitlines() if line.startswith("accounts.signin")]
    assert " ".join(line.split()).startswith("accounts.signin 1 deleted, would go 90 days:")
    assert SignIn.objects.count() == 1
    assert not PurgeRun.objects.exists()


def test_nobody_purges_as_of_a_day_to_come(db):
    tomorrow = timezone.localdate() + timedelta(days=1)

    with pytest.raises(CommandError, match="dry-run"):
        call_command("purge", "--as-of", tomorrow.isoformat())


def test_every_rule_can_be_carried_out(db):
    assert {run.status for run in purge(as_of=TODAY)} == {PurgeRun.Status.DONE}


def test_what_is_archived_has_one_rule_for_the_whole(db):
    rules = {period.rule for period in retention.periods()}

    assert "orders.order" in rules
    assert not rules & {"orders.orderaddress", "orders.orderline", "orders.payment", "orders.refund"}


def test_a_person_who_is_known_is_never_over(db):
    anna = DataSubject.objects.create(kind=DataSubject.Kind.GUEST)

    assert retain_until(anna) is None
