"""A material change of the policy ends what was agreed to before: off until somebody agrees again."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts import campaigns, policy_news, preferences
from accounts.models import Campaign, Channel, Topic
from privacy import choosing, consent, gate, policies
from privacy.models import ConsentRecord, PolicyVersion
from privacy.purposes import Purpose
from tests.accounts.people import mails_go_out, new_person
from tests.factories import ProcessorFactory

pytestmark = pytest.mark.django_db
PAGE = ConsentRecord.Source.PAGE
IN_EFFECT = timedelta(days=30, minutes=5)


@pytest.fixture
def zoe():
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    return new_person()


@pytest.fixture
def reader(zoe):
    """Gets the newsletter by mail."""
    preferences.switch(zoe.subject, Topic.NEWSLETTER, Channel.EMAIL, is_wanted=True, source=PAGE)
    return zoe.subject


def change(*affects, **values):
    """Published now, in effect in thirty days."""
    words = f'<p data-purpose="{" ".join(policies.purposes_in_use())}">We do more.</p>'
    texts = {"en": (words, "We do more than before.")}
    values = {"is_material": True, "affects": list(affects)} | values
    version = policies.draft("privacy", texts=texts, **values)
    policies.publish(version)
    version.refresh_from_db()
    return version


@pytest.mark.promise("A-VII.5", "B-9.4")
def test_a_consent_is_off_from_the_day_of_the_change_until_it_is_given_again(reader):
    before = gate.permits(reader, Purpose.MARKETING, "email")
    change(Purpose.MARKETING)
    announced = gate.permits(reader, Purpose.MARKETING, "email")

    with time_machine.travel(timezone.now() + IN_EFFECT):
        changed = gate.permits(reader, Purpose.MARKETING, "email")
        preferences.switch(reader, Topic.NEWSLETTER, Channel.EMAIL, is_wanted=True, source=PAGE)
        renewed = gate.permits(reader, Purpose.MARKETING, "email")

    assert (before, announced, changed, renewed) == (True, True, False, True)


@pytest.mark.parametrize(
    "values", [{"affects": []}, {"affects": ["analytics"]}, {"affects": [], "is_material": False}]
)
def test_other_changes_leave_a_consent_alone(reader, values):
    change(**values)

    with time_machine.travel(timezone.now() + IN_EFFECT):
        assert gate.permits(reader, Purpose.MARKETING, "email")


def test_a_stale_consent_costs_eligibility_no_query(reader, django_assert_num_queries):
    change(Purpose.MARKETING)

    with django_assert_num_queries(2):  # limits, and the consent
        gate.permits(reader, Purpose.MARKETING, "email")


def test_nobody_with_a_stale_consent_gets_a_campaign(reader):
    campaign = Campaign.objects.create(
        topic=Topic.NEWSLETTER, channel=Channel.EMAIL, title="New", text="Jars"
    )
    change(Purpose.MARKETING)
    before = campaigns.wishes(campaign).count()

    with time_machine.travel(timezone.now() + IN_EFFECT):
        after = campaigns.wishes(campaign).count()

    assert (before, after) == (1, 0)


def test_the_mail_about_the_change_says_what_ends_and_when(reader):
    version = change(Purpose.MARKETING)

    with time_machine.travel(timezone.now() + timedelta(minutes=5)), mails_go_out():
        PolicyVersion.objects.filter(pk=version.pk).update(announced_at=None)
        policy_news.tell_everybody()

    [letter] = mail.outbox
    assert f"something you agreed to: {Purpose.MARKETING.label}" in letter.body
    assert "/account/messages/" in letter.body
    assert "stays as you chose it" not in letter.body


def test_whoever_agreed_to_nothing_need_not_do_anything(zoe):
    change(Purpose.MARKETING)

    with time_machine.travel(timezone.now() + timedelta(minutes=5)), mails_go_out():
        policy_news.tell_everybody()

    assert "stays as you chose it" in mail.outbox[0].body


def test_the_page_of_choices_asks_to_choose_again(client, zoe, counting, path_of):
    choosing.answer(zoe.subject, {Purpose.ANALYTICS: True}, source=PAGE, knew_signal=False)
    change(Purpose.ANALYTICS)
    client.force_login(zoe)
    before = client.get(path_of("privacy:choices")).text

    with time_machine.travel(timezone.now() + IN_EFFECT):
        client.force_login(zoe)
        after = client.get(path_of("privacy:choices")).text

    assert "Please choose again." not in before
    assert "Please choose again." in after


def test_a_refusal_stays_a_refusal(zoe, counting):
    choosing.answer(zoe.subject, {Purpose.ANALYTICS: False}, source=PAGE, knew_signal=False)
    change(Purpose.ANALYTICS)

    with time_machine.travel(timezone.now() + IN_EFFECT):
        [state] = choosing.states_of(zoe.subject, has_signal=False)

    assert state.because == choosing.Because.CHOICE


def test_a_visitor_without_an_account_is_asked_again(client, counting, path_of):
    client.post(path_of("privacy:choices"), {"purpose": "analytics", "answer": "yes"})
    change(Purpose.ANALYTICS)
    before = client.get(path_of("privacy:choices")).context["states"]

    cache.clear()  # Redis knows nothing of travels in time
    with time_machine.travel(timezone.now() + IN_EFFECT):
        after = client.get(path_of("privacy:choices")).context["states"]

    assert [state.is_on for state in before] == [True]
    assert [state.is_on for state in after] == [False]


def test_the_page_of_messages_asks_to_choose_again(client, reader, path_of):
    change(Purpose.MARKETING)

    with time_machine.travel(timezone.now() + IN_EFFECT):
        client.force_login(reader.user)
        page = client.get(path_of("accounts:preferences")).text

    assert "please choose again" in page


def test_only_a_material_change_ends_a_consent():
    with pytest.raises(policies.NotPublishable, match="material"):
        change(Purpose.MARKETING, is_material=False)


def test_staff_tick_what_a_change_affects(client, staff):
    staff("privacy")
    typed = {
        "kind": "privacy", "number": "1", "is_material": "on", "affects": ["marketing", "analytics"],
        "texts-TOTAL_FORMS": "0", "texts-INITIAL_FORMS": "0",
    }  # fmt: skip

    page = client.post(reverse("admin:privacy_policyversion_add"), typed)

    assert page.status_code == 302
    assert PolicyVersion.objects.get().affects == ["marketing", "analytics"]


def test_the_proof_of_a_consent_is_unchanged(reader):
    record = ConsentRecord.objects.get()
    change(Purpose.MARKETING)

    with time_machine.travel(timezone.now() + IN_EFFECT):
        stale = consent.stale_of(reader)

    assert stale == [record]
    assert ConsentRecord.objects.get().decision == ConsentRecord.Decision.GIVEN
