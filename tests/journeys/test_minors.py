"""A child tells its birthday; its mother, on a phone without cookies or scripts, has everything deleted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.browser.visitors import PHONE, Watch, cautious_visitor
from tests.journeys.test_accounts import PASSWORD, code_in, link_in, register, wait_for
from tests.journeys.test_support import here
from tests.stack import Stack

pytestmark = pytest.mark.browser
KIM, PETRA = "kim@mail.example", "petra@mail.example"


@pytest.mark.promise("A-VI.2", "A-VI.3", "A-VI.4", "A-VI.5", "A-VI.6")
def test_from_a_birthday_to_the_deletion_at_the_mothers_wish(
    stack: Stack,
    browser: Browser,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, object],
    tmp_path: Path,
) -> None:
    kim = browser.new_context(viewport=PHONE).new_page()
    watch = Watch(kim, stack.url, stack.sandbox_url)
    register(kim, stack, KIM)
    tell_birthday(kim, stack)
    cannot_order(kim, stack)
    answer_the_question(kim, stack)
    name_the_mother(kim)
    assert [one for one in watch.complaints if "403" not in one] == []  # the refusal of the order

    with cautious_visitor(browser_type, tmp_path / "profile", browser_type_launch_args) as petra:
        petra.set_viewport_size(PHONE)
        petra.goto(here(stack, link_in(wait_for(stack, "child in your care", PETRA), "guardian")))
        look(browser, petra.url)
        prove(petra, stack)
        look(browser, petra.url)
        see_what_is_kept(petra)
        look(browser, petra.url)
        have_it_deleted(petra)
        assert petra.context.cookies() == []
    expect_gone(kim, stack)


def tell_birthday(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/en-de/account/profile/")
    page.get_by_label("Date of birth").fill(f"{datetime.now(UTC).year - 12}-01-02")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("main")).to_contain_text("Ordering rests for the moment")
    expect_easy(page)


def cannot_order(page: Page, stack: Stack) -> None:
    question = page.url
    page.goto(f"{stack.url}/en-de/products/morning-bowl/")
    page.locator("label.choice", has_text="Celadon").first.click()
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("button", name="Checkout").click()
    expect(page.get_by_role("heading", name="Ordering rests at present")).to_be_visible()
    expect_easy(page)
    page.get_by_role("link", name="See why").click()
    page.get_by_role("link", name="We have a question about your account").click()
    expect(page).to_have_url(question)


def answer_the_question(page: Page, stack: Stack) -> None:
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_label("Younger than 16").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("main")).to_contain_text("You have done nothing wrong")
    expect_easy(page)


def name_the_mother(page: Page) -> None:
    page.get_by_label("Their name").fill("Petra Field")
    page.get_by_label("Their e-mail").fill(PETRA)
    page.get_by_role("button", name="Ask them").click()
    expect(page.get_by_role("main")).to_contain_text("We have written to them")


def prove(page: Page, stack: Stack) -> None:
    page.get_by_label("The child's e-mail").fill(KIM)
    page.get_by_label("Your name").fill("Petra Field")
    page.get_by_label("Your e-mail").fill(PETRA)
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code from the child's mail").fill(
        code_in(wait_for(stack, "A code for your parent", KIM))
    )
    page.get_by_label("I state that I am a parent").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Your child's data")).to_be_visible()


def see_what_is_kept(page: Page) -> None:
    page.get_by_label("See the data first").check()
    page.get_by_role("button", name="Do this").click()
    expect(page.get_by_role("main")).to_contain_text("Zoë Field")
    expect(page.get_by_role("main")).not_to_contain_text(PASSWORD)


def have_it_deleted(page: Page) -> None:
    page.get_by_role("link", name="Back to your decision").click()
    page.get_by_label("Delete everything").check()
    page.get_by_role("button", name="Do this").click()
    expect(page.get_by_role("main")).to_contain_text("We are deleting everything")


def expect_gone(page: Page, stack: Stack) -> None:
    wait_for(stack, "Your data is deleted", KIM)
    page.goto(f"{stack.url}/en-de/account/")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def look(browser: Browser, address: str) -> None:
    """The same page where scripts run: axe is one."""
    page = browser.new_page(viewport=PHONE)
    page.goto(address)
    expect_easy(page)
    page.close()


def expect_easy(page: Page) -> None:
    """Nothing stands out to the side of a phone, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert Axe().run(page).response["violations"] == []
