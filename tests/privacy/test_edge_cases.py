"""The cases at the edges of a deletion, one test or more for each.

Some have no counterpart in this shop: there are no gift cards and no store credit (so no debt either for
which an idle account would be kept), no reviews, nobody signs in by another company's account, and no photo
was ever stored as it came. A worker that dies at every single commit is in `test_kills.py`.
"""

import io
import logging
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts import suppressions
from accounts.models import User
from orders import fulfilment, tax_archive, tax_laws, under_way
from orders.gateways import PaymentState, PaymentStatus
from orders.models import Fulfilment, Order, OrderAddress, Payment, Refund, TaxRecord
from orders.payments import settle
from privacy import (
    consent,
    copies,
    deciding,
    deletion,
    erasure,
    mentions,
    proof,
    request_links,
    requests,
    retention,
)
from privacy.models import (
    ConsentRecord,
    DataCopy,
    DataSubject,
    DoomedFile,
    Farewell,
    LegalHold,
    Mention,
    PrivacyRequest,
    SubjectIdentifier,
    SubjectKey,
)
from privacy.purposes import Purpose
from support import attachments
from support.models import Attachment, Message, Ticket
from tests.accounts.people import PASSWORD, code_in, mails_go_out, new_person, path_of, register, sign_in
from tests.factories import (
    AttachmentFactory,
    FulfilmentFactory,
    MarketFactory,
    MessageFactory,
    OrderAddressFactory,
    OrderLineFactory,
    PaymentFactory,
    ProcessorFactory,
    RefundFactory,
    TicketFactory,
)

pytestmark = pytest.mark.django_db
Kind, Source, Status = PrivacyRequest.Kind, PrivacyRequest.Source, PrivacyRequest.Status
EMAIL = "zoe@mail.example"


@pytest.fixture(autouse=True)
def shop(settings, tmp_path):
    settings.RIGHTS_JOURNAL = str(tmp_path / "rights.jsonl")
    settings.VAR_DIR = tmp_path
    settings.CELERY_TASK_ALWAYS_EAGER = True
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    ProcessorFactory()
    ProcessorFactory(code="payment", kind="payment", purpose="payment")
    return MarketFactory()


@pytest.fixture
def zoe():
    user = new_person(EMAIL)
    SubjectIdentifier.objects.prove(user.subject, "email", EMAIL)
    return user


@pytest.fixture
def signed_in(client, zoe):
    sign_in(client, zoe.email)
    client.post(path_of("account_reauthenticate"), {"password": PASSWORD})
    return client


def order_of(subject, state, **parcel):
    """As the checkout leaves it: with a line, an address and a parcel."""
    order = OrderAddressFactory(order__subject=subject, order__status=state, order__email=EMAIL).order
    OrderLineFactory(order=order)
    FulfilmentFactory(order=order, **parcel)
    return order


def close(client, when="now", **answers):
    with mails_go_out():
        return client.post(path_of("accounts:close"), {"is_sure": "on", "when": when} | answers)


def ask(subject, **wishes):
    with mails_go_out():
        return deletion.ask(subject, source=Source.ACCOUNT, at_once=True, **wishes)


def later(**time):
    """The clock sets it to work again."""
    PrivacyRequest.objects.filter(status__in=PrivacyRequest.WAITING).update(start_at=timezone.now())
    with mails_go_out():
        deletion.run_due()


def state_of(request):
    return PrivacyRequest.objects.get(pk=request.pk).status


def page_of(client, request):
    """By its reference and code."""
    return client.get(path_of("privacy:request", request_links.token_of(request)))


# --- Orders -------------------------------------------------------------------------------------------------


def test_an_unpaid_order_is_called_off_and_a_late_payment_paid_back(zoe, time_machine):
    order = order_of(zoe.subject, Order.Status.PLACED)
    payment = PaymentFactory(order=order, session_id="")

    request = ask(zoe.subject)
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert state_of(request) == Status.BLOCKED_PARTIAL  # as long as the gateway's page was open
    settle(payment, PaymentState(PaymentStatus.PAID, payment.money, payment.token, "pi_late"))

    refund = Refund.objects.get()
    assert (refund.money, refund.status) == (payment.money, Refund.Status.REQUESTED)
    people = DataSubject.objects.exclude(pk__in=Farewell.objects.values("subject")).exclude(kind="staff")
    assert list(people) == [zoe.subject]
    Refund.objects.update(status=Refund.Status.SENT)
    time_machine.move_to(timezone.now() + timedelta(days=1))
    later()
    assert state_of(request) == Status.COMPLETED_WITH_RETENTION


def test_of_a_paid_order_that_is_not_sent_the_person_chooses_to_cancel(signed_in, zoe, settings):
    order = order_of(zoe.subject, Order.Status.PAID)
    payment = PaymentFactory(order=order, status=Payment.Status.CAPTURED, reference="pi_1")
    page = signed_in.get(path_of("accounts:close"))

    settings.CELERY_TASK_ALWAYS_EAGER = False  # the gateway is called later
    close(signed_in, **{f"order-{order.number}": "cancel"})

    assert f"Order {order.number} is paid and not sent yet" in page.text
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert Refund.objects.get().payment == payment


@pytest.mark.promise("A-IV.5")
def test_of_a_paid_order_that_is_not_sent_the_person_chooses_to_wait(client, signed_in, zoe, time_machine):
    order, gone = order_of(zoe.subject, Order.Status.PAID), order_of(zoe.subject, Order.Status.COMPLETED)
    page = client.get(close(signed_in)["Location"])

    request = PrivacyRequest.objects.get()
    assert (request.status, "Probably on" in page.text) == (Status.BLOCKED_PARTIAL, True)
    assert mail.outbox[-1].subject.strip() == "Most of your data is deleted"
    assert not User.objects.filter(pk=zoe.pk).exists()
    assert not Order.objects.filter(pk=gone.pk).exists()
    order = Order.objects.with_story().get(pk=order.pk)
    assert (order.email, order.address.name) == (EMAIL, "Zoë Müller")
    fulfilment.pack(order)
    fulfilment.ship(Order.objects.with_story().get(pk=order.pk))
    fulfilment.deliver(Order.objects.with_story().get(pk=order.pk))
    time_machine.move_to(timezone.now() + timedelta(days=13))
    later()
    assert state_of(request) == Status.BLOCKED_PARTIAL
    time_machine.move_to(timezone.now() + timedelta(days=2))
    later()
    assert state_of(request) == Status.COMPLETED_WITH_RETENTION
    assert mail.outbox[-1].subject.strip() == "Your data is deleted"
    assert not SubjectKey.objects.filter(subject=zoe.subject).exists()


def test_of_a_parcel_on_its_way_only_its_order_stays(zoe):
    order = order_of(
        zoe.subject, Order.Status.FULFILLED, status=Fulfilment.Status.SHIPPED, shipped_at=timezone.now()
    )
    TicketFactory(subject=zoe.subject, status=Ticket.Status.CLOSED)

    ask(zoe.subject)

    [(wait, steps)] = deletion.outcome(PrivacyRequest.objects.get()).waiting.items()
    assert wait.until == timezone.localdate() + timedelta(days=4 + 14)
    assert Order in {step.data.model for step in steps}
    assert OrderAddress.objects.filter(order=order).exists()
    assert not Ticket.objects.exists()


def test_an_open_refund_keeps_reference_and_amount_until_it_is_closed(zoe):
    payment = PaymentFactory(
        order=order_of(zoe.subject, Order.Status.CANCELLED),
        status=Payment.Status.CAPTURED,
        reference="pi_1",
        expires_at=timezone.now() - timedelta(days=1),
    )
    refund = RefundFactory(payment=payment)

    request = ask(zoe.subject)

    assert state_of(request) == Status.BLOCKED_PARTIAL
    refund.refresh_from_db()
    assert (refund.payment.reference, refund.money) == ("pi_1", payment.money)
    Refund.objects.update(status=Refund.Status.SENT)
    later()
    assert state_of(request) == Status.COMPLETED_WITH_RETENTION


def test_a_refund_the_bank_refused_does_not_wait_for_ever(zoe):
    payment = PaymentFactory(
        order=order_of(zoe.subject, Order.Status.CANCELLED),
        status=Payment.Status.CAPTURED,
        expires_at=timezone.now() - timedelta(days=1),
    )
    RefundFactory(payment=payment, status=Refund.Status.REFUSED)
    request = ask(zoe.subject)
    assert state_of(request) == Status.BLOCKED_PARTIAL

    Refund.objects.update(requested_at=timezone.now() - under_way.DISPUTES)
    later()

    assert state_of(request) == Status.COMPLETED_WITH_RETENTION


def guest_order(email=EMAIL, **address):
    address = OrderAddressFactory(
        order__email=email, order__status=Order.Status.COMPLETED, postcode="10999", **address
    )
    SubjectIdentifier.objects.prove(address.order.subject, "email", email)
    SubjectIdentifier.objects.filter(subject=address.order.subject).update(verified_at=None)
    FulfilmentFactory(order=address.order)
    return address.order


def test_guest_orders_of_the_same_address_go_along_and_are_told_once(client, signed_in, zoe):
    mine, other = guest_order(), guest_order("other@mail.example")

    page = client.get(close(signed_in)["Location"])

    assert not Order.objects.filter(pk=mine.pk).exists()
    assert Order.objects.filter(pk=other.pk).exists()
    [main] = PrivacyRequest.objects.filter(part_of=None)
    assert main.parts.get().status == Status.COMPLETED_WITH_RETENTION
    assert "UStG" in page.text
    told = [letter.subject.strip() for letter in mail.outbox]
    assert told.count("Your data is deleted") == 1


def test_where_a_guest_order_is_on_its_way_the_outcome_is_told_when_all_is_gone(signed_in, zoe):
    mine = guest_order()
    Order.objects.update(status=Order.Status.FULFILLED)
    close(signed_in)

    main = PrivacyRequest.objects.get(part_of=None)
    assert main.status == Status.BLOCKED_PARTIAL
    assert not User.objects.filter(pk=zoe.pk).exists()
    told = [letter.subject.strip() for letter in mail.outbox]
    assert told.count("Most of your data is deleted") == 1
    Order.objects.filter(pk=mine.pk).update(status=Order.Status.COMPLETED)
    later()
    assert {state_of(main), state_of(main.parts.get())} == {Status.COMPLETED_WITH_RETENTION}
    told = [letter.subject.strip() for letter in mail.outbox]
    assert told.count("Your data is deleted") == 1


def test_what_stays_as_proof_is_counted_once_however_often_it_goes_on(zoe):
    order_of(zoe.subject, Order.Status.FULFILLED)
    TicketFactory(subject=zoe.subject, status=Ticket.Status.CLOSED)
    request = ask(zoe.subject)
    Order.objects.update(status=Order.Status.COMPLETED)
    later()

    outcome = deletion.outcome(PrivacyRequest.objects.get(pk=request.pk))

    counts = {step.data.model: step.count for step in outcome.steps}
    assert counts[PrivacyRequest] == 1
    assert counts[Ticket] == 1
    assert counts[Order] == 1


def test_an_address_that_was_typed_and_never_proved_links_nothing(zoe):
    mine = guest_order()
    SubjectIdentifier.objects.filter(subject=zoe.subject).update(verified_at=None)

    ask(zoe.subject)

    assert Order.objects.filter(pk=mine.pk).exists()


def test_of_a_shared_address_orders_are_named_by_number_and_area_and_can_be_spared(client, signed_in, zoe):
    mine, sisters = guest_order(), guest_order()
    page = signed_in.get(path_of("accounts:close"))

    close(signed_in, **{f"guest-{sisters.number}": "spare"})

    assert f"Order {sisters.number} (to 10…)" in page.text
    assert "10999" not in page.text
    assert not Order.objects.filter(pk=mine.pk).exists()
    assert Order.objects.filter(pk=sisters.pk).exists()


def test_what_goes_along_is_taken_back_with_the_request(client, signed_in, zoe):
    mine = guest_order()
    status_page = close(signed_in, "later")["Location"]

    client.post(status_page)

    assert {request.status for request in PrivacyRequest.objects.all()} == {Status.WITHDRAWN}
    assert Order.objects.filter(pk=mine.pk).exists()


def test_each_order_has_its_own_law_and_day(client, signed_in, zoe):
    here = order_of(zoe.subject, Order.Status.COMPLETED)
    elsewhere = order_of(zoe.subject, Order.Status.COMPLETED)
    elsewhere.lines.update(tax_reason="distance_sale")
    OrderAddress.objects.filter(order=elsewhere).update(country="FR")

    page = signed_in.get(path_of("accounts:close"))

    stay = [step for step in erasure.plan(zoe.subject).staying if step.data.model is Order]
    assert {step.until.year for step in stay} == {here.placed_at.year + 8, here.placed_at.year + 10}
    assert all(f"until 31 December {step.until.year}" in page.text for step in stay)


def test_a_law_that_changes_counts_from_the_next_night(zoe, monkeypatch):
    order_of(zoe.subject, Order.Status.COMPLETED)
    ask(zoe.subject)
    record = TaxRecord.objects.get()
    before = retention.retain_until(record)
    shorter = {code: replace(law, years=law.years - 3) for code, law in tax_laws.tax_laws().items()}

    monkeypatch.setattr(tax_laws, "tax_laws", lambda: shorter)

    after = retention.retain_until(record)
    assert after.year == before.year - 3
    assert list(tax_archive.over(after + timedelta(days=1))) == [record]


def test_who_received_a_parcel_for_somebody_else_is_forgotten(staff, client):
    order = order_of(OrderAddressFactory().order.subject, Order.Status.COMPLETED, delivered_at=timezone.now())
    staff("fulfilment")
    deed = {"action": "forget_recipient", "_selected_action": [order.pk]}

    client.post(reverse("admin:orders_order_changelist"), deed)
    kept = OrderAddress.objects.select_related("subject__key").get(order=order).name
    Fulfilment.objects.filter(order=order).update(delivered_at=timezone.now() - timedelta(days=15))
    client.post(reverse("admin:orders_order_changelist"), deed)

    address = OrderAddress.objects.select_related("subject__key").get(order=order)
    assert kept == "Zoë Müller"
    assert (address.name, address.street, address.postcode, address.country) == ("", "", "", "DE")
    assert Order.objects.with_keys().get(pk=order.pk).email == EMAIL


# --- Questions ----------------------------------------------------------------------------------------------


def test_an_open_question_is_answered_first_if_the_person_wants(signed_in, zoe):
    ticket = TicketFactory(subject=zoe.subject)
    AttachmentFactory(message=MessageFactory(ticket=ticket))
    page = signed_in.get(path_of("accounts:close"))

    close(signed_in)

    assert "We have not answered your question" in page.text
    request = PrivacyRequest.objects.get()
    assert request.status == Status.BLOCKED_PARTIAL
    assert Attachment.objects.exists()
    Ticket.objects.update(status=Ticket.Status.SOLVED)
    later()
    assert state_of(request) == Status.COMPLETED
    assert not Ticket.objects.exists()


def test_an_open_question_is_closed_if_the_person_wants(signed_in, zoe):
    ticket = TicketFactory(subject=zoe.subject)

    close(signed_in, **{f"ticket-{ticket.reference}": "close"})

    assert PrivacyRequest.objects.get().status == Status.COMPLETED
    assert not Ticket.objects.exists()


def test_a_question_about_the_data_itself_stays_as_the_case_without_a_name(signed_in, zoe):
    TicketFactory(subject=zoe.subject, category=Ticket.Category.PRIVACY)

    close(signed_in)

    request = PrivacyRequest.objects.get()
    assert request.status == Status.COMPLETED
    assert request.subject.status == DataSubject.Status.ERASED
    assert not Ticket.objects.exists()


def test_the_colleague_who_answered_is_a_role_to_the_customer(client, staff):
    agent = staff("support")
    ticket = TicketFactory(status=Ticket.Status.CLOSED)
    MessageFactory(ticket=ticket, author=Message.Author.AGENT, agent=agent)

    file = io.BytesIO()
    copy = copies.export.write(ticket.subject, file)

    assert agent.name not in str([dataset.rows for dataset in copy.datasets])


def test_somebody_elses_words_are_read_by_a_colleague(client, staff, zoe):
    User.objects.filter(pk=zoe.pk).update(name="")
    others = MessageFactory(body=f"Please write to {EMAIL} instead of me")
    MessageFactory(body="Nothing about anybody")

    request = ask(zoe.subject)
    page = page_of(client, request)

    assert state_of(request) == Status.COMPLETED
    assert "One text that somebody else wrote may speak of you" in page.text
    mention = Mention.objects.get()
    assert (mention.object_id, mention.column) == (str(others.pk), "body")
    staff("privacy")
    client.post(
        reverse("admin:privacy_mention_changelist"),
        {"action": "redact", "_selected_action": [mention.pk]},
    )
    assert Message.objects.select_related("subject__key").get(pk=others.pk).body == ""
    assert "may speak of you" not in page_of(client, request).text


def test_the_words_of_a_namesake_stay(staff, client, zoe):
    message = MessageFactory(body=f"Mail {EMAIL}")
    request = ask(zoe.subject)

    mentions.dismiss(request.mentions.get(), actor=staff("privacy"))

    assert Message.objects.select_related("subject__key").get(pk=message.pk).body == f"Mail {EMAIL}"
    assert not request.mentions.open().exists()


# --- Holds, children, colleagues, heirs ---------------------------------------------------------------------


def test_a_legal_hold_keeps_the_held_rows_alone_and_its_release_goes_on(client, staff, zoe):
    ticket = TicketFactory(subject=zoe.subject, status=Ticket.Status.CLOSED)
    MessageFactory(ticket=ticket)
    TicketFactory(subject=zoe.subject, status=Ticket.Status.CLOSED)
    hold = LegalHold.objects.create(
        subject=zoe.subject,
        content_type=ContentType.objects.get_for_model(Ticket),
        object_id=str(ticket.pk),
        authority="Amtsgericht",
        case="1",
        review_on=timezone.localdate() + timedelta(days=90),
    )
    request = ask(zoe.subject)
    page = page_of(client, request)

    assert "A court or an authority" in page.text
    assert list(Ticket.objects.all()) == [ticket]
    assert not User.objects.filter(pk=zoe.pk).exists()
    staff("privacy")
    client.post(
        reverse("admin:privacy_legalhold_change", args=[hold.pk]),
        {
            "review_on": hold.review_on,
            "may_be_told": "on",
            "released_at_0": timezone.localdate(),
            "released_at_1": "00:00",
        },
    )
    with mails_go_out():
        deletion.run_due()
    assert state_of(request) == Status.COMPLETED
    assert not Ticket.objects.exists()


def test_a_hold_nobody_may_be_told_of_is_not_told(client, zoe):
    LegalHold.objects.create(
        subject=zoe.subject,
        authority="Amtsgericht",
        case="1",
        review_on=timezone.localdate() + timedelta(days=90),
        may_be_told=False,
    )

    page = page_of(client, ask(zoe.subject))

    assert "court" not in page.text
    assert "We have to look at something first" in page.text


def test_of_a_child_everything_goes_at_once(zoe):
    request = ask(zoe.subject)

    assert state_of(request) == Status.COMPLETED


def test_a_colleague_gives_up_the_job_first_by_the_guests_door_too(client, zoe):
    User.objects.filter(pk=zoe.pk).update(is_staff=True)
    order = order_of(zoe.subject, Order.Status.COMPLETED)
    with mails_go_out():
        client.post(path_of("privacy:rights_ask"), {"kind": "erasure", "email": EMAIL})
    typed = {"kind": "erasure", "email": EMAIL, "code": code_in(mail.outbox[-1]), "fact": order.number}
    key = client.post(path_of("privacy:rights_prove"), typed)["Location"]

    page = client.post(key, {"when": "now", "is_sure": "on"})

    assert "You work here" in page.text
    assert PrivacyRequest.objects.get().status == Status.VERIFIED
    assert User.objects.filter(pk=zoe.pk).exists()


def test_an_heir_is_looked_at_by_a_colleague(zoe, staff):
    request = requests.receive(zoe.subject, Kind.ERASURE, source=Source.STAFF)

    deciding.verify(request, actor=staff("privacy"))

    assert state_of(request) == Status.SCHEDULED
    later()
    assert state_of(request) == Status.COMPLETED


# --- Several requests at once -------------------------------------------------------------------------------


def test_who_registers_again_is_a_stranger(client, signed_in, zoe):
    consent.give(zoe.subject, Purpose.MARKETING, wording="News", source=ConsentRecord.Source.ACCOUNT)
    order_of(zoe.subject, Order.Status.COMPLETED)
    close(signed_in)

    register(client, EMAIL)

    again = User.objects.get(email=EMAIL)
    assert again.subject != zoe.subject
    assert again.subject.key.created_at > zoe.date_joined
    assert not consent.has_given(again.subject, Purpose.MARKETING, "email")
    assert not Order.objects.filter(subject=again.subject).exists()


def test_a_copy_that_is_being_made_is_finished_first(zoe):
    with mails_go_out():
        copy = copies.ask(zoe.subject, source=Source.ACCOUNT)
        PrivacyRequest.objects.filter(pk=copy.pk).update(status=Status.RUNNING, start_at=timezone.now())
    request = ask(zoe.subject)

    assert state_of(request) == Status.SCHEDULED
    PrivacyRequest.objects.filter(pk=copy.pk).update(start_at=timezone.now() - PrivacyRequest.LEASE)
    copies.make_due()
    file = DataCopy.objects.get().file
    later()
    assert state_of(request) == Status.COMPLETED
    assert not DataCopy.objects.exists()
    assert not DoomedFile.objects.exists()
    assert not file.storage.exists(file.name)


def test_a_copy_that_takes_too_long_is_called_off(zoe):
    copy = copies.ask(zoe.subject, source=Source.ACCOUNT)
    PrivacyRequest.objects.filter(pk=copy.pk).update(status=Status.RUNNING, start_at=timezone.now())
    request = ask(zoe.subject)
    PrivacyRequest.objects.filter(pk=request.pk).update(start_at=timezone.now() - deletion.PATIENCE)

    deletion.run_due()

    assert state_of(request) == Status.COMPLETED
    copy.refresh_from_db()
    assert (copy.status, copy.duplicate_of) == (Status.DUPLICATE, request)
    assert not DataCopy.objects.exists()


def test_no_copy_is_begun_while_a_deletion_is_at_work(zoe):
    request = deletion.ask(zoe.subject, source=Source.ACCOUNT)
    PrivacyRequest.objects.filter(pk=request.pk).update(status=Status.RUNNING, start_at=timezone.now())

    copies.make(copies.ask(zoe.subject, source=Source.ACCOUNT).pk)

    assert not DataCopy.objects.exists()


def test_a_copy_is_offered_and_made_in_the_week_of_thinking_it_over(client, signed_in, zoe):
    order = order_of(zoe.subject, Order.Status.COMPLETED)
    page = client.get(close(signed_in, "later")["Location"])
    assert f'href="{path_of("privacy:rights")}">See my data' in page.text

    with mails_go_out():
        client.post(path_of("privacy:rights_ask"), {"kind": "access", "email": EMAIL})
    typed = {"kind": "access", "email": EMAIL, "code": code_in(mail.outbox[-1]), "fact": order.number}
    key = client.post(path_of("privacy:rights_prove"), typed)["Location"]
    with mails_go_out():
        client.post(key)

    assert DataCopy.objects.get().subject == zoe.subject


def test_a_correction_that_waits_is_answered_by_the_deletion(client, zoe):
    correction = requests.receive(zoe.subject, Kind.RECTIFICATION, source=Source.ACCOUNT)
    complaint = requests.receive(zoe.subject, Kind.COMPLAINT, source=Source.ACCOUNT)

    request = ask(zoe.subject)

    correction.refresh_from_db()
    assert (correction.status, correction.duplicate_of) == (Status.DUPLICATE, request)
    assert "That answers this request too" in page_of(client, correction).text
    assert state_of(complaint) == Status.RECEIVED


def test_a_second_request_points_to_the_first(zoe):
    first = deletion.ask(zoe.subject, source=Source.ACCOUNT)

    second = requests.receive(zoe.subject, Kind.ERASURE, source=Source.STAFF)

    assert (second.status, second.duplicate_of) == (Status.DUPLICATE, first)
    assert deletion.ask(zoe.subject, source=Source.HUB) == first


def test_asked_again_while_a_parcel_is_on_its_way_nothing_begins_anew(zoe):
    order_of(zoe.subject, Order.Status.FULFILLED)
    first = PrivacyRequest.objects.get(pk=ask(zoe.subject).pk)

    again = deletion.ask(zoe.subject, source=Source.HUB, at_once=True)

    assert (again, again.status) == (first, Status.BLOCKED_PARTIAL)
    assert again.start_at == first.start_at


# --- The machinery ------------------------------------------------------------------------------------------


def test_a_purge_in_the_middle_takes_nothing_away_from_an_erasure(zoe, monkeypatch):
    long_ago = timezone.now() - timedelta(days=2000)
    TicketFactory(
        subject=zoe.subject, status=Ticket.Status.CLOSED, closed_at=long_ago, last_message_at=long_ago
    )
    real = erasure._erase_rows

    def with_a_purge_between(data, rows):
        retention.purge(as_of=timezone.localdate(), allow_volume=True)
        real(data, rows)

    monkeypatch.setattr(erasure, "_erase_rows", with_a_purge_between)
    request = ask(zoe.subject)

    assert state_of(request) == Status.COMPLETED


def test_a_worker_that_dies_is_seen_as_being_at_work_and_followed_by_another(client, zoe, monkeypatch):
    request = deletion.ask(zoe.subject, source=Source.ACCOUNT, at_once=True)

    def killed(data, rows):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(erasure, "_erase_rows", killed)
        with pytest.raises(KeyboardInterrupt):
            deletion.run(request.pk)
    page = page_of(client, request)
    PrivacyRequest.objects.update(start_at=timezone.now() - PrivacyRequest.LEASE)
    deletion.run_due()

    assert "Under way" in page.text
    assert state_of(request) == Status.COMPLETED


def test_while_a_file_cannot_be_removed_the_request_is_being_checked(zoe, monkeypatch, caplog):
    ticket = TicketFactory(subject=zoe.subject, status=Ticket.Status.CLOSED)
    attachment = AttachmentFactory(message=MessageFactory(ticket=ticket))

    def fails(storage, name):
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "delete", fails)
        request = ask(zoe.subject)
    assert state_of(request) == Status.VERIFYING
    assert [record.levelno for record in caplog.records if record.name == "privacy.file_removal"]
    PrivacyRequest.objects.update(start_at=timezone.now() - PrivacyRequest.LEASE)
    deletion.run_due()

    assert state_of(request) == Status.COMPLETED
    assert not attachment.file.storage.exists(attachment.file.name)


def test_two_people_erased_collide_nowhere(zoe):
    bob = new_person("bob@mail.example")

    states = [state_of(ask(person.subject)) for person in (zoe, bob)]

    assert states == [Status.COMPLETED] * 2


def test_a_photo_keeps_nothing_of_where_it_was_taken():
    exif = Image.Exif()
    exif[0x010E] = "Taken at Hauptstrasse 5"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    taken = io.BytesIO()
    Image.new("RGB", (80, 60)).save(taken, "JPEG", exif=exif)

    stored = attachments.clean(ContentFile(taken.getvalue())).content

    assert b"Hauptstrasse" in taken.getvalue()
    assert b"Hauptstrasse" not in stored
    assert not Image.open(io.BytesIO(stored)).getexif()


def test_no_log_and_no_queue_holds_the_address(zoe, caplog):
    caplog.set_level(logging.DEBUG)

    ask(zoe.subject)

    written = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert EMAIL not in " ".join(written)
    assert proof.scan([proof.Needle("accounts.User.email", EMAIL)]) == []


@pytest.mark.promise("B-6.4")
def test_the_last_day_of_the_backups_is_told(client, zoe, time_machine):
    time_machine.move_to("2026-12-01T10:00:00Z")

    request = ask(zoe.subject)

    assert "5 January 2027" in page_of(client, request).text
    assert "5 January 2027" in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("started", "over"),
    [
        (date(2026, 1, 29), date(2026, 3, 1)),
        (date(2026, 1, 30), date(2026, 3, 1)),
        (date(2026, 1, 31), date(2026, 3, 1)),
        (date(2028, 1, 31), date(2028, 3, 1)),
    ],
)
def test_a_month_after_the_last_days_of_january_ends_with_february(started, over):
    month = retention.After("at", months=1, why="")

    assert retention.last_start(over, month) >= started
    assert retention.last_start(over - timedelta(days=1), month) < started


def test_the_proof_of_a_consent_stays_and_leads_to_nobody(zoe):
    given = consent.give(
        zoe.subject, Purpose.MARKETING, wording="News by e-mail", source=ConsentRecord.Source.ACCOUNT
    )

    ask(zoe.subject)

    given = ConsentRecord.objects.get(pk=given.pk)
    assert given.wording == "News by e-mail"
    assert not SubjectKey.objects.filter(subject=given.subject_id).exists()
    assert not SubjectIdentifier.objects.filter(subject=given.subject_id).exists()


def test_an_outcome_whose_mail_bounces_is_on_its_page(client, zoe, time_machine):
    suppressions.bounced(EMAIL)
    request = ask(zoe.subject)
    time_machine.move_to(timezone.now() + timedelta(days=30))
    with mails_go_out():
        deletion.run_due()

    page = page_of(client, request)

    assert "Your data is deleted" not in {letter.subject.strip() for letter in mail.outbox}
    assert "What is gone" in page.text
    assert not Farewell.objects.exists()
