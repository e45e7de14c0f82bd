"""Every right in the browser, by the holder of an account and by a guest without cookies or scripts.

Each asks, proves who they are, sees the page of the right and gets the outcome.
"""

import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserType, Page, expect

from shop.demo.people import SIGN_INS
from tests.browser.visitors import DESK, PHONE, Watch, cautious_visitor
from tests.journeys.test_accounts import PASSWORD, code_in, order, register, text_of
from tests.journeys.test_buying import buy
from tests.stack import Stack

pytestmark = pytest.mark.browser
HOLDER, GUEST, LEAVER, CHILD, PARENT = (
    f"{name}@mail.example" for name in ("holder", "rights", "leaver", "child", "parent")
)
# A right as the page for everybody names it, and its button in the account.
IN_THE_ACCOUNT = {
    "Correct my data": "Correct something",
    "Stop using my data for a while": "Stop using it for a while",
    "Object to a use of my data": "Object to a use",
    "Withdraw a consent": "Withdraw a consent",
    "Explain a decision": "Have a decision explained",
    "Complain about the use of my data": "Complain",
}


@dataclass
class Person:
    """Somebody who has ordered. `ask` leads to the page of a right, by whatever proof it takes."""

    page: Page
    stack: Stack
    email: str
    ask: Callable[[str], None]

    def mail(self, subject: str) -> str:
        return told(self.stack, self.email, subject)


@pytest.fixture(scope="module", params=["holder", "guest"])
def person(request: pytest.FixtureRequest, holder: Person, guest: Person) -> Person:
    return {"holder": holder, "guest": guest}[request.param]


@pytest.fixture(scope="module")
def holder(stack: Stack, browser: Browser) -> Person:
    page = browser.new_context(viewport=DESK).new_page()
    register(page, stack, HOLDER)
    order(page, stack)

    def ask(right: str) -> None:
        page.goto(f"{stack.url}/en-de/")
        page.get_by_role("contentinfo").get_by_role("link", name="Your rights").click()
        if right in IN_THE_ACCOUNT:
            page.get_by_role("button", name=IN_THE_ACCOUNT[right], exact=True).click()
        else:
            page.get_by_role("link", name=right).click()
            confirm_password(page)
        assert_accessible(page)

    return Person(page, stack, HOLDER, ask)


@pytest.fixture(scope="module")
def guest(
    stack: Stack,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Person]:
    folder = tmp_path_factory.mktemp("guest") / "profile"
    with cautious_visitor(browser_type, folder, browser_type_launch_args) as page:
        yield ordering_guest(page, stack, GUEST)
        assert page.context.cookies() == []


@pytest.fixture(scope="module")
def leaver(stack: Stack, browser: Browser) -> Person:
    """Another guest, because nobody is sent more than five codes an hour."""
    return ordering_guest(browser.new_context(viewport=PHONE).new_page(), stack, LEAVER)


def ordering_guest(page: Page, stack: Stack, email: str) -> Person:
    number = buy(page, stack, email)

    def ask(right: str) -> None:
        begin(page, stack, right, email)
        page.get_by_label("The number of one of your orders").fill(number)
        page.get_by_role("button", name="Continue").click()

    return Person(page, stack, email, ask)


# --- Take it ------------------------------------------------------------------------------------------------


@pytest.mark.promise("A-IV.1", "B-0.2", "B-6.1")
def test_the_holder_sees_everything_and_takes_a_copy_that_reads_well(
    holder: Person, browser: Browser, tmp_path: Path
) -> None:
    page = holder.page
    watch = Watch(page, holder.stack.url)
    holder.ask("See what we know")
    expect(page.get_by_text("until ").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(HOLDER)

    holder.ask("Get a copy of my data")
    page.get_by_role("button", name="Make a copy").click()
    archive = downloaded(page)

    assert_reads_well(archive, browser, tmp_path, "Zoë Field")
    assert watch.complaints == []


@pytest.mark.promise("B-0.2", "B-6.1", "B-6.2", "B-6.3")
def test_the_guest_takes_a_copy_to_another_shop(guest: Person, browser: Browser, tmp_path: Path) -> None:
    guest.ask("Take my data with me")
    guest.page.get_by_role("button", name="Make a copy").click()

    archive = downloaded(guest.page)

    assert_reads_well(archive, browser, tmp_path, "Robin Seiler")
    data = json.loads(archive.read("data.json"))
    assert set(json.loads(archive.read("schema.json"))["required"]) == set(data)
    [orders] = [dataset for dataset in data["datasets"] if dataset["name"] == "orders.order"]
    assert orders["rows"][0]["email"] == GUEST


# --- Put it right, stop it, contradict ----------------------------------------------------------------------


@pytest.mark.promise("A-IV.3", "B-6.1")
def test_what_is_wrong_is_put_right_at_once(person: Person) -> None:
    page = person.page
    person.ask("Correct my data")
    page.get_by_label("Town or city").fill("Markkleeberg")
    page.get_by_role("button", name="Correct it").filter(has_text="order").first.click()

    expect(page.get_by_label("Town or city")).to_have_value("Markkleeberg")
    assert "Markkleeberg" not in person.mail("corrected")  # masked


@pytest.mark.promise("A-IV.9")
def test_the_use_stops_and_goes_on_at_a_word(person: Person) -> None:
    page = person.page
    person.ask("Stop using my data for a while")
    page.get_by_label("Everything, except what the law demands").check()
    page.get_by_label("I need it for a claim of mine").check()
    page.get_by_role("button", name="Stop it now").click()

    expect(page.get_by_role("heading", name="What we do not use at present")).to_be_visible()
    assert "Reference and code" in person.mail("News of your privacy request")
    page.get_by_role("button", name="You may use it again").click()
    expect(page.get_by_role("heading", name="What we do not use at present")).not_to_be_visible()


def test_an_objection_stops_the_use_until_somebody_has_weighed_it(person: Person) -> None:
    page = person.page
    person.ask("Object to a use of my data")
    page.get_by_label("The use you object to").select_option("security")
    page.get_by_label("Why").fill("Nobody else has ever used my card.")
    page.get_by_role("button", name="Object", exact=True).click()

    expect(page.get_by_role("heading", name="What we do not use at present")).to_be_visible()
    page.get_by_role("link", name="How your request stands").click()
    expect(page.get_by_text("Answered by")).to_be_visible()


def test_the_holder_withdraws_a_consent_with_one_press(holder: Person) -> None:
    page = holder.page
    page.goto(f"{holder.stack.url}/en-de/account/messages/")
    page.get_by_role("group", name="Newsletter").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Keep my choices").click()

    holder.ask("Withdraw a consent")
    page.get_by_role("button", name="Withdraw all of them").click()

    expect(page.get_by_text("You have agreed to nothing that needs your consent")).to_be_visible()
    assert "Completed" in holder.mail("News of your privacy request")


def test_a_reader_without_an_account_withdraws_by_the_link_that_is_mailed(guest: Person) -> None:
    page, stack = guest.page, guest.stack
    page.goto(f"{stack.url}/en-de/newsletter/")
    page.get_by_role("main").get_by_label("E-mail").fill(GUEST)
    page.get_by_role("main").get_by_role("button").first.click()
    page.goto(link_in(guest.mail("newsletter"), "confirm"))
    page.get_by_role("main").get_by_role("button").first.click()

    page.goto(f"{stack.url}/en-de/privacy/rights/")
    page.get_by_role("link", name="At once, without any request").click()
    page.get_by_role("main").get_by_label("E-mail").fill(GUEST)
    page.get_by_role("main").get_by_role("button").first.click()
    page.goto(link_in(guest.mail("may send you"), "preferences"))
    page.get_by_role("button", name="Nothing but what is needed").click()

    expect(page.get_by_role("main").get_by_role("checkbox").first).not_to_be_checked()


def test_a_decision_is_explained(person: Person) -> None:
    page = person.page
    person.ask("Explain a decision")
    expect(page.get_by_text("No machine decides about you here.")).to_be_visible()
    page.get_by_role("button", name="That answers it").click()

    expect(page.get_by_text("Completed")).to_be_visible()


@pytest.mark.promise("B-10.2")
def test_the_holders_complaint_is_read_by_a_person_who_answers(holder: Person, browser: Browser) -> None:
    page = holder.page
    holder.ask("Complain about the use of my data")
    expect(page.get_by_role("heading", name="You need not ask us first")).to_be_visible()
    page.get_by_label("In your words").fill("You wrote to my old address.")
    page.get_by_role("button", name="Send it to us").click()

    decide(browser, holder.stack, page.locator("dd strong").inner_text(), "It is done: tell the person")

    page.reload()
    expect(page.get_by_text("Completed")).to_be_visible()


@pytest.mark.promise("B-6.2", "B-10.1", "B-10.2")
def test_a_guest_complains_through_contact_us(guest: Person, browser: Browser) -> None:
    page = guest.page
    page.goto(f"{guest.stack.url}/en-de/contact/")
    page.get_by_label("My data and my rights").check()
    page.get_by_label("Which right?").select_option("complaint")
    page.get_by_label("Your message").fill("You wrote to my old address.")
    page.get_by_label("E-mail").fill(GUEST)
    page.get_by_role("main").get_by_role("button", name="Send").click()
    found = re.search(r"privacy request (\w{12}) ", guest.mail("We have your question"))
    assert found

    decide(browser, guest.stack, found.group(1), "It is done: tell the person")

    assert "Completed" in guest.mail("News of your privacy request")


# --- Be gone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "wish"), [("holder", "Cancel it and pay me back"), ("leaver", "Send it; what that needs")]
)
@pytest.mark.promise("A-IV.5", "B-6.4")
def test_everything_is_deleted_but_what_a_parcel_still_needs(
    who: str, wish: str, holder: Person, leaver: Person
) -> None:
    person = {"holder": holder, "leaver": leaver}[who]
    page = person.page
    person.ask("Delete my data")
    expect(page.get_by_role("heading", name="What goes", exact=True)).to_be_visible()
    expect(page.get_by_text("An order is paid and will be sent to you.")).to_be_visible()
    page.get_by_label(wish).check()
    page.get_by_label("Now; there is no way back").check()
    page.get_by_label("Yes, ").check()
    page.get_by_role("main").get_by_role("button").first.click()

    wait_for(page, lambda: page.get_by_text(re.compile("^(Completed|Most is gone)")).first.is_visible())
    expect(page.get_by_role("heading", name="What stays, and why")).to_be_visible()
    page.goto(f"{person.stack.url}/en-de/account/privacy/")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.promise("A-VI.6", "B-7.4")
def test_a_guardian_has_a_childs_data_deleted_without_an_account(stack: Stack, browser: Browser) -> None:
    register(browser.new_context(viewport=PHONE).new_page(), stack, CHILD)
    page = browser.new_context(viewport=PHONE).new_page()
    page.goto(f"{stack.url}/en-de/privacy/rights/")
    page.get_by_role("main").get_by_role("link", name="Parents and guardians").click()
    page.get_by_label("The child's e-mail").fill(CHILD)
    page.get_by_label("Your name").fill("Petra Parent")
    page.get_by_label("Your e-mail").fill(PARENT)
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code from the child's mail").fill(code_of(stack, CHILD))
    page.get_by_label("I state that I am a parent").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Delete").check()
    page.get_by_role("button", name="Do this").click()

    expect(page.get_by_text("We are deleting everything.")).to_be_visible()
    assert told(stack, CHILD, "Your data is deleted")
    assert page.context.cookies() == []


# --- Steps --------------------------------------------------------------------------------------------------


def confirm_password(page: Page) -> None:
    """Asked for again where the last time is too long ago."""
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button").first.click()


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def begin(page: Page, stack: Stack, right: str, email: str) -> None:
    page.goto(f"{stack.url}/en-de/")
    page.get_by_role("contentinfo").get_by_role("link", name="Your rights").click()
    page.get_by_label("What you ask for").select_option(label=right)
    page.get_by_label("E-mail").fill(email)
    before = len(codes(stack, email))
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code from the mail").fill(code_of(stack, email, before))


def decide(browser: Browser, stack: Stack, token: str, decision: str) -> None:
    """As somebody of the privacy desk does it."""
    reference = token.partition("-")[0]
    colleague = next(one for one in SIGN_INS if one.role == "privacy")
    page = browser.new_context(viewport=DESK).new_page()
    page.goto(f"{stack.url}/admin/privacy/privacyrequest/?q={reference}")
    page.get_by_label("E-mail").fill(colleague.email)
    page.get_by_label("Password").fill(colleague.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=reference).click()
    page.get_by_label("Decision").select_option(label=decision)
    page.get_by_role("button", name="Save", exact=True).click()
    page.context.close()


def codes(stack: Stack, email: str) -> list[str]:
    mails = [mail for mail in stack.mails() if email in mail["To"] and "code" in mail["Subject"].lower()]
    return [code_in(mail) for mail in mails]


def code_of(stack: Stack, email: str, before: int = 0) -> str:
    for _attempt in range(150):
        if len(found := codes(stack, email)) > before:
            return found[-1]
        time.sleep(0.2)
    raise AssertionError("no code within half a minute")


def downloaded(page: Page) -> zipfile.ZipFile:
    """Wait until the worker has made it, then fetch it."""
    wait_for(page, lambda: page.get_by_role("button", name="Download the copy").is_visible())
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the copy").click()
    return zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))


def assert_reads_well(archive: zipfile.ZipFile, browser: Browser, folder: Path, name: str) -> None:
    """Unpacked and opened from the disk, on a phone: links lead somewhere, and nothing is fetched."""
    archive.extractall(folder)
    page = browser.new_context(viewport=PHONE).new_page()
    watch = Watch(page, "file://")
    page.goto((folder / "index.html").as_uri())

    expect(page.get_by_role("heading", name=re.compile("Your data at"))).to_be_visible()
    expect(page.get_by_text(name).first).to_be_visible()
    for link in page.get_by_role("navigation").get_by_role("link").all():
        assert page.locator(link.get_attribute("href") or "").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    assert watch.complaints == []
    page.context.close()


def wait_for(page: Page, is_there: Callable[[], bool]) -> None:
    for _attempt in range(60):
        if is_there():
            return
        time.sleep(0.5)
        page.reload()
    raise AssertionError(page.get_by_role("main").inner_text())


def told(stack: Stack, to: str, subject: str) -> str:
    for _attempt in range(100):
        if found := [mail for mail in stack.mails() if to in mail["To"] and subject in mail["Subject"]]:
            return text_of(found[-1])
        time.sleep(0.2)
    raise AssertionError(f"no mail “{subject}”")


def link_in(text: str, part: str) -> str:
    found = re.search(rf"http://\S+{part}\S*", text)
    assert found, text
    return found.group()
