from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from privacy import browser, consent, gate, optional
from privacy.models import AuditEvent, ConsentRecord
from privacy.models.choices import NeverChanged
from privacy.purposes import Purpose
from shop import cookies
from tests.accounts.people import new_person
from tests.factories import MarketFactory

pytestmark = pytest.mark.django_db
Source, Decision = ConsentRecord.Source, ConsentRecord.Decision
ASKED = "May we?"


@pytest.fixture
def market(db):
    return MarketFactory()


@pytest.fixture
def address(market, path_of):
    return path_of("privacy:choices")


@pytest.fixture
def zoe(client, market):
    zoe = new_person()
    client.force_login(zoe)
    return zoe


@pytest.fixture
def helper_cookie(settings, monkeypatch, counting):
    """A cookie of the register that needs consent."""
    cookie = cookies.Cookie(
        "counter", set_when="", purpose="", content="", lifetime="", needs=Purpose.ANALYTICS
    )
    monkeypatch.setitem(cookies.REGISTER, "counter", cookie)
    return cookie


def kept_cookie(client, settings):
    return client.cookies[settings.CHOICE_COOKIE_NAME]


def test_a_decision_is_never_rewritten(anna):
    record = consent.give(anna, Purpose.ANALYTICS, source=Source.PAGE, wording="May we count?")

    record.decision = Decision.REFUSED
    with pytest.raises(NeverChanged):
        record.save()
    with pytest.raises(NeverChanged):
        ConsentRecord.objects.update(decision=Decision.REFUSED)

    record.refresh_from_db()
    assert record.decision == Decision.GIVEN


def test_a_consent_lapses_after_a_year(anna):
    with time_machine.travel("2026-01-31T12:00:00Z", tick=False):
        consent.give(anna, Purpose.ANALYTICS, source=Source.PAGE, wording="May we count?")

    with time_machine.travel("2027-01-31T11:59:00Z", tick=False):
        last_minute = gate.permits(anna, Purpose.ANALYTICS), consent.has_given(anna, Purpose.ANALYTICS)
    with time_machine.travel("2027-01-31T12:00:00Z", tick=False):
        after = gate.permits(anna, Purpose.ANALYTICS), consent.has_given(anna, Purpose.ANALYTICS)

    assert last_minute == (True, True)
    assert after == (False, False)


def test_a_refusal_lapses_after_half_a_year(anna):
    with time_machine.travel("2026-08-31T12:00:00Z", tick=False):
        record = consent.decide(anna, Purpose.ANALYTICS, Decision.REFUSED, source=Source.PAGE)

    assert record.expires_at.date().isoformat() == "2027-02-28"


def test_a_withdrawal_counts_at_once(anna):
    consent.give(anna, Purpose.ANALYTICS, source=Source.PAGE, wording="May we count?")

    consent.withdraw(anna, Purpose.ANALYTICS, source=Source.PAGE)

    assert not gate.permits(anna, Purpose.ANALYTICS)
    assert AuditEvent.objects.filter(subject_ref=anna.audit_ref, action="consent.withdrawn").exists()


def test_the_proof_has_the_exact_words_their_language_the_time_and_the_place(anna, capsys):
    record = consent.give(anna, Purpose.ANALYTICS, source=Source.BANNER, wording="Dürfen wir zählen?")

    call_command("consent_proof", record.pk)

    proof = capsys.readouterr().out
    assert "wording: Dürfen wir zählen?\n" in proof
    assert f"sha256 of the wording: {record.wording_hash}\n" in proof
    assert "language: en\n" in proof
    assert "source: banner\n" in proof
    assert f"decided: {record.decided_at.isoformat()}\n" in proof
    assert record.expires_at - record.decided_at >= timedelta(days=365)


def test_there_is_no_proof_of_what_nobody_decided():
    with pytest.raises(CommandError):
        call_command("consent_proof", 1)


def test_a_lapsed_consent_is_kept_as_proof(anna):
    with time_machine.travel(timezone.now() - timedelta(days=400)):
        record = consent.give(anna, Purpose.ANALYTICS, source=Source.PAGE, wording="May we count?")

    assert record.has_lapsed
    assert ConsentRecord.objects.given().get() == record


# --- what is asked, and where -------------------------------------------------------------------------------
@pytest.mark.promise("B-6.5")
def test_nothing_is_asked_and_nothing_runs_where_nothing_is_optional(client, address, path_of):
    home, choices = client.get(path_of("catalogue:home")), client.get(address)

    assert ASKED not in home.text
    assert "nothing to decide" in choices.text
    assert not optional.uses()


def test_only_what_browsers_are_asked_about_can_be_registered():
    with pytest.raises(optional.NotOptional):
        optional.register(Purpose.MARKETING)
    with pytest.raises(optional.NotOptional):
        optional.register(Purpose.SECURITY)


@pytest.mark.promise("B-6.5")
def test_the_banner_stands_after_the_foot_with_no_first_and_nothing_chosen(
    client, address, counting, path_of
):
    text = client.get(path_of("catalogue:home")).text

    assert text.index("</footer>") < text.index(ASKED)
    banner = text[text.index('<section class="ask"') :]
    assert banner.index("Reject") < banner.index("Choose") < banner.index("Accept")
    assert "Improving the shop: We count how often a page is opened." in banner
    assert "checked" not in banner


@pytest.mark.parametrize("name", ["orders:cart", "orders:checkout", "privacy:choices", "support:contact"])
def test_nobody_is_asked_in_the_middle_of_something(client, address, counting, path_of, name):
    assert ASKED not in client.get(path_of(name), follow=True).text


def test_nobody_is_asked_on_pages_about_their_rights(client, zoe, counting, path_of):
    assert ASKED not in client.get(path_of("privacy:mine")).text
    assert ASKED in client.get(path_of("catalogue:home")).text


@pytest.mark.promise("B-5.2", "B-6.5")
@pytest.mark.parametrize("answer", ["no", "yes"])
def test_one_press_answers_the_banner_for_good(client, address, counting, path_of, settings, answer):
    home = path_of("catalogue:home")
    asked = client.get(home)

    answered = client.post(address, {"answer": answer, "next": home})

    assert not asked.cookies
    assert set(answered.cookies) == {settings.CHOICE_COOKIE_NAME}
    assert answered.url == home
    assert ASKED not in client.get(home).text
    record = ConsentRecord.objects.get()
    assert record.decision == (Decision.GIVEN if answer == "yes" else Decision.REFUSED)
    assert (record.subject, record.source) == (None, Source.BANNER)
    assert record.wording == counting.wording
    assert record.version == optional.version()


def test_the_cookie_tells_nobody_apart(client, address, counting, settings):
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        client.post(address, {"answer": "yes"})
        cookie = kept_cookie(client, settings)

    assert cookie.value == f"{optional.version()}.20261122.analytics.."
    assert cookie["max-age"] == 365 * 24 * 3600
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert ConsentRecord.objects.get().browser not in cookie.value


@pytest.mark.parametrize(("answer", "months"), [("yes", 12), ("no", 6)])
def test_an_answer_lapses_in_the_browser_as_well(client, address, counting, path_of, answer, months):
    with time_machine.travel("2026-01-15T12:00:00Z", tick=False):
        client.post(address, {"answer": answer})
    client.cookies["cc"]["max-age"] = ""  # a browser that keeps it for ever

    year, month = divmod(months, 12)
    with time_machine.travel(f"{2026 + year}-{1 + month:02}-14T12:00:00Z", tick=False):
        before = client.get(path_of("catalogue:home")).text
    with time_machine.travel(f"{2026 + year}-{1 + month:02}-15T12:01:00Z", tick=False):
        after = client.get(path_of("catalogue:home")).text

    assert ASKED not in before
    assert ASKED in after


def test_other_questions_are_asked_anew(client, address, counting, path_of):
    client.post(address, {"answer": "yes"})

    optional.register(Purpose.RECOMMENDATION, "We suggest what goes with it.")

    assert ASKED in client.get(path_of("catalogue:home")).text


@pytest.mark.parametrize(
    "value", ["", "yes", "x" * 5000, "{version}.20269999.analytics..", "{version}.29990101.analytics.."]
)
def test_a_forged_cookie_is_no_answer(counting, rf, settings, value):
    request = rf.get("/")
    request.COOKIES[settings.CHOICE_COOKIE_NAME] = value.format(version=optional.version())

    assert browser.answer_of(request) is None
    assert not browser.permits(request, Purpose.ANALYTICS)


def test_the_answer_leads_back_to_no_other_site(client, address, counting):
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert client.post(address, {"answer": "no", "next": elsewhere}).url == f"{address}?kept"


def test_an_answer_from_another_site_does_not_count(address, counting):
    answer = Client(enforce_csrf_checks=True).post(
        address, {"answer": "yes"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert not ConsentRecord.objects.exists()


# --- the page of choices ------------------------------------------------------------------------------------
@pytest.mark.promise("B-5.4")
def test_a_consent_is_taken_back_on_the_page_by_the_press_it_was_given_with(
    client, address, counting, settings
):
    first = client.get(address).text
    client.post(address, {"purpose": "analytics", "answer": "yes"})
    given = client.get(address).text

    client.post(address, {"purpose": "analytics", "answer": "no"})

    assert "It stays off until you say yes." in first
    assert "You chose this." in given
    assert ".analytics." in kept_cookie(client, settings).value
    decisions = ConsentRecord.objects.order_by("pk").values_list("decision", flat=True)
    assert list(decisions) == [Decision.GIVEN, Decision.REFUSED]
    assert first.count('class="button button--quiet" name="answer"') == 2


def test_the_choice_of_somebody_signed_in_is_kept_in_their_profile(client, zoe, address, counting):
    client.post(address, {"purpose": "analytics", "answer": "yes"})
    given = gate.permits(zoe.subject, Purpose.ANALYTICS)

    client.post(address, {"purpose": "analytics", "answer": "no"})

    assert given
    assert not gate.permits(zoe.subject, Purpose.ANALYTICS)
    assert "cc" not in client.cookies
    latest = ConsentRecord.objects.latest_of(zoe.subject, Purpose.ANALYTICS)
    assert latest.decision == Decision.WITHDRAWN


@pytest.mark.promise("B-5.4")
def test_the_choices_are_one_click_from_every_page(client, address, path_of):
    for name in ("catalogue:home", "orders:cart", "privacy_cookies"):
        assert f'href="{address}"' in client.get(path_of(name)).text


def test_too_many_answers_are_not_written_down(client, address, counting):
    answers = [client.post(address, {"answer": "yes"}).status_code for _press in range(31)]

    assert answers == [302] * 30 + [429]
    assert ConsentRecord.objects.count() == 30


# --- cookies that need a consent ----------------------------------------------------------------------------
def answer_with(request, *names):
    def view(request):
        response = HttpResponse()
        for name in names:
            response.set_cookie(name, "1")
        return response

    return cookies.CookieRegisterMiddleware(view)(request)


@pytest.mark.promise("B-5.4")
def test_a_cookie_is_set_only_where_its_purpose_is_agreed_to(helper_cookie, rf, settings):
    stranger, friend = rf.get("/"), rf.get("/")
    yes = browser.Answer(frozenset({Purpose.ANALYTICS}), frozenset(), timezone.localdate())
    friend.COOKIES[settings.CHOICE_COOKIE_NAME] = yes.written()

    assert "counter" not in answer_with(stranger, "counter").cookies
    assert "counter" in answer_with(friend, "counter").cookies


@pytest.mark.promise("B-6.7")
@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_with_a_signal_no_such_cookie_is_set_and_an_older_one_goes(helper_cookie, rf, settings, header):
    request = rf.get("/", headers={header: "1"})
    yes = browser.Answer(frozenset({Purpose.ANALYTICS}), frozenset(), timezone.localdate())
    request.COOKIES |= {settings.CHOICE_COOKIE_NAME: yes.written(), "counter": "1"}

    answer = answer_with(request, "counter")

    assert not browser.permits(request, Purpose.ANALYTICS)
    assert answer.cookies["counter"]["max-age"] == 0


@pytest.mark.promise("B-5.4")
def test_a_cookie_is_deleted_when_its_consent_is_taken_back(helper_cookie, rf):
    request = rf.get("/")
    request.COOKIES["counter"] = "1"

    answer = answer_with(request)

    assert answer.cookies["counter"]["max-age"] == 0
    assert answer.cookies["counter"].value == ""


def test_the_register_says_what_each_cookie_needs(client, address, helper_cookie, path_of):
    text = client.get(path_of("privacy_cookies")).text

    assert "Yes: Improving the shop" in text
    assert text.count("No, it is necessary") == len(cookies.REGISTER) - 1


def test_with_nothing_to_ask_a_remembered_page_costs_no_query(
    client, address, path_of, django_assert_num_queries
):
    client.get(path_of("catalogue:home"))

    with django_assert_num_queries(0):
        client.get(path_of("catalogue:home"))


def test_with_a_banner_a_remembered_page_costs_no_query(
    client, address, counting, path_of, django_assert_num_queries
):
    client.get(path_of("catalogue:home"))

    with django_assert_num_queries(0):
        again = client.get(path_of("catalogue:home"))

    assert ASKED in again.text
