"""Requests: their states and days, the deletion that runs by itself, the copy that is fetched."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts import roles
from accounts.models import User
from orders.models import Order
from privacy import copies, deadlines, deletion, erasure, request_links, requests, restriction
from privacy.models import DataCopy, Farewell, PrivacyRequest, Restriction, SubjectKey
from privacy.purposes import Purpose
from shop.states import InvalidTransition
from tests.accounts.people import PASSWORD, link_in, mails_go_out, new_person, path_of, sign_in
from tests.factories import FulfilmentFactory, OrderAddressFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rights_shop")]
Kind, Source, Status = PrivacyRequest.Kind, PrivacyRequest.Source, PrivacyRequest.Status


@pytest.fixture
def zoe():
    return new_person()


@pytest.fixture
def signed_in(client, zoe):
    """And has given the password a moment ago."""
    sign_in(client, zoe.email)
    client.post(path_of("account_reauthenticate"), {"password": PASSWORD})
    return client


def close(client, when):
    with mails_go_out():
        return client.post(path_of("accounts:close"), {"is_sure": "on", "when": when})


# --- Days ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "received", "limit"),
    [
        ("DE", date(2026, 1, 31), date(2026, 3, 2)),  # 28 February is a Saturday
        ("FR", date(2026, 3, 10), date(2026, 4, 10)),
        ("US", date(2026, 1, 2), date(2026, 2, 16)),
        ("KR", date(2026, 1, 2), date(2026, 1, 12)),
        ("CN", date(2026, 1, 2), date(2026, 1, 23)),
        ("", date(2026, 1, 5), date(2026, 1, 8)),  # nobody knows where: the shortest of all
        ("XX", date(2026, 1, 5), date(2026, 1, 8)),
    ],
)
def test_the_law_of_the_place_gives_the_last_day(country, received, limit):
    assert deadlines.of(country).limit(received) == limit


@pytest.mark.parametrize(
    ("country", "kind", "limit"),
    [
        ("US", "objection", date(2026, 1, 23)),  # fifteen working days
        ("US", "erasure", date(2026, 2, 16)),
        ("DE", "objection", date(2026, 2, 2)),
    ],
)
def test_some_laws_are_quicker_for_some_rights(country, kind, limit):
    assert deadlines.of(country, kind).limit(date(2026, 1, 2)) == limit


# What the specification's table of laws says: days, working days, months, and what an extension adds.
TABLE = {
    "gdpr": (0, 0, 1, 0, 2),
    "switzerland": (30, 0, 0, 0, 0),
    "california": (45, 0, 0, 45, 0),
    "california_opt_out": (0, 15, 0, 0, 0),
    "brazil": (15, 0, 0, 0, 0),
    "korea": (10, 0, 0, 0, 0),
    "canada": (30, 0, 0, 30, 0),
    "china": (0, 15, 0, 0, 0),
    "indonesia": (3, 0, 0, 0, 0),
    "argentina": (5, 0, 0, 0, 0),
}


def test_no_number_of_a_law_changes_by_accident():
    found = {
        law.name: (law.days, law.working_days, law.months, law.extension_days, law.extension_months)
        for law in deadlines.deadlines()
    }

    assert found == TABLE
    assert {law.name for law in deadlines.deadlines() if law.confidence == "low"} == {"china"}


def test_every_law_says_where_it_stands_and_when_it_was_looked_up():
    assert all(one.source and one.checked_on and one.confidence for one in deadlines.deadlines())


@pytest.mark.promise("A-IV.7")
def test_the_shop_answers_within_half_the_time_of_the_law(signed_in, zoe):
    close(signed_in, "later")

    request = PrivacyRequest.objects.get()
    page = signed_in.get(path_of("privacy:request", request_links.token_of(request)))
    assert request.due_on == timezone.localdate() + timedelta(days=15)
    assert request.legal_limit_on > request.due_on
    assert "Answered by" in page.text


def test_a_request_is_extended_once_and_in_time(zoe):
    request = requests.receive(zoe.subject, Kind.OBJECTION, source=Source.ACCOUNT)
    first = request.legal_limit_on

    with mails_go_out():
        requests.extend(request, reason=PrivacyRequest.Reason.COMPLEX, actor=zoe)

    request.refresh_from_db()
    assert request.legal_limit_on > first
    assert "a lot to look at" in mail.outbox[-1].body
    with pytest.raises(requests.NoExtension):
        requests.extend(request, reason=PrivacyRequest.Reason.COMPLEX, actor=zoe)


def test_it_is_too_late_to_extend_after_the_last_day(zoe):
    request = requests.receive(zoe.subject, Kind.OBJECTION, source=Source.ACCOUNT)
    PrivacyRequest.objects.update(received_at=timezone.now() - timedelta(days=40))

    with pytest.raises(requests.NoExtension):
        requests.extend(request, reason=PrivacyRequest.Reason.MANY, actor=zoe)


# --- Told at once, and not forgotten ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.promise("B-10.2")
def test_every_request_is_acknowledged_at_once_with_reference_and_day(zoe, kind):
    with mails_go_out():
        request = requests.receive(zoe.subject, kind, source=Source.HUB)

    [letter] = mail.outbox
    assert letter.to == [zoe.email]
    assert request_links.token_of(request) in letter.body
    assert date_format(request.due_on) in letter.body


def test_who_writes_to_us_is_acknowledged_by_the_mail_about_the_message(client):
    typed = {"category": "privacy", "right": "objection", "body": "No, thank you."}

    with mails_go_out():
        client.post(path_of("support:contact"), typed | {"email": "guest@mail.example"})

    [letter] = mail.outbox
    assert PrivacyRequest.objects.get().reference in letter.body


def test_who_has_long_been_away_is_not_thanked_for_a_request(zoe):
    with mails_go_out():
        requests.receive(zoe.subject, Kind.ERASURE, source=Source.IDLE)

    assert mail.outbox == []


@pytest.fixture
def desk():
    """Ines helps people with their rights; the owner leaves that to her."""
    roles.make_roles()
    ines = new_person("ines@mail.example", name="Ines Falk")
    roles.give(ines, "privacy")
    new_person("owner@mail.example", is_staff=True, is_superuser=True)
    return ines


def test_the_desk_is_warned_once_a_week_and_two_days_before_and_when_it_is_over(zoe, desk, time_machine):
    time_machine.move_to(timezone.now())
    with mails_go_out():
        request = requests.receive(zoe.subject, Kind.COMPLAINT, source=Source.HUB)
    mail.outbox.clear()
    for _day in range(20):
        time_machine.shift(timedelta(days=1))
        with mails_go_out():
            requests.warn_desk()
            requests.warn_desk()

    day = date_format(request.due_on)
    assert [letter.to for letter in mail.outbox] == [[desk.email]] * 3
    assert [letter.subject.strip() for letter in mail.outbox] == [
        f"Privacy request {request.reference} is due on {day}",
        f"Privacy request {request.reference} is due on {day}",
        f"Overdue: privacy request {request.reference}",
    ]
    assert zoe.email not in mail.outbox[-1].body


def test_nobody_is_warned_of_what_is_answered(zoe, desk, time_machine):
    request = requests.receive(zoe.subject, Kind.COMPLAINT, source=Source.HUB)
    requests.complete(request, actor=desk)
    time_machine.move_to(timezone.now() + timedelta(days=20))

    with mails_go_out():
        requests.warn_desk()

    assert desk.email not in [letter.to[0] for letter in mail.outbox]


def test_where_nobody_has_the_role_the_owner_is_warned(zoe):
    owner = new_person("owner@mail.example", is_staff=True, is_superuser=True)
    requests.receive(zoe.subject, Kind.COMPLAINT, source=Source.HUB)
    PrivacyRequest.objects.update(due_on=timezone.localdate())

    with mails_go_out():
        requests.warn_desk()

    assert mail.outbox[-1].to == [owner.email]


# --- States -------------------------------------------------------------------------------------------------


def test_asked_twice_the_second_points_to_the_first(zoe):
    first = requests.receive(zoe.subject, Kind.ACCESS, source=Source.CONTACT)
    second = requests.receive(zoe.subject, Kind.ACCESS, source=Source.CONTACT)

    assert (second.status, second.duplicate_of) == (Status.DUPLICATE, first)
    assert not second.is_open


def test_what_is_over_does_not_move_any_more(zoe):
    request = requests.receive(zoe.subject, Kind.ACCESS, source=Source.CONTACT)
    requests.complete(request, actor=zoe)

    with pytest.raises(InvalidTransition):
        request.advance(Status.RUNNING)


def test_a_refusal_says_why_and_where_to_complain(client, zoe):
    request = requests.receive(zoe.subject, Kind.OBJECTION, source=Source.ACCOUNT)

    with mails_go_out():
        requests.refuse(request, reason=PrivacyRequest.Reason.LEGAL_DUTY, actor=zoe)

    page = client.get(path_of("privacy:request", request_links.token_of(request)))
    for text in (page.text, mail.outbox[-1].body):
        assert "A law obliges us" in text
        assert "BfDI" in text  # the authority of where Zoë lives


def test_who_never_proves_who_they_are_has_not_asked(zoe):
    request = requests.receive(zoe.subject, Kind.ACCESS, source=Source.HUB)
    requests.advance(request, Status.IDENTITY_PENDING)
    PrivacyRequest.objects.update(received_at=timezone.now() - timedelta(days=31))

    requests.give_up_unproven()

    request.refresh_from_db()
    assert request.status == Status.IDENTITY_FAILED


def test_who_opened_the_page_of_a_right_and_asked_for_nothing_is_told_so(zoe):
    def opened(kind, source=Source.HUB):
        request = requests.receive(zoe.subject, kind, source=source)
        requests.verify(request)
        return request

    unused, weighed = opened(Kind.WITHDRAWAL), opened(Kind.OBJECTION)
    told_in_words, by_staff = opened(Kind.RECTIFICATION), opened(Kind.ACCESS, Source.STAFF)
    restriction.restrict(
        zoe.subject,
        why=Restriction.Why.OBJECTION,
        scope=Restriction.Scope.PURPOSE,
        purpose=Purpose.SECURITY,
        request=weighed,
    )
    PrivacyRequest.objects.update(received_at=timezone.now() - timedelta(days=4))

    with mails_go_out():
        requests.lapse_unused()

    left = PrivacyRequest.objects.open()
    assert set(left) == {weighed, told_in_words, by_staff}
    assert unused.reference in mail.outbox[-1].body


# --- The work list of staff ---------------------------------------------------------------------------------


def change(client, request, **typed):
    with mails_go_out():
        return client.post(reverse("admin:privacy_privacyrequest_change", args=[request.pk]), typed)


@pytest.mark.parametrize(
    ("deed", "reason", "status"),
    [
        ("refuse", "excessive", Status.REFUSED),
        ("complete", "", Status.COMPLETED),
        ("extend", "complex", Status.RECEIVED),
        ("verify", "", Status.VERIFIED),
    ],
)
def test_staff_decide_and_the_person_is_told(client, staff, zoe, deed, reason, status):
    request = requests.receive(zoe.subject, Kind.OBJECTION, source=Source.ACCOUNT)
    client.force_login(staff("privacy"))

    answer = change(client, request, deed=deed, why=reason)

    assert answer.status_code == 302
    request.refresh_from_db()
    assert (request.status, request.reason) == (status, reason)
    assert len(mail.outbox) == (deed != "verify")


@pytest.mark.parametrize("deed", ["refuse", "extend"])
def test_staff_give_a_reason(client, staff, zoe, deed):
    request = requests.receive(zoe.subject, Kind.OBJECTION, source=Source.ACCOUNT)
    client.force_login(staff("privacy"))

    page = change(client, request, deed=deed, why="")

    assert "Say why." in page.text
    request.refresh_from_db()
    assert request.status == Status.RECEIVED


def test_nobody_is_told_by_hand_that_their_data_is_deleted(client, staff, zoe):
    request = requests.receive(zoe.subject, Kind.ERASURE, source=Source.CONTACT)
    client.force_login(staff("privacy"))

    page = change(client, request, deed="complete", why="")

    assert "Nothing is deleted yet." in page.text
    request.refresh_from_db()
    assert request.status == Status.RECEIVED


def test_pressing_save_too_early_decides_nothing(client, staff, zoe):
    """A browser sends the first of the choices where nobody has chosen."""
    request = requests.receive(zoe.subject, Kind.OBJECTION, source=Source.ACCOUNT)
    client.force_login(staff("privacy"))
    url = reverse("admin:privacy_privacyrequest_change", args=[request.pk])
    fields = client.get(url).context["adminform"].form.fields

    answer = client.post(url, {name: next(iter(fields[name].choices))[0] for name in ("deed", "why")})

    assert answer.status_code == 200
    request.refresh_from_db()
    assert request.status == Status.RECEIVED


def test_what_is_due_first_stands_first_and_what_is_over_last(client, staff, zoe):
    made = [
        requests.receive(zoe.subject, kind, source=Source.ACCOUNT) for kind in (Kind.ACCESS, Kind.OBJECTION)
    ]
    over = requests.receive(zoe.subject, Kind.COMPLAINT, source=Source.ACCOUNT)
    for days, request in zip((5, -1, -9), (*made, over), strict=True):
        due_on = timezone.localdate() + timedelta(days=days)
        PrivacyRequest.objects.filter(pk=request.pk).update(due_on=due_on)
    requests.settle(over, Status.COMPLETED)
    client.force_login(staff("privacy"))

    page = client.get(reverse("admin:privacy_privacyrequest_changelist")).text

    places = [page.index(request.reference) for request in (made[1], made[0], over)]
    assert places == sorted(places)
    assert page.count('class="overdue"') == 1  # what is over cannot be late any more
    assert zoe.email not in page


# --- Deletion -----------------------------------------------------------------------------------------------


@pytest.mark.promise("A-IV.6", "B-6.4")
def test_the_plan_names_what_stays_with_law_and_day_before_anything_goes(signed_in, zoe):
    OrderAddressFactory(order__subject=zoe.subject, order__status=Order.Status.COMPLETED)

    page = signed_in.get(path_of("accounts:close"))

    assert "What goes" in page.text
    assert "UStG" in page.text
    assert "until 31 December" in page.text
    assert User.objects.filter(pk=zoe.pk, is_active=True).exists()


def test_nothing_goes_for_a_week_and_the_link_brings_everything_back(signed_in, zoe):
    page = close(signed_in, "later")
    deletion.run_due()

    zoe.refresh_from_db()
    request = PrivacyRequest.objects.get()
    assert not zoe.is_active
    assert request.status == Status.SCHEDULED
    taken_back = signed_in.post(page["Location"], follow=True)
    assert "Taken back" in taken_back.text
    zoe.refresh_from_db()
    assert zoe.is_active


@pytest.mark.promise("A-IV.5")
def test_after_the_week_it_is_deleted_searched_for_and_told(client, signed_in, zoe):
    address = OrderAddressFactory(order__subject=zoe.subject, order__status=Order.Status.COMPLETED)
    status_page = close(signed_in, "later")["Location"]
    PrivacyRequest.objects.update(start_at=timezone.now() - timedelta(minutes=1))

    with mails_go_out():
        deletion.run_due()

    request = PrivacyRequest.objects.get()
    assert request.status == Status.COMPLETED_WITH_RETENTION
    assert not SubjectKey.objects.filter(subject=zoe.subject).exists()
    assert mail.outbox[-1].to == ["zoe@mail.example"]
    assert "UStG" in mail.outbox[-1].body
    outcome = client.get(status_page)
    assert "UStG" in outcome.text
    assert client.get(link_in(mail.outbox[-1], "requests")).status_code == 200
    assert not Order.objects.filter(pk=address.order.pk).exists()


def test_whoever_wants_it_now_has_it_now(signed_in, zoe):
    close(signed_in, "now")

    assert PrivacyRequest.objects.get().status == Status.COMPLETED
    assert not User.objects.exists()
    assert [letter.subject for letter in mail.outbox][-1].strip() == "Your data is deleted"


def test_a_parcel_arrives_first_and_everything_else_goes(client, signed_in, zoe):
    order = FulfilmentFactory(order__subject=zoe.subject, order__status=Order.Status.FULFILLED).order
    page = client.get(close(signed_in, "now")["Location"])

    assert "A parcel is on its way to you" in page.text
    assert PrivacyRequest.objects.get().status == Status.BLOCKED_PARTIAL
    assert not User.objects.exists()
    Order.objects.filter(pk=order.pk).update(status=Order.Status.COMPLETED)
    PrivacyRequest.objects.update(start_at=timezone.now())
    deletion.run_due()
    assert PrivacyRequest.objects.get().status == Status.COMPLETED_WITH_RETENTION


@pytest.mark.parametrize("stop_after", [0, 2, 5, 8])
def test_a_worker_that_dies_is_followed_by_another(zoe, monkeypatch, stop_after):
    real, done = erasure._erase_rows, []

    def killed(data, subject):
        if len(done) == stop_after:
            raise KeyboardInterrupt
        done.append(data)
        real(data, subject)

    request = deletion.ask(zoe.subject, source=Source.ACCOUNT, at_once=True)
    monkeypatch.setattr(erasure, "_erase_rows", killed)
    with pytest.raises(KeyboardInterrupt):
        deletion.run(request.pk)
    monkeypatch.undo()
    deletion.run(request.pk)
    request.refresh_from_db()
    assert request.status == Status.RUNNING  # its lease is not over
    PrivacyRequest.objects.update(start_at=timezone.now() - timedelta(minutes=11))
    deletion.run_due()

    request.refresh_from_db()
    assert request.status == Status.COMPLETED
    assert Farewell.objects.count() == 1


def test_who_is_still_to_be_found_is_not_told_that_it_is_done(zoe, tmp_path):
    (tmp_path / "forgotten.txt").write_text(f"call {zoe.email}")
    request = deletion.ask(zoe.subject, source=Source.ACCOUNT, at_once=True)

    deletion.run(request.pk)

    request.refresh_from_db()
    assert request.status == Status.FAILED
    assert request.is_open
    (tmp_path / "forgotten.txt").unlink()
    PrivacyRequest.objects.update(start_at=timezone.now() - timedelta(days=1, minutes=1))
    deletion.run_due()  # the next day's search
    request.refresh_from_db()
    assert request.status == Status.COMPLETED


def test_the_address_of_the_outcome_is_forgotten_with_its_key(zoe):
    request = deletion.ask(zoe.subject, source=Source.ACCOUNT, at_once=True)
    deletion.run(request.pk)
    left = Farewell.objects.get()
    PrivacyRequest.objects.update(completed_at=timezone.now() - timedelta(days=4))

    deletion.run_due()

    assert not Farewell.objects.exists()
    assert not SubjectKey.objects.filter(subject=left.subject_id).exists()


# --- The copy -----------------------------------------------------------------------------------------------


def ask_for_copy(client):
    with mails_go_out():
        return client.post(path_of("privacy:my_copy"), follow=True)


def test_a_copy_is_made_told_of_and_opens(signed_in, zoe):
    page = ask_for_copy(signed_in)
    file = signed_in.post(path_of("privacy:download_copy"))

    assert "is ready" in page.text
    assert mail.outbox[-1].to == [zoe.email]
    names = zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    assert {"index.html", "data.json", "manifest.json"} <= set(names)
    assert PrivacyRequest.objects.get().status == Status.COMPLETED
    copy = DataCopy.objects.get()
    with copy.file.storage.open(copy.file.name) as stored:
        assert not stored.read().startswith(b"PK")


def test_the_password_is_asked_for_before_a_copy_is_shown(client, zoe):
    client.force_login(zoe)

    for answer in (client.get(path_of("privacy:my_copy")), client.post(path_of("privacy:download_copy"))):
        assert "reauthenticate" in answer["Location"]


def test_a_copy_is_made_once_a_day_and_fetched_five_times(signed_in, zoe):
    ask_for_copy(signed_in)
    ask_for_copy(signed_in)

    fetched = [signed_in.post(path_of("privacy:download_copy")).status_code for _time in range(6)]

    assert DataCopy.objects.count() == PrivacyRequest.objects.count() == 1
    assert fetched == [200, 200, 200, 200, 200, 404]


def test_after_seven_days_there_is_no_copy(signed_in, zoe):
    ask_for_copy(signed_in)
    DataCopy.objects.update(created_at=timezone.now() - timedelta(days=7, minutes=1))

    answer = signed_in.post(path_of("privacy:download_copy"))

    assert answer.status_code == 404


def test_a_copy_dies_with_the_deletion(signed_in, zoe):
    ask_for_copy(signed_in)
    copy = DataCopy.objects.get()

    close(signed_in, "now")

    assert not DataCopy.objects.exists()
    assert not copy.file.storage.exists(copy.file.name)


def test_a_worker_that_died_over_a_copy_is_followed_by_another(zoe):
    request = copies.ask(zoe.subject, source=Source.ACCOUNT)
    request.advance(Status.RUNNING)
    PrivacyRequest.objects.update(start_at=timezone.now() - timedelta(minutes=11))

    copies.make_due()

    assert DataCopy.objects.get().request == request
