"""Guardians: found, proved, asked, reminded, and forgotten; without an account, cookies or scripts."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from orders.models import Order, Refund
from privacy import deciding, gate, guardians, minor_links, minors, request_links, requests
from privacy.models import DataSubject, Guardian, MinorCase, PrivacyRequest, Restriction, SubjectKey
from privacy.purposes import Purpose
from privacy.telling import Contact
from tests.accounts.people import code_in, link_in, mails_go_out, path_of
from tests.factories import (
    FulfilmentFactory,
    MessageFactory,
    OrderAddressFactory,
    OrderFactory,
    PaymentFactory,
    TicketFactory,
)
from tests.privacy.test_minors import contact, decide, known_person, only_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rights_shop")]
Bracket, Signal, Status = MinorCase.Bracket, MinorCase.Signal, MinorCase.Status
CHILD, PARENT = "kim@mail.example", "petra@mail.example"
WHERE = Contact(PARENT, "en", "DE")


@pytest.fixture
def kim():
    return known_person(CHILD, name="Kim Small")


@pytest.fixture
def confirmed(kim):
    case = minors.protect(kim.subject, signal=Signal.BIRTH_DATE, bracket=Bracket.CHILD)
    minors.confirm(case, actor=kim.subject)
    mail.outbox.clear()
    return case


@pytest.fixture
def proved(confirmed):
    guardians.name(confirmed, name="Petra Small", contact=WHERE, actor=None)
    guardian = Guardian.objects.select_related("case", "subject__key").get()
    guardians.accept(guardian, actor=None)
    return guardian


def ask(client, child=CHILD):
    typed = {"child": child, "name": "Petra Small", "email": PARENT}
    with mails_go_out():
        return client.post(path_of("privacy:guardian"), typed)


def prove(client, *, child=CHILD, code=None, **more):
    typed = {"child": child, "name": "Petra Small", "email": PARENT, "states": "on"} | more
    with mails_go_out():
        return client.post(
            path_of("privacy:guardian_prove"), typed | {"code": code or code_in(mail.outbox[-1])}
        )


def wish(client, page, wish):
    with mails_go_out():
        return client.post(page, {"wish": wish}, follow=True)


def look_after():
    with mails_go_out():
        guardians.look_after()


def subjects_of_mails_to(address):
    return [letter.subject.strip() for letter in mail.outbox if letter.to == [address]]


# --- Proof --------------------------------------------------------------------------------------------------


@pytest.mark.promise("A-VI.3", "A-VI.6", "B-7.4")
def test_a_guardian_without_an_account_proves_it_and_has_everything_deleted(client, kim):
    ask(client)
    page = prove(client)["Location"]
    client.get(page)
    case = only_case()
    assert (case.status, case.signal) == (Status.GUARDIAN_PENDING, Signal.GUARDIAN)
    assert case.subject.status == DataSubject.Status.RESTRICTED

    wish(client, page, "erase")
    look_after()

    case.refresh_from_db()
    assert (case.status, bool(case.closed_at)) == (Status.ERASED, True)
    assert not User.objects.exists()
    assert not SubjectKey.objects.filter(subject=kim.subject).exists()
    assert case.request.status == PrivacyRequest.Status.COMPLETED
    assert "Your child's data is deleted" in subjects_of_mails_to(PARENT)
    assert not client.cookies


@pytest.mark.promise("B-7.5")
def test_a_guardians_request_is_due_in_three_days_and_stands_first(client, staff, kim):
    other = requests.receive(kim.subject, PrivacyRequest.Kind.ACCESS, source=PrivacyRequest.Source.CONTACT)
    PrivacyRequest.objects.filter(pk=other.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    ask(client)
    prove(client)
    staff("privacy")

    page = client.get(reverse("admin:privacy_privacyrequest_changelist"))

    asked = PrivacyRequest.objects.get(kind=PrivacyRequest.Kind.GUARDIAN)
    assert asked.due_on == timezone.localdate() + timedelta(days=3)
    assert page.text.index(asked.reference) < page.text.index(other.reference)


@pytest.mark.promise("B-7.4")
def test_the_pages_about_rights_lead_guardians_to_their_own(client):
    chosen = client.post(path_of("privacy:rights_ask"), {"kind": "guardian", "email": PARENT}, follow=True)

    assert "For parents and guardians" in chosen.text
    for name in ("privacy:rights", "privacy:children"):
        assert path_of("privacy:guardian") in client.get(path_of(name)).text
    form = client.get(path_of("support:contact"), {"category": "guardian"}).context["form"]
    assert form.initial["category"] == "guardian"
    assert not mail.outbox


def test_an_order_number_names_the_child_as_well(client):
    order = OrderAddressFactory(order__email=CHILD, order__status=Order.Status.COMPLETED).order

    ask(client, order.number.lower())
    prove(client, child=order.number)

    assert only_case().subject == order.subject


def test_a_known_and_an_unknown_child_get_the_same_answer(client, kim):
    known = ask(client)
    unknown = ask(client, "nobody@mail.example")

    assert known.text == unknown.text.replace("nobody@mail.example", CHILD)
    assert [letter.to for letter in mail.outbox] == [[CHILD]]
    assert not MinorCase.objects.exists()


@pytest.mark.promise("A-VI.3")
@pytest.mark.parametrize("wrong", [{"code": "000000"}, {"states": ""}])
def test_without_the_code_or_the_statement_nothing_happens(client, kim, wrong):
    ask(client)

    page = prove(client, **wrong)

    assert page.status_code == 200
    assert not MinorCase.objects.exists()
    kim.subject.refresh_from_db()
    assert kim.subject.status == DataSubject.Status.ACTIVE


def test_a_code_is_not_guessed(client, kim):
    ask(client)

    tries = [prove(client, code="000000").status_code for _try in range(5)]

    assert tries == [200] * 5
    assert prove(client).status_code == 429


def test_a_code_is_not_guessed_by_writing_the_same_number_in_other_ways(client):
    """A number stands on every parcel; with dashes and blanks it is still the same child."""
    order = OrderAddressFactory(order__email=CHILD, order__status=Order.Status.COMPLETED).order
    ask(client, order.number)
    spellings = [order.number, order.number.lower(), *(order.number + "-" * n for n in range(1, 4))]

    tries = [prove(client, child=spelling, code="000000").status_code for spelling in spellings]

    assert tries == [200] * 5
    assert prove(client, child=f"-{order.number}").status_code == 429
    assert not MinorCase.objects.exists()


def test_codes_do_not_flood_a_mailbox_however_the_number_is_written(client):
    order = OrderAddressFactory(order__email=CHILD, order__status=Order.Status.COMPLETED).order

    for dashes in range(7):
        ask(client, order.number + "-" * dashes)

    assert len(mail.outbox) == 5


def test_a_mailbox_alone_proves_too_little_where_an_account_has_a_second_step(client, kim):
    Authenticator.objects.create(user=kim, type=Authenticator.Type.TOTP, data={})
    ask(client)

    page = prove(client)

    assert "a colleague looks first" in page.text
    assert not MinorCase.objects.exists()
    assert gate.permits(kim.subject, Purpose.FULFILMENT)


def test_the_page_of_who_has_proved_it_is_not_handed_to_the_next(client, proved, kim):
    """The child reads the mail with the code too: it must not decide in its guardian's place."""
    ask(client)

    page = prove(client, email="somebody@mail.example")

    assert page.status_code == 200
    assert "Somebody has shown this already" in page.text


def test_the_childs_mail_warns_a_grown_up(client, kim):
    ask(client)

    assert "You are grown up" in mail.outbox[-1].body
    assert "Petra" not in mail.outbox[-1].body


# --- Asked by us --------------------------------------------------------------------------------------------


def test_a_link_leads_to_nobody_else_where_a_restore_gave_its_number_anew(client, proved):
    page = path_of("privacy:guardian_page", minor_links.guardian_token(proved))
    age = path_of("privacy:age", minor_links.age_token(proved.case))
    other = known_person("lea@mail.example")
    Guardian.objects.update(subject=other.subject)
    MinorCase.objects.update(subject=other.subject)

    answers = [client.get(page).status_code, client.get(age).status_code]

    assert answers == [404, 404]


@pytest.mark.promise("A-VI.5")
def test_the_child_names_a_guardian_who_is_written_to_at_once_and_learns_little(client, confirmed, kim):
    token = minor_links.age_token(confirmed)

    with mails_go_out():
        page = client.post(
            path_of("privacy:age_guardian", token), {"name": "Petra Small", "email": PARENT}, follow=True
        )

    letter = mail.outbox[-1]
    confirmed.refresh_from_db()
    assert "We have written to them" in page.text
    assert confirmed.status == Status.GUARDIAN_PENDING
    assert letter.to == [PARENT]
    assert "may be of a child in your care" in letter.body
    for secret in ("Kim", CHILD, minor_links.guardian_token(Guardian.objects.get())):
        assert secret not in letter.body
    assert not minor_links.guardian_of(minor_links.guardian_token(Guardian.objects.get()))


def test_named_anew_the_first_is_forgotten(confirmed):
    guardians.name(confirmed, name="Typo", contact=Contact("typo@mail.example", "en", "DE"), actor=None)
    first = Guardian.objects.get().subject

    guardians.name(confirmed, name="Petra", contact=WHERE, actor=None)

    assert Guardian.objects.select_related("subject__key").get().email == PARENT
    assert not SubjectKey.objects.filter(subject=first).exists()


def test_nobody_is_named_in_place_of_who_has_proved_it(client, proved):
    page = client.post(
        path_of("privacy:age_guardian", minor_links.age_token(proved.case)),
        {"name": "Friend", "email": "friend@mail.example"},
    )

    assert page.status_code == 404
    assert Guardian.objects.get() == proved


@pytest.mark.promise("A-VI.5", "A-VI.6")
@pytest.mark.parametrize("is_named", [True, False])
def test_without_an_answer_there_are_two_reminders_and_then_everything_goes(
    confirmed, kim, is_named, time_machine
):
    if is_named:
        guardians.name(confirmed, name="Petra Small", contact=WHERE, actor=None)
    whom, words = (PARENT, "We still wait for your answer") if is_named else (CHILD, "Whom may we write to?")
    began = timezone.now()
    sent = []

    for day in (2, 3, 4, 13, 14, 15, 29):
        time_machine.move_to(began + timedelta(days=day, minutes=1))
        look_after()
        sent.append(subjects_of_mails_to(whom).count(words))
    assert sent == [0, 1, 1, 1, 2, 2, 2]
    assert User.objects.exists()
    time_machine.move_to(began + timedelta(days=30, minutes=1))
    look_after()
    look_after()

    confirmed.refresh_from_db()
    assert confirmed.status == Status.ERASED
    assert not User.objects.exists()


# --- The wish -----------------------------------------------------------------------------------------------


def page_of(guardian):
    return path_of("privacy:guardian_page", minor_links.guardian_token(guardian))


@pytest.mark.promise("A-VI.6")
def test_that_a_child_goes_on_is_for_a_colleague_to_agree_to(client, staff, proved, kim):
    page = wish(client, page_of(proved), "keep")
    proved.case.refresh_from_db()
    assert proved.case.status == Status.GUARDIAN_PENDING
    assert "A colleague looks" in page.text

    staff("guardians")
    decide(client, proved.case, "agree")

    kim.subject.refresh_from_db()
    proved.case.refresh_from_db()
    assert proved.case.status == Status.GUARDIAN_CONSENTED
    assert gate.permits(kim.subject, Purpose.FULFILMENT)
    assert not gate.permits(kim.subject, Purpose.MARKETING, "email")
    assert "You may go on" in subjects_of_mails_to(CHILD)


def test_who_wishes_that_it_goes_on_is_not_overtaken_by_the_clock(client, proved, time_machine):
    wish(client, page_of(proved), "keep")

    time_machine.move_to(timezone.now() + timedelta(days=31))
    look_after()

    assert User.objects.exists()


@pytest.mark.parametrize(("bracket", "reads_words"), [(Bracket.CHILD, True), (Bracket.YOUTH, False)])
def test_a_guardian_sees_what_is_kept_but_reads_only_what_a_small_child_wrote(
    client, proved, kim, bracket, reads_words
):
    ticket = TicketFactory(subject=kim.subject, email=CHILD)
    MessageFactory(ticket=ticket, body="my secret crush")
    MinorCase.objects.update(bracket=bracket)

    page = wish(client, page_of(proved), "copy")

    assert "Kim Small" in page.text
    assert ("my secret crush" in page.text) == reads_words
    assert kim.password not in page.text
    assert User.objects.exists()


@pytest.mark.promise("A-VI.4")
def test_what_was_paid_and_not_sent_is_called_off_and_paid_back(client, proved, kim):
    order = OrderFactory(subject=kim.subject, status=Order.Status.PAID)
    FulfilmentFactory(order=order)
    OrderAddressFactory(order=order)
    payment = PaymentFactory(order=order, status="captured")

    client.post(page_of(proved), {"wish": "erase"})  # what follows by itself waits for the gateway

    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert Refund.objects.get(payment=payment).amount == payment.amount
    assert PrivacyRequest.objects.get(kind=PrivacyRequest.Kind.ERASURE).status == "scheduled"


def test_a_child_does_not_take_back_what_its_guardian_wished(client, proved, kim):
    """A deletion waits a while for a copy that is being made."""
    guardians.choose(proved, wish=Guardian.Wish.ERASE)
    deletion = PrivacyRequest.objects.get(subject=kim.subject, kind=PrivacyRequest.Kind.ERASURE)

    page = client.post(path_of("privacy:request", request_links.token_of(deletion)))

    deletion.refresh_from_db()
    assert deletion.status == PrivacyRequest.Status.SCHEDULED
    assert "Take the request back" not in page.text


def test_who_works_here_hands_the_work_over_first(client, proved, kim):
    User.objects.filter(pk=kim.pk).update(is_staff=True)

    page = wish(client, page_of(proved), "erase")

    assert page.context["form"].non_field_errors()
    proved.refresh_from_db()
    assert proved.wish == ""


@pytest.mark.promise("B-7.3")
def test_the_guardian_is_forgotten_with_the_case(proved, time_machine):
    minors.clear(proved.case, grounds=minors.Grounds.MISTAKE, actor=None)

    look_after()
    assert Guardian.objects.exists()
    time_machine.move_to(timezone.now() + timedelta(days=3, minutes=1))
    look_after()

    assert not Guardian.objects.exists()
    assert not SubjectKey.objects.filter(subject=proved.subject).exists()


# --- Contact us ---------------------------------------------------------------------------------------------


@pytest.mark.promise("B-7.4")
def test_whoever_writes_to_us_for_a_child_gets_a_request_and_the_desk_looks(client, kim):
    words = f"My daughter has an account, {CHILD}. Please delete it. You reach me at {PARENT}."

    contact(client, words, category="guardian", email=PARENT)

    case = only_case()
    kim.subject.refresh_from_db()
    assert (case.subject, case.status, case.signal) == (kim.subject, Status.SUSPECTED, Signal.REPORT)
    assert case.request.due_on == timezone.localdate() + timedelta(days=3)
    assert kim.subject.status == DataSubject.Status.ACTIVE


def test_whoever_reports_a_child_does_not_learn_whether_we_know_it(client, kim):
    for number, child in enumerate((CHILD, "nobody@mail.example")):
        contact(client, f"{child} is a child", category="guardian", email=f"writer{number}@mail.example")
    about_known, about_unknown = PrivacyRequest.objects.filter(kind="guardian").order_by("pk")

    pages = [
        client.get(path_of("privacy:request", request_links.token_of(asked))).text
        for asked in (about_known, about_unknown)
    ]

    assert MinorCase.objects.get().request == about_known
    assert len({page.count('class="notice') for page in pages}) == 1
    assert "Whatever is not needed for an order" not in pages[0]


@pytest.mark.parametrize("end", ["taken back", "refused"])
def test_what_protects_a_child_outlives_the_request_of_whoever_wrote_to_us(client, kim, end):
    contact(client, f"{CHILD} is my daughter", category="guardian", email=PARENT)
    asked = PrivacyRequest.objects.get(kind=PrivacyRequest.Kind.GUARDIAN)

    if end == "taken back":
        client.post(path_of("privacy:request", request_links.token_of(asked)))
    else:
        deciding.refuse(asked, reason=PrivacyRequest.Reason.NOT_IDENTIFIED, actor=None)

    asked.refresh_from_db()
    limit = Restriction.objects.of(kim.subject).get()
    assert not asked.is_open
    assert (limit.why, limit.lifts_at) == (Restriction.Why.MINOR, None)
    assert only_case().status == Status.SUSPECTED


def test_writing_for_a_child_never_puts_the_writer_under_suspicion(client):
    parent = known_person(PARENT)

    contact(client, f"My son uses my account {PARENT}", category="guardian", email=PARENT)

    assert not MinorCase.objects.filter(subject=parent.subject).exists()


def test_what_a_colleague_decides_goes_through_the_same_doors(client, staff, kim):
    case = minors.suspect(kim.subject, signal=Signal.STAFF)
    staff("guardians")

    decide(client, case, "confirm")
    decide(client, case, "name", name="Petra Small", email=PARENT)
    decide(client, case, "accept")
    shown = client.get(reverse("admin:privacy_minorcase_change", args=[case.pk]))
    decide(client, case, "erase")
    look_after()

    case.refresh_from_db()
    assert case.status == Status.ERASED
    assert PARENT in shown.text
    assert "has proved it" in shown.text
    assert subjects_of_mails_to(PARENT)[:2] == [
        "An account may be of a child in your care",
        "We have received your request",
    ] or "What do you wish for your child's data?" in subjects_of_mails_to(PARENT)
    assert link_in(next(one for one in mail.outbox if "privacy/guardian/open" in one.body), "guardian/open")
