"""What is restricted is not used: the gate, the parcels that wait, the rows that staff may not open."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import closing
from accounts.models import Address, Notification, User
from orders import cancellation, expiry, fulfilment, prefilling
from orders.models import Fulfilment, Order, OrderAddress, OrderReview
from privacy import choosing, consent, gate, journal, request_links, requests, restriction, tasks
from privacy.models import DataSubject, Disclosure, PrivacyRequest, Restriction, SubjectIdentifier
from privacy.purposes import Purpose
from tests.accounts.people import link_in, mails_go_out, new_person, path_of
from tests.factories import (
    FulfilmentFactory,
    MarketFactory,
    OrderAddressFactory,
    OrderLineFactory,
    ProcessorFactory,
    TicketFactory,
)
from tests.privacy.askers import letter, press, prove, send, words_of

pytestmark = pytest.mark.django_db
Scope, Why = Restriction.Scope, Restriction.Why


@pytest.fixture(autouse=True)
def shop(settings, tmp_path, relays):
    settings.RIGHTS_JOURNAL = str(tmp_path / "rights.jsonl")
    settings.CELERY_TASK_ALWAYS_EAGER = True
    ProcessorFactory()
    return MarketFactory()


@pytest.fixture
def zoe():
    return new_person()


@pytest.fixture
def order(zoe):
    """Paid, and about to be packed."""
    address = OrderAddressFactory(
        order__subject=zoe.subject, order__status=Order.Status.PAID, order__email=zoe.email, postcode="10999"
    )
    FulfilmentFactory(order=address.order)
    OrderLineFactory(order=address.order)
    return Order.objects.with_story().get(pk=address.order.pk)


def restrict(person, **limits):
    return restriction.restrict(person.subject, **({"why": Why.UNLAWFUL} | limits))


# --- The gate -----------------------------------------------------------------------------------------------


def test_everything_but_what_the_law_demands_stops(zoe):
    consent.give(zoe.subject, Purpose.ANALYTICS, source="account", wording="Count")

    restrict(zoe)

    allowed = {purpose for purpose in Purpose if gate.permits(zoe.subject, purpose)}
    assert allowed == gate.WHILE_RESTRICTED
    assert not gate.permits_data(zoe.subject, OrderAddress)


def test_an_objection_counts_while_everything_else_is_restricted_too(zoe):
    restrict(zoe, why=Why.OBJECTION, scope=Scope.PURPOSE, purpose=Purpose.SECURITY)

    restrict(zoe)

    assert not gate.permits(zoe.subject, Purpose.SECURITY)
    assert gate.permits(zoe.subject, Purpose.RIGHTS)


def test_an_address_in_dispute_is_not_offered_at_the_checkout(zoe):
    address = Address(subject=zoe.subject, country="DE")
    address.name, address.street, address.postcode, address.city = "Zoë", "Alt 1", "10115", "Berlin"
    address.save()
    before = prefilling.known_of(zoe, "DE", wanted="")

    restrict(zoe, why=Why.DISPUTED, scope=Scope.DATA, data=Address)

    assert before.initial["street"] == "Alt 1"
    assert "street" not in prefilling.known_of(zoe, "DE", wanted="").initial


def test_one_use_stops_and_the_others_go_on(zoe):
    for purpose in (Purpose.ANALYTICS, Purpose.PREFERENCES):
        consent.give(zoe.subject, purpose, source="account", wording="Yes")

    restrict(zoe, scope=Scope.PURPOSE, purpose=Purpose.ANALYTICS)

    assert not gate.permits(zoe.subject, Purpose.ANALYTICS)
    assert gate.permits(zoe.subject, Purpose.PREFERENCES)
    assert gate.permits(zoe.subject, Purpose.FULFILMENT)


def test_whatever_is_optional_stops_also_for_the_browser(zoe, counting):
    consent.give(zoe.subject, Purpose.ANALYTICS, source="account", wording="Count")
    before = choosing.states_of(zoe.subject, has_signal=False)

    restrict(zoe, scope=Scope.OPTIONAL)

    after = choosing.states_of(zoe.subject, has_signal=False)
    assert (before[0].is_on, after[0].is_on) == (True, False)
    assert not gate.permits(zoe.subject, Purpose.ANALYTICS)
    assert gate.permits(zoe.subject, Purpose.FULFILMENT)


def test_set_twice_it_stands_once_and_is_written_in_the_journal(zoe):
    first, second = restrict(zoe), restrict(zoe)

    assert first == second
    assert [entry.deed for entry in journal.read()] == ["restrict"]


def test_a_person_stays_restricted_until_the_last_limit_ends(zoe):
    limits = [restrict(zoe), restrict(zoe, why=Why.CLAIM)]

    restriction.lift(limits[0])
    still = DataSubject.objects.get(pk=zoe.subject_id).status
    restriction.lift(limits[1])

    assert still == "restricted"
    assert DataSubject.objects.get(pk=zoe.subject_id).status == "active"


# --- Orders that are under way ------------------------------------------------------------------------------


@pytest.mark.promise("A-IV.9")
@pytest.mark.parametrize("disputed", [OrderAddress, Order, Address, User])
def test_nothing_is_told_to_a_carrier_while_the_address_is_in_dispute(zoe, order, disputed):
    fulfilment.pack(order)
    limit = restrict(zoe, why=Why.DISPUTED, scope=Scope.DATA, data=disputed)

    with pytest.raises(fulfilment.OnHold):
        fulfilment.ship(order, tracking_number="RR1")

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert not Disclosure.objects.filter(processor__code="carrier").exists()
    restriction.lift(limit)
    fulfilment.ship(order, tracking_number="RR1")
    assert Disclosure.objects.filter(processor__code="carrier").exists()


def test_a_restricted_order_is_not_packed_but_called_off_and_expires(zoe, order):
    unpaid = OrderAddressFactory(order__subject=zoe.subject, order__status=Order.Status.PLACED).order
    FulfilmentFactory(order=unpaid)
    Order.objects.filter(pk=unpaid.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    restrict(zoe)

    with pytest.raises(fulfilment.OnHold):
        fulfilment.pack(order)
    expiry.expire_unpaid()
    cancellation.cancel(order)

    unpaid.refresh_from_db()
    assert unpaid.status == Order.Status.EXPIRED
    assert order.status == Order.Status.CANCELLED


def test_a_limit_set_in_this_very_moment_counts(zoe, order):
    """What was read before the limit was set does not let a parcel through."""
    assert order.subject.status == "active"
    DataSubject.objects.filter(pk=zoe.subject_id).update(status="restricted")

    with pytest.raises(fulfilment.OnHold):
        fulfilment.pack(order)


def test_the_buyer_reads_that_it_waits_and_why(client, zoe, order):
    client.force_login(zoe)
    url = path_of("orders:order", order.number)
    before = client.get(url)

    limit = restrict(zoe, why=Why.DISPUTED, scope=Scope.DATA, data=OrderAddress)
    disputed = client.get(url)
    restriction.lift(limit)
    restrict(zoe)
    restricted = client.get(url)

    assert "We do not pack" not in before.text
    assert "data it needs is said to be wrong" in disputed.text
    assert "use of the buyer's data is suspended" in restricted.text
    assert "Call the order off" in restricted.text


def test_what_has_left_already_waits_for_nothing(client, zoe, order):
    Order.objects.filter(pk=order.pk).update(status=Order.Status.FULFILLED)
    restrict(zoe)
    client.force_login(zoe)

    page = client.get(path_of("orders:order", order.number))

    assert "We do not pack" not in page.text


def test_the_back_office_shows_it_and_offers_neither_packing_nor_sending(client, zoe, order, staff):
    restrict(zoe, why=Why.DISPUTED, scope=Scope.DATA, data=OrderAddress)
    client.force_login(staff("fulfilment"))

    page = client.get(reverse("admin:orders_order_change", args=[order.pk]))
    answer = client.post(
        f"{reverse('admin:orders_order_deed', args=['pack'])}?order={order.pk}",
        {"confirmed": [order.pk]},
        follow=True,
    )

    assert "This order waits" in page.text
    assert [deed.name for deed in page.context["deeds"]] == ["cancel"]
    assert "waits: the person" in answer.text
    assert Fulfilment.objects.get(order=order).status == Fulfilment.Status.PENDING


# --- Who may look -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "why", "status"), [
    ("fulfilment", Why.UNLAWFUL, 403),
    ("owner", Why.UNLAWFUL, 200),
    ("owner", Why.MINOR, 200),
])  # fmt: skip
def test_the_rows_of_a_restricted_person_open_for_those_who_help_with_rights(
    client, django_user_model, zoe, order, staff, role, why, status
):
    restrict(zoe, why=why)
    if role == "owner":
        client.force_login(django_user_model.objects.create_superuser("owner@shop.example", "a password"))
    else:
        staff(role)

    page = client.get(reverse("admin:orders_order_change", args=[order.pk]))
    listed = client.get(reverse("admin:orders_order_changelist"))

    assert page.status_code == status
    assert ("has been restricted since" in page.text) is (status == 403)
    assert order.number in listed.text
    assert zoe.email not in listed.text


@pytest.mark.parametrize("view", ["change", "history"])
def test_a_row_that_leads_to_the_person_by_another_is_locked_too(client, zoe, order, staff, view):
    review = OrderReview.objects.create(order=order, suspicions="amount")
    staff("fulfilment")
    url = reverse(f"admin:orders_orderreview_{view}", args=[review.pk])
    before = client.get(url)

    restrict(zoe)

    assert (before.status_code, client.get(url).status_code) == (200, 403)


@pytest.mark.parametrize(("role", "status"), [("privacy", 403), ("guardians", 200)])
def test_what_is_kept_of_a_child_opens_at_the_guardians_desk_alone(client, zoe, staff, role, status):
    request = requests.receive(zoe.subject, PrivacyRequest.Kind.ACCESS, source="contact")
    ticket = TicketFactory(subject=zoe.subject)
    restrict(zoe, why=Why.MINOR)
    staff(role)

    page = client.get(reverse("admin:privacy_privacyrequest_change", args=[request.pk]))
    conversation = client.get(reverse("admin:support_ticket_change", args=[ticket.pk]))

    assert page.status_code == status
    assert (conversation.status_code == 200) is (status == 200)


@pytest.mark.parametrize(("role", "is_shown"), [("support", False), ("privacy", True)])
def test_the_desk_hides_the_tickets_of_a_restricted_person(client, zoe, staff, role, is_shown):
    ticket = TicketFactory(subject=zoe.subject)
    restrict(zoe)
    staff(role)

    page = client.get(reverse("admin:support_ticket_change", args=[ticket.pk]))

    assert (page.status_code == 200) is is_shown


# --- The end of it ------------------------------------------------------------------------------------------


def test_the_person_is_told_days_before_and_then_the_order_goes_on(zoe, order):
    limit = restrict(zoe)

    with mails_go_out():
        restriction.announce_end(limit)
    tasks.lift_restrictions()
    still = Restriction.objects.get().is_active
    Restriction.objects.update(lifts_at=timezone.now())
    tasks.lift_restrictions()

    assert letter("used again soon").to == [zoe.email]
    assert still
    fulfilment.pack(Order.objects.with_story().get(pk=order.pk))


def test_the_person_says_no_by_the_link_in_the_mail(client, zoe):
    limit = restrict(zoe)
    with mails_go_out():
        restriction.announce_end(limit)
    link = link_in(letter("used again soon"), "limits")

    looked_at = client.get(link)
    announced = Restriction.objects.get().lifts_at
    answer = client.post(link, follow=True)

    assert "used again soon" in looked_at.text
    assert announced
    assert "It stays stopped" in answer.text
    assert Restriction.objects.get().lifts_at is None
    assert client.get(link[:-2] + "x/").status_code == 404


def test_staff_announce_the_end_and_the_guardians_desk_ends_its_own(client, zoe, staff):
    own, childs = restrict(zoe), restrict(zoe, why=Why.MINOR)
    staff("privacy")

    client.post(
        reverse("admin:privacy_restriction_changelist"),
        {"action": "announce_end", "_selected_action": [own.pk, childs.pk]},
    )

    own.refresh_from_db()
    childs.refresh_from_db()
    assert own.lifts_at
    assert not childs.lifts_at


# --- By the person themself ---------------------------------------------------------------------------------


def test_whoever_is_signed_in_stops_everything_and_starts_it_again(client, zoe, order):
    client.force_login(zoe)
    page = press(client, "restriction")

    stopped = send(client, page, what="everything", why="claim")
    status_page = client.get(request_links.path_of(PrivacyRequest.objects.get()), follow=True)
    limit = Restriction.objects.get()
    status = DataSubject.objects.get(pk=zoe.subject_id).status
    again = send(client, f"{page}lift/{limit.pk}/")

    assert "What we do not use at present" in stopped.text
    assert "You need it for a claim." in stopped.text
    assert "We have not used it since" in status_page.text
    assert (status, limit.why) == ("restricted", "claim")
    assert PrivacyRequest.objects.get().status == "completed"
    assert "What we do not use at present" not in again.text
    assert DataSubject.objects.get(pk=zoe.subject_id).status == "active"


@pytest.mark.promise("B-6.1")
def test_a_guest_disputes_an_address_and_the_parcel_waits(client):
    address = OrderAddressFactory(
        order__email="guest@mail.example", order__status=Order.Status.PAID, postcode="10999"
    )
    FulfilmentFactory(order=address.order)
    SubjectIdentifier.objects.prove(address.order.subject, "email", "guest@mail.example")
    page = prove(client, "restriction", "guest@mail.example", "10999")

    choices = words_of(client.get(page))
    send(client, page, what="orders.orderaddress", why="disputed")

    assert "Order address: " in choices
    assert "Profile: " not in choices  # nothing of the kind is held
    order = Order.objects.with_story().get()
    assert fulfilment.is_on_hold(order)
    assert order.subject.status == "active"


def test_what_is_not_offered_is_not_stopped(client, zoe):
    client.force_login(zoe)
    page = press(client, "restriction")

    answer = send(client, page, what="privacy.auditevent", why="claim")

    assert "Select a valid choice" in answer.text
    assert not Restriction.objects.exists()


def test_nobody_ends_what_protects_a_child_nor_the_limit_of_another(client, zoe):
    childs, anothers = restrict(zoe, why=Why.MINOR), restrict(new_person("bob@mail.example"))
    client.force_login(zoe)
    page = press(client, "restriction")

    for limit in (childs, anothers):
        client.post(f"{page}lift/{limit.pk}/")

    assert Restriction.objects.active().count() == 2


# --- Rights stay open ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rectification", "restriction", "objection", "withdrawal", "explanation",
                                  "complaint"])  # fmt: skip
def test_a_restricted_account_reaches_every_right(client, zoe, kind):
    restrict(zoe)
    client.force_login(zoe)

    page = client.get(press(client, kind))

    assert page.status_code == 200
    assert client.get(path_of("privacy:mine")).status_code == 200
    assert client.get(path_of("privacy:my_copy")).status_code in (200, 302)


def test_an_account_that_is_about_to_be_deleted_still_sees_its_data(client, zoe):
    order = OrderAddressFactory(order__subject=zoe.subject, order__status=Order.Status.COMPLETED).order
    SubjectIdentifier.objects.prove(zoe.subject, "email", zoe.email)
    closing.close(zoe)

    page = client.get(prove(client, "access", zoe.email, order.number))

    assert "Make a copy" in page.text


@pytest.mark.promise("A-IV.1")
@pytest.mark.parametrize("kind", ["access", "portability", "erasure", "rectification", "restriction",
                                  "objection", "withdrawal", "explanation", "complaint"])  # fmt: skip
def test_a_suspended_account_reaches_every_right_by_a_code(client, zoe, order, kind):
    SubjectIdentifier.objects.prove(zoe.subject, "email", zoe.email)
    User.objects.update(is_active=False)

    page = client.get(prove(client, kind, zoe.email, order.number))

    assert page.status_code == 200
    assert "Your reference is" in page.text


def test_answers_still_reach_a_restricted_person(zoe):
    restrict(zoe)
    mail.outbox.clear()

    with mails_go_out():
        restriction.announce_end(Restriction.objects.get())

    assert [one.to for one in mail.outbox] == [[zoe.email]]
    assert Notification.objects.filter(event="restriction_ends", status="sent").exists()
