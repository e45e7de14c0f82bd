"""Somebody may be a child: the signs and what each stops, the question, the desk, and the way back."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import Profile
from privacy import ages, gate, minor_links, minors
from privacy.models import AuditEvent, DataSubject, MinorCase, Restriction, SubjectIdentifier
from privacy.purposes import Purpose
from shop.states import InvalidTransition
from support import children
from tests.accounts.people import PASSWORD, link_in, mails_go_out, new_person, path_of, sign_in
from tests.factories import (
    FulfilmentFactory,
    OrderAddressFactory,
    TicketFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rights_shop")]
Bracket, Signal, Status = MinorCase.Bracket, MinorCase.Signal, MinorCase.Status


@pytest.fixture
def zoe():
    return known_person()


def known_person(email="zoe@mail.example", **fields):
    """Who has shown that the address is theirs."""
    person = new_person(email, **fields)
    SubjectIdentifier.objects.prove(person.subject, "email", email)
    return person


def born_years_ago(years):
    return (timezone.localdate() - relativedelta(years=years)).isoformat()


def tell_birth_date(client, years):
    about = {"about": "1", "gender": "", "birth_date": born_years_ago(years)}
    with mails_go_out():
        return client.post(path_of("accounts:profile"), about, follow=True)


def contact(client, words, *, category="other", email="", **more):
    typed = {"category": category, "body": words, "title": "", "name": "", "email": email, **more}
    with mails_go_out():
        return client.post(path_of("support:contact"), typed, follow=True)


def only_case():
    return MinorCase.objects.select_related("subject").get()


def decide(client, case, deed, **typed):
    fields = {"grounds": "", "name": "", "email": "", "deed": deed} | typed
    with mails_go_out():
        return client.post(reverse("admin:privacy_minorcase_change", args=[case.pk]), fields, follow=True)


# --- Ages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "age", "bracket"),
    [
        ("DE", 15, Bracket.CHILD),
        ("DE", 16, Bracket.YOUTH),
        ("DE", 18, Bracket.ADULT),
        ("FR", 15, Bracket.YOUTH),
        ("GB", 13, Bracket.YOUTH),
        ("LI", 15, Bracket.CHILD),
        ("NO", 14, Bracket.CHILD),
        ("KR", 18, Bracket.YOUTH),
        ("XX", 15, Bracket.CHILD),
        ("", 18, Bracket.ADULT),
    ],
)
def test_the_law_of_the_place_divides_people(country, age, bracket):
    assert ages.of(country).bracket(age) == bracket


def test_one_is_older_from_the_birthday_on():
    today = timezone.localdate()

    turns_today = ages.bracket_of(today - relativedelta(years=18), "DE")
    turns_tomorrow = ages.bracket_of(today - relativedelta(years=18) + timedelta(days=1), "DE")

    assert (turns_today, turns_tomorrow) == (Bracket.ADULT, Bracket.YOUTH)


@pytest.mark.promise("B-7.1")
def test_everybody_reads_which_ages_hold_where_and_by_which_law(client):
    page = client.get(path_of("privacy:children"))

    assert "Germany" in page.text
    for law in ages.ages():
        assert law.source in page.text
        assert 12 < law.digital_consent_age <= 16 < law.minor_age
        assert law.checked_on <= timezone.localdate()


def test_an_age_nobody_has_looked_up_is_told_as_such(client, monkeypatch):
    unread = ages.Ages("x", ("DE",), 16, 18, "§ 1", "https://law.example", "low")
    monkeypatch.setattr(ages, "ages", lambda: (unread,))

    page = client.get(path_of("privacy:children"))

    assert "not checked by us yet" in page.text


@pytest.mark.promise("A-VI.1", "B-7.2")
def test_nobody_is_asked_for_an_age(client):
    page = client.get(path_of("account_signup"))

    assert "made for grown-ups" in page.text
    for word in ("birth", "bday", "age"):
        assert f'name="{word}' not in page.text


# --- Signs --------------------------------------------------------------------------------------------------


@pytest.mark.promise("A-VI.2")
def test_a_childs_birth_date_restricts_at_once_and_is_not_kept(client, zoe):
    sign_in(client, zoe.email)
    mail.outbox.clear()

    page = tell_birth_date(client, 12)

    case = only_case()
    assert (case.status, case.signal, case.bracket) == (Status.RESTRICTED, Signal.BIRTH_DATE, Bracket.CHILD)
    assert case.subject.status == DataSubject.Status.RESTRICTED
    assert Profile.objects.select_related("subject__key").get().birth_date is None
    assert "Ordering rests" in page.text
    assert mail.outbox[-1].subject.strip() == "Your account rests for the moment"


def test_a_grown_ups_birth_date_means_nothing(client, zoe):
    sign_in(client, zoe.email)

    tell_birth_date(client, 18)

    assert not MinorCase.objects.exists()
    assert Profile.objects.select_related("subject__key").get().birth_date


@pytest.mark.parametrize(
    "words",
    [
        "Hello, I’m 13 years old and want my bowl",
        "Ich bin erst 12!",
        "Bonjour,\nj'ai  14 ans et je voudrais",
        "PLEASE DON'T TELL MY PARENTS",
        "tengo 11 años",
        "jestem niepełnoletnia",
    ],
)
def test_who_writes_as_a_child_is_looked_after(words):
    assert children.sounds_young(words, "DE")


@pytest.mark.parametrize(
    "words",
    [
        "My son is 12 years old and loves it",
        "I am 45 years old",
        "I am only 5 minutes away",
        "The bowl is 12 years old",
        "j'ai 12 bols",
        "Ich bin erst 12 Tage später da",
        "my parents don't knowingly complain",
    ],
)
def test_who_only_uses_such_words_is_not(words):
    assert not children.sounds_young(words, "DE")


@pytest.mark.promise("A-VI.2")
def test_a_phrase_in_a_question_stops_only_what_is_optional(client, zoe):
    sign_in(client, zoe.email)

    contact(client, "I'm 13 years old, where is my parcel?", about="")

    case = only_case()
    assert (case.status, case.subject) == (Status.SUSPECTED, zoe.subject)
    assert case.look_by <= timezone.now() + timedelta(days=3)
    zoe.subject.refresh_from_db()
    assert zoe.subject.status == DataSubject.Status.ACTIVE
    assert not gate.permits(zoe.subject, Purpose.ANALYTICS)
    assert gate.permits(zoe.subject, Purpose.FULFILMENT)


def test_a_report_locks_nobody_out_and_comes_once(zoe):
    first = minors.suspect(zoe.subject, signal=Signal.REPORT)
    minors.clear(first, grounds=minors.Grounds.STATEMENT, actor=None)

    again = minors.suspect(zoe.subject, signal=Signal.REPORT)

    zoe.subject.refresh_from_db()
    assert again is None
    assert zoe.subject.status == DataSubject.Status.ACTIVE
    assert not Restriction.objects.active().exists()


def test_a_second_sign_finds_the_same_case(zoe):
    first = minors.suspect(zoe.subject, signal=Signal.TICKET)

    second = minors.protect(zoe.subject, signal=Signal.BIRTH_DATE, bracket=Bracket.CHILD)

    assert first.pk == second.pk
    assert second.status == Status.RESTRICTED


# --- The question -------------------------------------------------------------------------------------------


@pytest.mark.promise("A-VI.3")
def test_the_question_is_neutral_and_a_grown_up_is_believed_after_a_look(client, staff, zoe):
    case = minors.suspect(zoe.subject, signal=Signal.REPORT)
    staff("guardians")
    decide(client, case, "ask")
    client.logout()
    page_of_theirs = link_in(mail.outbox[-1], "age")

    question = client.get(page_of_theirs)
    answered = client.post(f"{page_of_theirs}answer/", {"bracket": "adult"}, follow=True)

    assert "checked" not in question.text
    assert "Younger than 16" in question.text
    assert "18 or older" in question.text
    assert "date" not in {field.field.widget.input_type for field in question.context["question"]}
    assert not client.cookies
    assert "A colleague looks" in answered.text
    case.refresh_from_db()
    assert (case.status, case.bracket) == (Status.VERIFYING, Bracket.ADULT)
    staff_user = case.subject
    minors.clear(case, grounds=minors.Grounds.PAYMENT, actor=staff_user)
    assert "everything works as before" in client.get(page_of_theirs).text


def test_who_says_to_be_a_child_is_believed_at_once(client, zoe):
    case = minors.protect(zoe.subject, signal=Signal.BIRTH_DATE, bracket=Bracket.CHILD)
    page_of_theirs = path_of("privacy:age", minor_links.age_token(case))

    page = client.post(f"{page_of_theirs}answer/", {"bracket": "youth"}, follow=True)
    client.post(f"{page_of_theirs}answer/", {"bracket": "adult"})  # the question is over

    case.refresh_from_db()
    assert (case.status, case.bracket) == (Status.CONFIRMED, Bracket.YOUTH)
    assert "You have done nothing wrong" in page.text


# --- Restricted ---------------------------------------------------------------------------------------------


@pytest.mark.promise("A-VI.4", "B-7.3")
def test_a_child_still_reaches_its_rights_and_nothing_is_used(client, zoe):
    sign_in(client, zoe.email)
    client.post(path_of("account_reauthenticate"), {"password": PASSWORD})

    minors.protect(zoe.subject, signal=Signal.BIRTH_DATE, bracket=Bracket.CHILD)

    for name in ("privacy:mine", "privacy:my_copy", "accounts:close", "privacy:rights", "support:contact"):
        assert client.get(path_of(name)).status_code == 200, name
    zoe.subject.refresh_from_db()
    for purpose in (Purpose.FULFILMENT, Purpose.MARKETING, Purpose.ANALYTICS, Purpose.RECOMMENDATION):
        assert not gate.permits(zoe.subject, purpose)
    for purpose in (Purpose.PAYMENT, Purpose.RIGHTS):
        assert gate.permits(zoe.subject, purpose)


@pytest.mark.promise("B-7.3")
def test_what_is_kept_of_a_child_opens_at_the_guardian_desk_alone(client, staff, zoe):
    order = OrderAddressFactory(order__subject=zoe.subject).order
    FulfilmentFactory(order=order)
    TicketFactory(subject=zoe.subject, email=zoe.email)
    minors.protect(zoe.subject, signal=Signal.BIRTH_DATE)
    pages = [
        reverse("admin:orders_order_change", args=[order.pk]),
        reverse("admin:support_ticket_change", args=[zoe.subject.tickets.get().pk]),
    ]

    opened = {}
    for role in ("support", "fulfilment", "privacy", "guardians"):
        staff(role)
        opened[role] = [client.get(page).status_code == 200 for page in pages]

    assert opened["guardians"] == [True, True]
    for role in ("support", "fulfilment", "privacy"):
        assert opened[role] == [False, False], role


def test_the_way_to_the_case_is_on_ones_page_about_privacy(client, zoe):
    sign_in(client, zoe.email)
    case = minors.protect(zoe.subject, signal=Signal.BIRTH_DATE)

    page = client.get(path_of("privacy:mine"))

    assert path_of("privacy:age", minor_links.age_token(case)) in page.text


# --- The desk -----------------------------------------------------------------------------------------------


def test_the_desk_sees_what_is_to_be_looked_at_first_and_nobody_else_sees_it(client, staff):
    people = [new_person(f"child{number}@mail.example") for number in range(3)]
    cases = [minors.suspect(person.subject, signal=Signal.REPORT) for person in people]
    for days, case in zip((5, 1, 0), cases, strict=True):
        MinorCase.objects.filter(pk=case.pk).update(look_by=timezone.now() + timedelta(days=days))
    minors.clear(cases[2], grounds=minors.Grounds.MISTAKE, actor=None)
    staff("guardians")

    page = client.get(reverse("admin:privacy_minorcase_changelist"))

    assert [case.pk for case in page.context["cl"].result_list] == [cases[1].pk, cases[0].pk, cases[2].pk]
    assert "child0@" not in page.text
    for role in ("support", "privacy"):
        staff(role)
        assert client.get(reverse("admin:privacy_minorcase_changelist")).status_code == 403


def test_a_colleague_flags_an_account(client, staff, zoe):
    flagging = staff("guardians")
    add = reverse("admin:privacy_minorcase_add")

    unknown = client.post(add, {"child": "nobody@mail.example"})
    client.post(add, {"child": zoe.email})

    case = only_case()
    assert "We know nobody by that" in unknown.text
    assert (case.signal, case.status, case.subject) == (Signal.STAFF, Status.SUSPECTED, zoe.subject)
    assert AuditEvent.objects.get(action="minor.opened").actor_ref == flagging.subject.audit_ref


def test_clearing_needs_grounds_and_gives_everything_back(client, staff, zoe):
    case = minors.protect(zoe.subject, signal=Signal.BIRTH_DATE)
    staff("guardians")

    refused = decide(client, case, "clear")
    decide(client, case, "clear", grounds="payment")

    case.refresh_from_db()
    zoe.subject.refresh_from_db()
    assert "Say why." in refused.text
    assert (case.status, bool(case.closed_at)) == (Status.CLEARED, True)
    assert zoe.subject.status == DataSubject.Status.ACTIVE
    assert not Restriction.objects.active().exists()
    assert mail.outbox[-1].subject.strip() == "Everything works as before"
    assert AuditEvent.objects.filter(action="minor.advanced").last().data["reason"] == "payment"


@pytest.mark.parametrize("deed", ["name", "accept", "agree", "erase", ""])
def test_nothing_is_done_before_its_time(client, staff, zoe, deed):
    case = minors.suspect(zoe.subject, signal=Signal.STAFF)
    staff("guardians")

    decide(client, case, deed, name="Petra", email="petra@mail.example")

    case.refresh_from_db()
    assert case.status == Status.SUSPECTED


def test_a_case_never_skips_a_step(zoe):
    case = minors.suspect(zoe.subject, signal=Signal.STAFF)

    with pytest.raises(InvalidTransition):
        minors.advance(case, Status.GUARDIAN_PENDING)
