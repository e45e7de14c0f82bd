"""Partners that received data of an erased person are told to delete it, reminded, and their answers told."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from orders.models import Order
from privacy import deletion, export, partner_notices, processors, request_links, tasks
from privacy.models import AuditEvent, ErasureNotice, PrivacyRequest, Processor
from privacy.purposes import Purpose
from tests.accounts.people import mails_go_out
from tests.factories import FulfilmentFactory, OrderAddressFactory, ProcessorFactory

pytestmark = pytest.mark.django_db
Status = ErasureNotice.Status


@pytest.fixture(autouse=True)
def shop(settings, tmp_path):
    settings.RIGHTS_JOURNAL = tmp_path / "journal" / "rights.jsonl"
    settings.VAR_DIR = tmp_path / "var"
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    ProcessorFactory(code="carrier", privacy_email="privacy@carrier.example")


@pytest.fixture
def order():
    """Sent by the carrier, a year ago."""
    order = OrderAddressFactory(order__status=Order.Status.COMPLETED, order__email="zoe@mail.example").order
    long_ago = timezone.now() - timedelta(days=365)
    FulfilmentFactory(order=order, shipped_at=long_ago, delivered_at=long_ago)
    fields = {"name": "Zoë Müller", "street": "Hauptstraße 5"}
    processors.disclose(
        "carrier", order.subject, purpose=Purpose.FULFILMENT, reference=order.number, fields=fields
    )
    return order


@pytest.fixture
def request_(order):
    with mails_go_out():
        deletion.ask(order.subject, source=PrivacyRequest.Source.HUB, at_once=True)
    return PrivacyRequest.objects.get(subject=order.subject)


def the_clock_strikes(days=0):
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=True), mails_go_out():
        tasks.run_requests()


def the_notice():
    return ErasureNotice.objects.get(processor__code="carrier")


def letters_to_partner():
    return [letter for letter in mail.outbox if letter.to == ["privacy@carrier.example"]]


@pytest.mark.promise("A-IV.5")
def test_a_partner_is_told_the_numbers_it_knows_and_nothing_else(order, request_):
    the_clock_strikes()
    the_clock_strikes()

    [letter] = letters_to_partner()
    said = letter.subject + letter.body + str(letter.alternatives)
    assert order.number in letter.body
    assert not any(word in said for word in ("Zoë", "Müller", "Hauptstraße", "zoe@mail.example"))
    notice = the_notice()
    assert (notice.status, notice.request) == (Status.SENT, request_)
    assert AuditEvent.objects.filter(action="partner.told").count() == 1


def test_a_partner_that_received_nothing_is_told_nothing(request_):
    ProcessorFactory(code="payment", kind="payment", purpose="payment", privacy_email="privacy@bank.example")

    the_clock_strikes()

    told = {notice.processor.code for notice in ErasureNotice.objects.all()}
    assert told == {"carrier", "mail"}


def test_whoever_does_not_answer_is_reminded_three_times_and_then_told_of_as_silent(request_):
    told = {}

    for day in (0, 6, 7, 8, 14, 15, 30, 31, 43, 44, 60):
        the_clock_strikes(days=day)
        told[day] = len(letters_to_partner())

    assert told == {0: 1, 6: 1, 7: 2, 8: 2, 14: 3, 15: 3, 30: 4, 31: 4, 43: 4, 44: 4, 60: 4}
    assert the_notice().status == Status.SILENT
    assert letters_to_partner()[1].subject.startswith("Reminder")


def test_a_partner_without_an_address_waits_for_staff(order):
    Processor.objects.filter(code="carrier").update(privacy_email="")
    with mails_go_out():
        deletion.ask(order.subject, source=PrivacyRequest.Source.HUB, at_once=True)

    the_clock_strikes(days=60)

    assert the_notice().status == Status.OPEN


def test_the_person_reads_what_the_partner_answered(client, request_, path_of, staff):
    the_clock_strikes()
    notice = the_notice()
    staff("privacy")

    typed = {"answer": "kept", "why": "law", "until": "2036-12-31"}
    saved = client.post(reverse("admin:privacy_erasurenotice_change", args=[notice.pk]), typed)

    page = client.get(path_of("privacy:request", request_links.token_of(request_)))
    assert saved.status_code == 302
    assert "Carrier: Keeps it, and says why" in page.text
    assert "A law obliges the partner to keep it." in page.text
    assert "Dec. 31, 2036" in page.text or "31 December 2036" in page.text
    the_clock_strikes(days=60)
    assert len(letters_to_partner()) == 1


def test_a_reason_is_chosen_and_an_answer_given_once(client, request_, staff, django_user_model):
    notice = the_notice()
    desk = staff("privacy")
    page = reverse("admin:privacy_erasurenotice_change", args=[notice.pk])

    client.post(page, {"answer": "kept", "why": ""})
    assert the_notice().status == Status.OPEN
    client.post(page, {"answer": "done"})

    assert the_notice().status == Status.DONE
    with pytest.raises(partner_notices.AlreadySettled):
        partner_notices.answered_kept(notice, reason=ErasureNotice.Reason.LAW, until=None, actor=desk)


def test_the_outcome_mail_names_the_partners(request_):
    [letter] = [
        letter for letter in mail.outbox if letter.to == ["zoe@mail.example"] and "deleted" in letter.subject
    ]

    assert "- Carrier" in letter.body


def test_a_copy_of_the_data_says_which_partners_were_told(anna):
    ErasureNotice.objects.create(
        processor=Processor.objects.get(code="carrier"),
        subject=anna,
        references=["K7-1"],
        sent_at=timezone.now(),
    )

    [told] = [found for found in export.read(anna).datasets if found.name == "privacy.erasurenotice"]

    assert told.rows[0]["references"] == ["K7-1"]
    assert told.rows[0]["sent_at"] <= timezone.now()
