"""Who of the shop may read what is kept about somebody, and what happens to whoever abuses it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from privacy import access, erasure, tasks, violations
from privacy.models import AccessGrant, AuditEvent, StaffViolation
from privacy.purposes import Purpose
from tests.accounts.people import mails_go_out, new_person, path_of
from tests.factories import (
    AttachmentFactory,
    FulfilmentFactory,
    MessageFactory,
    OrderAddressFactory,
    OrderLineFactory,
    TicketFactory,
)
from tests.privacy.askers import letter

pytestmark = pytest.mark.django_db
WHY = "A parcel came back with this number on it"
PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def shop(settings, tmp_path, relays):
    settings.RIGHTS_JOURNAL = str(tmp_path / "rights.jsonl")
    settings.CELERY_TASK_ALWAYS_EAGER = True


@pytest.fixture
def zoe():
    return new_person()


@pytest.fixture
def owner():
    return User.objects.create_superuser("owner@shop.example", PASSWORD, name="Olga Owner")


@pytest.fixture
def order_of(zoe):
    def order(days=30, status="completed"):
        """Delivered some days ago; a month later nobody needs to read it."""
        order = OrderAddressFactory(order__subject=zoe.subject, order__status=status).order
        FulfilmentFactory(order=order, delivered_at=timezone.now() - timedelta(days=days))
        OrderLineFactory(order=order)
        return order

    return order


def page_of(row, view="change"):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{view}", args=[row.pk])


def ask(client, row, reason=WHY):
    url = reverse("admin:privacy_accessgrant_open", args=[row._meta.label_lower, row.pk])
    with mails_go_out():
        return client.post(url, {"purpose": "fulfilment", "reason": reason}, follow=True)


def judge(client, action, *rows):
    keys = [row.pk for row in rows]
    url = reverse(f"admin:privacy_{rows[0]._meta.model_name}_changelist")
    return client.post(url, {"action": action, "_selected_action": keys}, follow=True)


def look_at(order, colleague):
    return access.break_glass(colleague, order, purpose=Purpose.FULFILMENT, reason=WHY)


# --- Grants -------------------------------------------------------------------------------------------------


@pytest.mark.promise("A-V.9", "A-V.8")
@pytest.mark.parametrize("view", ["change", "history"])
def test_what_no_work_needs_is_not_shown_and_the_try_is_written_down(client, staff, zoe, order_of, view):
    order, packer = order_of(), staff("fulfilment")

    page = client.get(page_of(order, view))

    assert page.status_code == 403
    assert "Open for half an hour" in page.text
    assert "Hauptstraße" not in page.text
    event = AuditEvent.objects.get(action="access.refused")
    assert (event.actor_ref, event.subject_ref) == (str(packer.subject.audit_ref), str(zoe.subject.audit_ref))
    assert not AccessGrant.objects.exists()


@pytest.mark.promise("A-V.9")
def test_the_owner_has_no_leave_of_their_own(client, owner, zoe, order_of):
    client.force_login(owner)

    pages = [client.get(page_of(row)) for row in (order_of(), TicketFactory(status="closed"), zoe)]

    assert [page.status_code for page in pages] == [403, 403, 403]
    assert AuditEvent.objects.filter(action="access.refused").count() == 3


@pytest.mark.promise("A-V.9", "B-3.6")
@pytest.mark.parametrize(("status", "days", "answer"), [
    ("paid", 0, 200),
    ("completed", 13, 200),
    ("completed", 15, 403),
    ("cancelled", 0, 403),
])  # fmt: skip
def test_an_order_opens_while_there_is_work_to_do_on_it(client, staff, order_of, status, days, answer):
    order = order_of(days=days, status=status)
    staff("fulfilment")

    page = client.get(page_of(order))

    assert page.status_code == answer
    assert ("Hauptstraße" in page.text) is (answer == 200)
    assert AccessGrant.objects.filter(kind="automatic", purpose="fulfilment").count() == (answer == 200)


def test_a_grant_is_one_event_of_ids_and_lasts_half_an_hour(client, staff, zoe, order_of, time_machine):
    time_machine.move_to("2026-11-10T12:00:00Z", tick=False)
    order, packer = order_of(status="paid"), staff("fulfilment")

    client.get(page_of(order))
    client.get(page_of(order))

    grant = AccessGrant.objects.get()
    event = AuditEvent.objects.get(action="access.revealed")
    assert grant.expires_at == timezone.now() + timedelta(minutes=30)
    assert (grant.staff, grant.subject, grant.reference) == (
        packer.subject,
        zoe.subject,
        f"orders.order:{order.pk}",
    )
    assert event.data == {"role": "fulfilment", "purpose": "fulfilment", "kind": "automatic"}


@pytest.mark.promise("A-V.9")
def test_a_reason_opens_it_for_half_an_hour_and_the_desk_is_told(client, staff, order_of, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    order, officer, packer = order_of(), staff("privacy"), staff("fulfilment")

    too_short = ask(client, order, reason="I need it")
    none_yet = AccessGrant.objects.exists()
    opened = ask(client, order)
    time_machine.shift(timedelta(minutes=29))
    still = client.get(page_of(order))
    time_machine.shift(timedelta(minutes=2))
    client.force_login(packer)
    over = client.get(page_of(order))

    assert (too_short.status_code, none_yet) == (403, False)
    assert "at least 20 characters" in too_short.text
    assert (opened.status_code, still.status_code, over.status_code) == (200, 200, 403)
    assert "Hauptstraße" in opened.text
    assert letter("opened with a reason").to == [officer.email]
    assert WHY not in letter("opened with a reason").body


def test_what_is_open_to_one_colleague_is_closed_to_another(client, staff, owner, order_of):
    order = order_of()
    look_at(order, owner)
    staff("fulfilment")

    assert client.get(page_of(order)).status_code == 403


@pytest.mark.promise("B-3.6")
def test_a_reason_opens_nothing_that_is_not_of_the_role(client, staff, zoe):
    staff("support")

    answer = ask(client, zoe)

    assert answer.status_code == 403
    assert not AccessGrant.objects.exists()


@pytest.mark.parametrize("path", ["orders.order/999", "orders.nothing/1", "privacy.processor/1", "x/1"])
def test_what_does_not_exist_cannot_be_opened(client, owner, path):
    client.force_login(owner)

    assert client.post(f"/admin/privacy/accessgrant/open/{path}/").status_code == 404


@pytest.mark.promise("A-V.9", "A-V.8")
def test_a_ticket_opens_for_those_who_answer_it(client, staff):
    colleague = new_person("colleague@shop.example")
    open_, closed, others, nobodys = (
        TicketFactory(**given)
        for given in (
            {"assignee": colleague},
            {"status": "closed"},
            {"status": "pending", "assignee": colleague},
            {"status": "pending"},
        )
    )
    photo = AttachmentFactory(message=MessageFactory(ticket=closed))
    staff("support")

    answers = [client.get(page_of(ticket)).status_code for ticket in (open_, closed, others, nobodys)]
    evidence = client.get(reverse("admin:support_ticket_evidence", args=[photo.reference]))
    deed = client.post(reverse("admin:support_ticket_deed", args=[closed.pk, "note"]), {"body": "Seen"})

    assert answers == [200, 403, 403, 200]
    assert (evidence.status_code, deed.status_code) == (403, 403)


def test_masks_need_no_leave(client, staff, order_of):
    order = order_of()
    staff("support")

    page = client.get(page_of(order))

    assert page.status_code == 200
    assert "Hauptstraße" not in page.text
    assert not AccessGrant.objects.exists()


@pytest.mark.promise("A-V.9")
def test_the_person_learns_role_reason_and_time_but_no_name(client, staff, zoe, order_of):
    packer = staff("fulfilment")
    ask(client, order_of())
    client.force_login(zoe)

    page = client.get(path_of("privacy:mine"))

    assert "Packing and sending: looked at it unmasked" in page.text
    assert WHY in page.text
    assert packer.name not in page.text
    assert packer.email not in page.text


# --- Reviews ------------------------------------------------------------------------------------------------


@pytest.mark.promise("A-V.10")
@pytest.mark.parametrize(("outcome", "cases"), [("in_order", 0), ("not_in_order", 1)])
def test_a_reason_is_judged_and_a_bad_one_makes_a_case(client, staff, order_of, outcome, cases):
    packer = staff("fulfilment")
    grant = look_at(order_of(), packer)
    officer = staff("privacy")

    listed = client.get(reverse("admin:privacy_accessgrant_changelist"))
    with mails_go_out():
        judge(client, outcome, grant)

    grant.refresh_from_db()
    assert WHY in listed.text
    assert (grant.outcome, bool(grant.reviewed_at)) == (outcome, True)
    assert StaffViolation.objects.filter(subject=packer.subject, grant=grant).count() == cases
    if cases:
        assert letter("A case against a colleague").to == [officer.email]


def test_nobody_judges_their_own_look(client, staff, order_of):
    grant = look_at(order_of(), staff("privacy"))

    page = judge(client, "in_order", grant)

    grant.refresh_from_db()
    assert "judged by somebody else" in page.text
    assert grant.reviewed_at is None


@pytest.mark.promise("A-V.10")
@pytest.mark.parametrize(("hours", "cases"), [(71, 0), (73, 1)])
def test_a_look_nobody_judged_in_three_days_makes_a_case_by_itself(
    staff, order_of, time_machine, hours, cases
):
    time_machine.move_to("2026-11-10T12:00:00Z", tick=False)
    packer = staff("fulfilment")
    look_at(order_of(), packer)
    time_machine.shift(timedelta(hours=hours))

    tasks.note_unreviewed_looks()
    tasks.note_unreviewed_looks()

    assert StaffViolation.objects.filter(subject=packer.subject, kind="unreviewed").count() == cases


# --- Cases --------------------------------------------------------------------------------------------------


@pytest.mark.promise("A-V.10", "A-V.9")
def test_the_51st_look_within_an_hour_ends_the_sign_in_and_opens_a_case(client, staff):
    tickets = TicketFactory.create_batch(51)
    officer, agent = staff("privacy"), staff("support")

    with mails_go_out():
        answers = [client.get(page_of(ticket)).status_code for ticket in tickets]

    agent.refresh_from_db()
    assert answers == [200] * 50 + [403]
    assert not agent.is_active
    assert client.get(page_of(tickets[0])).status_code == 302  # to the sign-in
    assert not client.login(email=agent.email, password=PASSWORD)
    case = StaffViolation.objects.get(kind="too_many")
    assert (case.subject, case.status) == (agent.subject, "open")
    assert letter("A case against a colleague").to == [officer.email]


@pytest.mark.promise("A-V.10")
def test_200_looks_in_a_day_are_the_end_too(client, staff, zoe):
    agent, now = staff("support"), timezone.now()
    AccessGrant.objects.bulk_create(
        AccessGrant(
            subject=zoe.subject,
            staff=agent.subject,
            role="support",
            kind="automatic",
            purpose="support",
            reference=f"support.ticket:{-number}",
            granted_at=now - timedelta(hours=2),
            expires_at=now - timedelta(hours=1),
        )
        for number in range(1, 201)
    )

    answer = client.get(page_of(TicketFactory()))

    agent.refresh_from_db()
    assert (answer.status_code, agent.is_active) == (403, False)


@pytest.mark.promise("A-V.10")
def test_nobody_deletes_a_case_not_even_the_owner(client, owner, staff, order_of):
    case = violations.open_about(look_at(order_of(), staff("fulfilment")), violations.Kind.UNREVIEWED)
    client.force_login(owner)

    page = client.post(page_of(case, "delete"), {"post": "yes"})
    judge(client, "delete_selected", case)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffViolation.objects.all().delete()

    assert page.status_code == 403
    assert StaffViolation.objects.get() == case


def test_a_case_stays_when_its_colleague_is_erased(zoe):
    case = violations.stop(zoe.subject)

    erasure.erase(zoe.subject)

    assert StaffViolation.objects.get() == case


@pytest.mark.promise("A-V.10")
def test_the_accused_does_not_decide(client, owner):
    case = violations.open_about(look_at(TicketFactory(status="closed"), owner), violations.Kind.UNREVIEWED)
    client.force_login(owner)

    page = judge(client, "investigate", case)

    case.refresh_from_db()
    assert "judged by somebody else" in page.text
    assert case.status == "open"


@pytest.mark.promise("A-V.10")
@pytest.mark.parametrize(("decision", "status", "sanction", "is_back"), [
    ("dismiss", "dismissed", "", True),
    ("warning", "upheld", "warning", True),
    ("suspension", "upheld", "suspension", False),
    ("dismissal", "upheld", "dismissal", False),
    ("report", "upheld", "report", False),
])  # fmt: skip
def test_a_case_is_looked_into_before_it_is_decided(client, staff, decision, status, sanction, is_back):
    agent = staff("support")
    case = violations.stop(agent.subject)
    staff("privacy")

    too_soon = judge(client, decision, case)
    judge(client, "investigate", case)
    judge(client, decision, case)

    case.refresh_from_db()
    agent.refresh_from_db()
    assert "looked into before it is decided" in too_soon.text
    assert agent.email in too_soon.text
    assert (case.status, case.sanction, agent.is_active) == (status, sanction, is_back)
    assert case.decided_at
    moves = AuditEvent.objects.filter(action="violation.moved").values_list("data__to_status", flat=True)
    assert list(moves.order_by("seq")) == ["investigating", status]


def test_the_list_of_looks_opens_after_the_person_is_erased(client, staff, zoe):
    grant = look_at(TicketFactory(subject=zoe.subject, status="closed"), staff("support"))
    erasure.erase(zoe.subject)
    staff("privacy")

    page = client.get(reverse("admin:privacy_accessgrant_changelist"))

    assert page.status_code == 200
    assert grant.reference in page.text
    assert WHY not in page.text
