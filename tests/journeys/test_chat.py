"""A shopper and an agent write to each other in two browsers; another has neither JavaScript nor cookies."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from shop.demo.people import SIGN_INS
from tests.browser.visitors import DESK, PHONE, Watch, cautious_visitor
from tests.stack import Stack

pytestmark = pytest.mark.browser

AGENT = next(person for person in SIGN_INS if person.role == "support")
QUICKLY = 15_000


@pytest.fixture
def desk(stack: Stack, browser: Browser) -> Page:
    """The agent's browser, signed in."""
    page = browser.new_context(viewport=DESK).new_page()
    page.goto(f"{stack.url}/admin/support/ticket/?queue=chats")
    main = page.get_by_role("main")
    main.get_by_label("E-mail").fill(AGENT.email)
    main.get_by_label("Password").fill(AGENT.password)
    main.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/admin/support/ticket/"))
    return page


@pytest.mark.promise("A-I.15")
def test_a_shopper_without_cookies_and_an_agent_write_both_ways(
    stack: Stack, browser: Browser, desk: Page
) -> None:
    shopper = browser.new_context(viewport=PHONE).new_page()
    watch, at_the_desk = Watch(shopper, stack.url), Watch(desk, stack.url)

    start(shopper, stack, "Is the moon jar <b>lead-free</b>?")
    take(desk, stack, shopper)
    expect(desk.get_by_role("log")).to_contain_text("Is the moon jar <b>lead-free</b>?")
    shopper.get_by_label("Your message").fill("half a sentence, still typ")
    say(desk, "It is, and <i>dishwasher-proof</i>.")

    expect(shopper.get_by_role("log")).to_contain_text("It is, and <i>dishwasher-proof</i>.", timeout=QUICKLY)
    expect(shopper.get_by_label("Your message")).to_have_value("half a sentence, still typ")
    expect(shopper.get_by_label("Your message")).to_be_focused()
    say(shopper, "Thank you!")
    expect(desk.get_by_role("log")).to_contain_text("Thank you!", timeout=QUICKLY)
    expect(shopper.locator(".chat__read")).to_be_visible(timeout=QUICKLY)
    assert shopper.context.cookies() == []
    assert watch.complaints == []
    assert at_the_desk.complaints == []


def test_the_chat_works_without_javascript_and_with_cookies_blocked(
    stack: Stack,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, object],
    desk: Page,
    tmp_path: Path,
) -> None:
    with cautious_visitor(browser_type, tmp_path / "profile", browser_type_launch_args) as shopper:
        start(shopper, stack, "Do you deliver to islands?")
        take(desk, stack, shopper)
        say(desk, "To every one with a post office.")
        shopper.get_by_label("Your message").fill("half a sentence")
        shopper.get_by_role("button", name="Look for an answer").click()

        expect(shopper.get_by_role("log")).to_contain_text("To every one with a post office.")
        expect(shopper.get_by_label("Your message")).to_have_value("half a sentence")
        shopper.get_by_role("button", name="Send", exact=True).click()
        expect(desk.get_by_role("log")).to_contain_text("half a sentence", timeout=QUICKLY)
        shopper.get_by_role("button", name="End the chat").click()
        expect(shopper.get_by_role("main")).to_contain_text("This chat has ended")
        assert shopper.context.cookies() == []


def start(page: Page, stack: Stack, words: str) -> None:
    page.goto(f"{stack.url}/en-de/chat/")
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Start the chat").click()
    expect(page.get_by_role("log")).to_contain_text(words)


def take(page: Page, stack: Stack, shopper: Page) -> None:
    """The agent opens the chat that the shopper has just begun."""
    reference = re.search(r"Reference (\w+)", shopper.get_by_role("main").inner_text(), re.IGNORECASE)
    assert reference
    page.goto(f"{stack.url}/admin/support/ticket/?q={reference.group(1)}")
    page.get_by_role("link", name=reference.group(1)).click()
    page.get_by_role("link", name="Write live").click()
    expect(page.get_by_role("log")).to_be_visible()


def say(page: Page, words: str) -> None:
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text(words)
