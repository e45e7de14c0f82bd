"""Objecting stops a use at once; a consent is taken back by a press; a decision is explained; a complaint is
heard.
"""

import pytest
from django.urls import reverse

from accounts import preferences
from accounts.models import Channel, Topic
from orders import fraud
from orders.models import Order, OrderReview
from privacy import authorities, consent, deadlines, gate, objection, request_links
from privacy.models import PrivacyRequest, Restriction
from privacy.purposes import Purpose
from support.models import Ticket
from tests.accounts.people import new_person, path_of
from tests.factories import MarketFactory, OrderAddressFactory, ProcessorFactory
from tests.privacy.askers import letter, press, send, words_of

pytestmark = pytest.mark.django_db
Status = PrivacyRequest.Status


@pytest.fixture(autouse=True)
def shop(settings, tmp_path, relays):
    settings.RIGHTS_JOURNAL = str(tmp_path / "rights.jsonl")
    ProcessorFactory()
    return MarketFactory()


@pytest.fixture
def zoe(client):
    """Signed in."""
    zoe = new_person()
    client.force_login(zoe)
    return zoe


@pytest.fixture
def order(zoe):
    address = OrderAddressFactory(order__subject=zoe.subject, order__email=zoe.email)
    return Order.objects.with_story().get(pk=address.order.pk)


def object_to(client, purpose, words=""):
    return send(client, press(client, "objection"), purpose=purpose, words=words)


# --- Objection ----------------------------------------------------------------------------------------------


def test_no_rule_checks_the_orders_of_whoever_objects_and_a_person_looks_instead(client, order):
    object_to(client, "security", "I buy for a school.")

    review = fraud.assess(order)

    assert not gate.permits(order.subject, Purpose.SECURITY)
    assert review.suspicions == "objection"
    assert "a person looks at it instead" in " ".join(map(str, review.sentences))
    assert PrivacyRequest.objects.get().status == Status.VERIFIED  # to be weighed
    assert Ticket.objects.get().privacy_request == PrivacyRequest.objects.get()


def test_without_an_objection_the_rules_decide_whether_anybody_looks(order):
    assert fraud.assess(order) is None


def test_an_objection_to_advertising_is_not_weighed(client, zoe):
    for channel in (Channel.EMAIL, Channel.SMS):
        preferences.switch(zoe.subject, Topic.OFFERS, channel, is_wanted=True, source="account")

    object_to(client, "marketing")

    assert not gate.permits(zoe.subject, Purpose.MARKETING, "email")
    assert not gate.permits(zoe.subject, Purpose.MARKETING, "sms")
    assert PrivacyRequest.objects.get().status == Status.COMPLETED
    assert not preferences.wants(zoe.subject, Topic.OFFERS, Channel.EMAIL)


def test_a_yes_after_it_counts_again(client, zoe):
    object_to(client, "marketing")

    preferences.switch(zoe.subject, Topic.OFFERS, Channel.EMAIL, is_wanted=True, source="account")

    assert gate.permits(zoe.subject, Purpose.MARKETING, "email")


def test_a_refusal_says_why_and_when_the_use_begins_again(client, zoe, staff):
    object_to(client, "security")
    request = PrivacyRequest.objects.get()
    staff("privacy")
    url = reverse("admin:privacy_privacyrequest_change", args=[request.pk])

    send(client, url, deed="refuse", why="overriding")

    limit = Restriction.objects.get()
    assert limit.is_active  # the days after the word
    assert limit.lifts_at
    assert "weighs more" in letter("News of your privacy request").body
    assert letter("used again soon").to == [zoe.email]


def test_an_objection_that_is_right_stands(client, zoe, staff):
    object_to(client, "legal")
    request = PrivacyRequest.objects.get()
    staff("privacy")

    send(client, reverse("admin:privacy_privacyrequest_change", args=[request.pk]), deed="complete", why="")

    assert not gate.permits(zoe.subject, Purpose.LEGAL)
    assert Restriction.objects.get().lifts_at is None


def test_whoever_takes_an_objection_back_is_checked_like_everybody(client, zoe):
    object_to(client, "security")
    request = PrivacyRequest.objects.get()

    send(client, path_of("privacy:request", request_links.token_of(request)))

    assert PrivacyRequest.objects.get().status == Status.WITHDRAWN
    assert gate.permits(zoe.subject, Purpose.SECURITY)


def test_what_is_needed_for_a_contract_is_not_offered(client, zoe):
    page = client.get(press(client, "objection"))

    offered = [value for value, _label in page.context["form"].fields["purpose"].choices]
    assert offered == ["marketing", "security", "legal"]
    assert "looks at each of them before it is packed" in page.text


def test_what_is_stopped_already_is_not_offered_again(client, zoe):
    object_to(client, "security")

    assert Purpose.SECURITY not in objection.uses(zoe.subject)


# --- Withdrawal ---------------------------------------------------------------------------------------------


@pytest.mark.promise("A-IV.8")
def test_one_press_takes_one_consent_back(client, zoe):
    for purpose in (Purpose.ANALYTICS, Purpose.PREFERENCES):
        consent.give(zoe.subject, purpose, source="account", wording="Count pages")
    url = press(client, "withdrawal")

    shown = client.get(url)
    answer = send(client, url, use="analytics")
    send(client, url, use="analytics")  # pressed twice

    assert "Count pages" in shown.text
    assert not gate.permits(zoe.subject, Purpose.ANALYTICS)
    assert gate.permits(zoe.subject, Purpose.PREFERENCES)
    assert "Remembering your settings" in answer.text
    assert PrivacyRequest.objects.get().status == Status.COMPLETED


def test_another_takes_them_all_back(client, zoe):
    for purpose in (Purpose.ANALYTICS, Purpose.PREFERENCES):
        consent.give(zoe.subject, purpose, source="account", wording="Count pages")

    answer = send(client, press(client, "withdrawal"), use="all")

    assert consent.given_by(zoe.subject) == []
    assert "agreed to nothing" in answer.text


# --- Explanation --------------------------------------------------------------------------------------------


def test_the_rules_that_fired_are_told_in_plain_words(client, order):
    OrderReview.objects.create(order=order, suspicions="velocity,phone")

    page = words_of(client.get(press(client, "explanation")))

    assert f"Order {order.number}" in page
    assert "Several orders with the same e-mail address" in page
    assert f"{fraud.BURST} orders or more" in page
    assert "10 minutes" in page
    assert "No machine refuses an order" in page


def test_nobody_reads_of_the_orders_of_another(client, order):
    OrderReview.objects.create(order=order, suspicions="velocity")
    client.force_login(new_person("bob@mail.example"))

    page = client.get(press(client, "explanation"))

    assert order.number not in page.text
    assert "Nothing of yours was looked at" in page.text


def test_it_is_contested_in_words_or_settled_by_a_press(client, order):
    url = press(client, "explanation")
    send(client, url, words="I ordered for my whole class.")
    contested = PrivacyRequest.objects.get().status

    send(client, url)

    assert contested == Status.VERIFIED
    assert Ticket.objects.count() == 1
    assert PrivacyRequest.objects.get().status == Status.COMPLETED


# --- Complaint ----------------------------------------------------------------------------------------------


def test_a_complaint_has_a_reference_and_names_the_authority(client, zoe):
    url = press(client, "complaint")

    page = client.get(url)
    answer = send(client, url, words="You wrote to me at night.")

    request = PrivacyRequest.objects.get()
    assert "BfDI" in page.text
    assert request.reference in page.text
    assert "Answered by" in answer.text
    assert Ticket.objects.get().privacy_request == request


def test_every_country_with_a_deadline_has_an_authority():
    countries = {country for law in deadlines.deadlines() for country in law.countries}

    known = {country for country in countries if authorities.of(country)}

    assert countries - known <= {"CN", "ID"}
    assert authorities.of("XX") is None


def test_a_stranger_has_no_page(client):
    assert "login" in press(client, "complaint")
