"""Using one's rights in the browser: with an account, and as a guest without cookies or scripts."""

import io
import time
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.browser.visitors import DESK, Watch, cautious_visitor
from tests.journeys.test_accounts import PASSWORD, code_in, register, text_of
from tests.journeys.test_buying import buy
from tests.stack import Stack

pytestmark = pytest.mark.browser
HOLDER, GUEST = "holder@mail.example", "rights@mail.example"


@pytest.mark.promise("A-IV.5")
def test_the_holder_of_an_account_takes_a_copy_and_has_everything_deleted(
    stack: Stack, browser: Browser
) -> None:
    page = browser.new_context(viewport=DESK).new_page()
    watch = Watch(page, stack.url, stack.sandbox_url)
    register(page, stack, HOLDER)

    page.goto(f"{stack.url}/en-de/account/privacy/")
    page.get_by_role("link", name="Get a copy of my data").first.click()
    confirm_password(page)
    page.get_by_role("button", name="Make a copy").click()
    assert "Zoë Field" in downloaded(page)
    page.goto(f"{stack.url}/en-de/account/privacy/")
    page.get_by_role("link", name="Delete my data and close the account").click()
    expect(page.get_by_role("heading", name="What goes")).to_be_visible()
    page.get_by_label("When").select_option("now")
    page.get_by_label("Yes, close my account").check()
    page.get_by_role("button", name="Close my account").click()

    expect_done(page)
    assert "Reference and code" in told(stack, HOLDER, "Your data is deleted")
    page.goto(f"{stack.url}/en-de/account/login/")
    page.get_by_label("E-mail").fill(HOLDER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").first.click()
    expect(page.get_by_role("heading", name="Hello, Zoë Field")).not_to_be_visible()
    assert watch.complaints == []


@pytest.mark.promise("B-6.2", "B-6.3")
def test_a_guest_without_cookies_or_scripts_takes_a_copy_and_sees_the_plan(
    stack: Stack, browser_type: BrowserType, browser_type_launch_args: dict[str, object], tmp_path: Path
) -> None:
    with cautious_visitor(browser_type, tmp_path / "profile", browser_type_launch_args) as page:
        number = buy(page, stack, GUEST)

        ask(page, stack, "See my data", number)
        page.get_by_role("button", name="Make a copy").click()
        assert number in downloaded(page)

        ask(page, stack, "Delete my data", number)
        expect(page.get_by_text("UStG").first).to_be_visible()
        expect(page.get_by_text("Something must end first")).to_be_visible()  # the parcel is on its way
        page.get_by_label("Yes, delete what you need not keep").check()
        page.get_by_role("button", name="Delete my data").click()
        expect(page.get_by_text("Scheduled")).to_be_visible()
        page.get_by_role("button", name="Take the request back").click()
        expect(page.get_by_text("Taken back")).to_be_visible()
        assert page.context.cookies() == []


def confirm_password(page: Page) -> None:
    """Asked for again where the last time is too long ago."""
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button").first.click()


def ask(page: Page, stack: Stack, right: str, number: str) -> None:
    page.goto(f"{stack.url}/en-de/")
    page.get_by_role("contentinfo").get_by_role("link", name="Your rights").click()
    page.get_by_label("What you ask for").select_option(label=right)
    page.get_by_label("E-mail").fill(GUEST)
    before = len(codes(stack))
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code from the mail").fill(next_code(stack, before))
    page.get_by_label("The number of one of your orders").fill(number)
    page.get_by_role("button", name="Continue").click()


def codes(stack: Stack) -> list[str]:
    mails = [mail for mail in stack.mails() if GUEST in mail["To"] and "Your code" in mail["Subject"]]
    return [code_in(mail) for mail in mails]


def next_code(stack: Stack, before: int) -> str:
    for _attempt in range(150):
        if len(found := codes(stack)) > before:
            return found[-1]
        time.sleep(0.2)
    raise AssertionError("no code within half a minute")


def downloaded(page: Page) -> str:
    """Wait until the worker has made it; then everything that is in it."""
    for _attempt in range(60):
        if page.get_by_role("button", name="Download the copy").is_visible():
            break
        time.sleep(0.5)
        page.reload()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the copy").click()
    content = Path(download.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def expect_done(page: Page) -> None:
    for _attempt in range(60):
        if page.get_by_text("Completed").first.is_visible():
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
