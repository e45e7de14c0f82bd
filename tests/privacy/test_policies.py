import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import resolve
from django.utils import timezone

from privacy import policies, policy_checks, policy_files
from privacy.models import PolicyText, PolicyVersion
from privacy.models.policies import PublishedForGood
from privacy.registry import Category, DeleteRow, Personal, PersonalData, Purpose, WhileKnown, register

from .letters import Letter

pytestmark = pytest.mark.django_db
DEMO = Path(settings.BASE_DIR) / "shop" / "demo" / "policies"


def all_purposes() -> str:
    return " ".join(policies.purposes_in_use())


def written(words: str, *, kind: str = "privacy", summary: str = "What is new.", **values) -> PolicyVersion:
    text = f'<p data-purpose="{all_purposes()}">{words}</p><p>We <a href="/contact/">answer</a>.</p>'
    return policies.draft(kind, texts={"en": (text, summary)}, **values)


def published(words: str, **values) -> PolicyVersion:
    version = written(words, **values)
    policies.publish(version)
    version.refresh_from_db()
    return version


# --- Which version holds ------------------------------------------------------------------------------------


@pytest.mark.promise("A-VII.1", "A-VII.3", "B-9.1", "B-9.2", "B-9.3")
def test_a_version_takes_effect_by_itself_on_its_date(client, path_of):
    published("The old words.")
    published("The new words.", is_material=True)

    today = client.get(path_of("privacy:policy", "privacy")).text
    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1)):
        later = client.get(path_of("privacy:policy", "privacy")).text

    assert "The old words." in today
    assert "A new version takes effect on" in today
    assert "The new words." in later
    assert "The old words." not in later


def test_a_version_dated_ahead_waits_for_its_day():
    first = published("Old", kind="terms")
    second = published("New", kind="terms", effective_at=timezone.now() + timedelta(days=3))

    assert PolicyVersion.objects.effective("terms") == first
    assert list(PolicyVersion.objects.upcoming()) == [second]
    assert PolicyVersion.objects.effective("terms", timezone.now() + timedelta(days=4)) == second


def test_a_draft_is_seen_by_nobody(client, path_of):
    draft = written("Not yet.")

    assert client.get(path_of("privacy:policy", "privacy")).status_code == 404
    assert client.get(path_of("privacy:policy_version", "privacy", draft.number)).status_code == 404
    assert client.get(path_of("privacy:policy_history", "privacy")).status_code == 404


# --- Published for good -------------------------------------------------------------------------------------


def test_the_database_refuses_every_change_of_what_was_published():
    version = published("These words.")
    text = version.texts.get()

    for change in (
        lambda: PolicyText.objects.filter(pk=text.pk).update(text="Other words."),
        lambda: PolicyText.objects.create(version=version, language="de", text="Mehr", summary="Mehr"),
        lambda: PolicyVersion.objects.filter(pk=version.pk).update(effective_at=timezone.now()),
        lambda: PolicyVersion.objects.filter(pk=version.pk).update(published_at=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(PublishedForGood):
        version.delete()


def test_a_draft_may_change():
    draft = written("These words.")

    PolicyText.objects.filter(version=draft).update(text="Other words.")

    assert draft.texts.get().text == "Other words."


def test_a_material_change_is_published_thirty_days_ahead_at_least():
    soon = written("New", is_material=True, effective_at=timezone.now() + timedelta(days=29))

    with pytest.raises(policies.NotPublishable, match="at the earliest"):
        policies.publish(soon)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=soon.pk).update(published_at=timezone.now())


def test_a_text_that_leaves_a_purpose_out_cannot_be_published():
    draft = policies.draft("privacy", texts={"en": ('<p data-purpose="account">Only this.</p>', "")})

    with pytest.raises(policies.NotPublishable, match="fulfilment"):
        policies.publish(draft)


def test_nothing_is_published_twice_or_without_the_first_language():
    version = published("Words")
    german = policies.draft("terms", texts={"de": ("<p>Worte</p>", "Neu")})

    with pytest.raises(policies.NotPublishable, match="already"):
        policies.publish(version)
    with pytest.raises(policies.NotPublishable, match="no text in en"):
        policies.publish(german)


# --- The pages ----------------------------------------------------------------------------------------------


@pytest.mark.promise("A-0.1")
def test_the_tables_of_the_policy_are_made_from_the_declarations(client, path_of, fresh_register):
    published("Words.")

    @register(Letter)
    class LetterData(PersonalData):
        subject = "subject"
        purpose = Purpose.RECOMMENDATION
        retention = WhileKnown(why="as long as the raven lives")
        fields = {"email": Personal(Category.GUARDIAN, "Address", erase=DeleteRow())}

    page = client.get(path_of("privacy:policy", "privacy")).text

    assert 'id="purpose-recommendation"' in page
    assert "as long as the raven lives" in page
    assert 'id="purpose-fulfilment"' in page


def test_what_is_not_translated_is_shown_in_the_first_language_and_says_so(client, path_of):
    published("Only in English.")

    page = client.get(path_of("privacy:policy", "privacy", language="de")).text

    assert "Only in English." in page
    assert '<div class="prose" lang="en">' in page
    assert 'href="/de-de/contact/"' in page


def test_a_text_cannot_carry_a_script(client, path_of):
    published('<script>alert(1)</script><p onclick="x()">Fine</p>', kind="terms")

    page = client.get(path_of("privacy:policy", "terms")).text

    assert "alert(1)" not in page
    assert "onclick" not in page
    assert "Fine" in page


@pytest.mark.promise("A-VII.4")
def test_all_versions_stay_readable_with_what_changed_between_them(client, path_of):
    published("We keep your letter for one year.", summary="The first.")
    published("We keep your letter for two years.", summary="We keep letters longer.")

    history = client.get(path_of("privacy:policy_history", "privacy")).text
    changes = client.get(path_of("privacy:policy_changes", "privacy", 2)).text
    old = client.get(path_of("privacy:policy_version", "privacy", 1)).text
    feed = client.get(path_of("privacy:policy_feed", "privacy"))

    assert history.index("We keep letters longer.") < history.index("The first.")
    assert "<del>one year.</del>" in changes
    assert "<ins>two years.</ins>" in changes
    assert "This is an old version." in old
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert "We keep letters longer." in feed.text


def test_every_page_leads_to_the_policy_and_the_terms(client, path_of):
    page = client.get(path_of("orders:cart")).text

    assert 'href="/en-de/privacy/policy/"' in page
    assert 'href="/en-de/terms/"' in page


# --- The check ----------------------------------------------------------------------------------------------


def test_a_production_shop_without_policies_is_told_so(settings):
    settings.DEMO = False

    found = policy_checks.check_policies(databases=["default"])

    assert [problem.id for problem in found] == ["privacy.E014"] * 3
    assert policy_checks.check_policies(databases=None) == []


def test_a_purpose_that_the_policy_in_effect_does_not_name_is_an_error(settings, fresh_register):
    settings.DEMO = False
    policy_files.publish_folder(DEMO)
    before = policy_checks.check_policies(databases=["default"])

    @register(Letter)
    class LetterData(PersonalData):
        subject = "subject"
        purpose = Purpose.RECOMMENDATION
        retention = WhileKnown(why="of the raven")
        fields = {"email": Personal(Category.CONTACT, "Address", erase=DeleteRow())}

    after = policy_checks.check_policies(databases=["default"])

    assert before == []
    assert [problem.id for problem in after] == ["privacy.E014"] * 3 + ["privacy.W102"]
    assert "recommendation" in after[0].msg


# --- The demo's own -----------------------------------------------------------------------------------------


def test_the_demos_policies_are_in_three_languages_and_loaded_once(client, path_of):
    first = policy_files.publish_folder(DEMO)
    second = policy_files.publish_folder(DEMO)

    assert {version.kind for version in first} == set(PolicyVersion.Kind)
    assert second == []
    assert PolicyText.objects.count() == 9
    assert "wer etwas davon erhält" in client.get(path_of("privacy:policy", "privacy", language="de")).text
    for text in PolicyText.objects.all():
        for href in re.findall(r'href="(/[^"]*)"', text.text):
            assert resolve(href), href


def test_a_folder_is_loaded_whole_or_not_at_all(tmp_path):
    (tmp_path / "cookies.en.html").write_text("<!--First.-->\n<p>Fine.</p>")
    (tmp_path / "privacy.en.html").write_text("<!--First.-->\n<p>Says nothing.</p>")

    with pytest.raises(CommandError, match="does not name"):
        call_command("load_policies", tmp_path)

    assert not PolicyVersion.objects.exists()


# --- The back office ----------------------------------------------------------------------------------------


def test_the_privacy_role_publishes_a_draft_and_sees_what_it_changes(client, staff):
    published("We keep it for one year.")
    draft = written("We keep it for two years.")
    staff("privacy")

    form = client.get(f"/admin/privacy/policyversion/{draft.pk}/change/").text
    client.post("/admin/privacy/policyversion/", {"action": "publish", "_selected_action": [draft.pk]})

    assert "<ins>two years.</ins>" in form
    assert PolicyVersion.objects.effective("privacy") == draft
    after = client.get(f"/admin/privacy/policyversion/{draft.pk}/change/").text
    assert "<textarea" not in after


def test_other_roles_do_not(client, staff):
    staff("support")

    assert client.get("/admin/privacy/policyversion/").status_code == 403
