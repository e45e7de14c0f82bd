"""From the first registration to a stolen password, as the owner of an account lives it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitors import DESK, PHONE, Watch
from tests.journeys.test_buying import confirmed_number, pay
from tests.stack import Stack

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "zoe@mail.example", "a kettle full of rain"
ANOTHER_BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.promise("A-I.1", "A-II.9")
def test_register_verify_passkey_order_notice_and_not_me(stack: Stack, browser: Browser) -> None:
    page = browser.new_context(viewport=DESK).new_page()
    watch = Watch(page, stack.url, stack.sandbox_url)
    register(page, stack)
    with phone_with_a_fingerprint(page):
        recovery_codes = add_passkey(page, stack)
        sign_out(page, stack)
        sign_in_with_passkey(page, stack)
    order(page, stack)

    thief = browser.new_context(viewport=PHONE, user_agent=ANOTHER_BROWSER).new_page()
    sign_in_with_password(thief, stack, recovery_codes[0])
    notice = wait_for(stack, "Was this you?")
    expect_listed(page, stack, "Firefox, Windows")
    mailbox = browser.new_context().new_page()
    mailbox.goto(link_in(notice, "not-me"))
    mailbox.get_by_role("button", name="This was not me").click()

    expect(mailbox.get_by_role("heading", name="The account is locked")).to_be_visible()
    assert mailbox.context.cookies() == []
    for former in (thief, page):
        former.goto(f"{stack.url}/en-de/account/")
        expect(former.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert watch.complaints == []
    choose_new_password(mailbox, stack)


def register(page: Page, stack: Stack, email: str = EMAIL) -> None:
    page.goto(f"{stack.url}/en-de/account/signup/")
    page.get_by_label("Your name").fill("Zoë Field")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Mobile phone").fill("0151 23456789")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Register").click()
    page.get_by_label("Code").fill(code_in(wait_for(stack, "confirm your e-mail", email)))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Hello, Zoë Field")).to_be_visible()


@contextmanager
def phone_with_a_fingerprint(page: Page) -> Iterator[None]:
    """A virtual authenticator of Chromium, whose owner always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    devtools.detach()


def add_passkey(page: Page, stack: Stack) -> list[str]:
    """Its answer are the recovery codes that come with the first one."""
    page.goto(f"{stack.url}/en-de/account/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("What you call it").fill("My phone")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return page.locator(".codes code").all_inner_texts()


def sign_out(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/en-de/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


def sign_in_with_passkey(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/en-de/account/login/")
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Hello, Zoë Field")).to_be_visible()


def sign_in_with_password(page: Page, stack: Stack, recovery_code: str) -> None:
    page.goto(f"{stack.url}/en-de/account/login/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_label("recovery code").fill(recovery_code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Hello, Zoë Field")).to_be_visible()


def order(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/en-de/products/morning-bowl/")
    page.locator("label.choice", has_text="Celadon").first.click()
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("button", name="Checkout").click()
    if not page.get_by_label("E-mail").input_value():
        page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Full name").fill("Zoë Field")
    page.get_by_label("Street").fill("Karl-Heine-Straße 48")
    page.get_by_label("Postcode").fill("04229")
    page.get_by_label("Town or city").fill("Leipzig")
    page.get_by_role("button", name="Review the order").click()
    page.get_by_role("button", name="Place order").click()
    pay(page)
    assert confirmed_number(page)


def expect_listed(page: Page, stack: Stack, device: str) -> None:
    page.goto(f"{stack.url}/en-de/account/devices/")
    expect(page.get_by_role("main")).to_contain_text(device)
    expect(page.get_by_text("This one")).to_be_visible()


def choose_new_password(page: Page, stack: Stack) -> None:
    page.get_by_role("link", name="Choose a new password").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code").fill(code_in(wait_for(stack, "code for a new password")))
    page.get_by_role("button", name="Confirm").click()
    for field in page.get_by_role("main").locator("input[type=password]").all():
        field.fill("another rainy kettle")
    page.get_by_role("button", name="Use this password").click()
    expect(page.get_by_role("heading", name="Your password is changed")).to_be_visible()


def wait_for(stack: Stack, subject: str, to: str = EMAIL) -> EmailMessage:
    for _attempt in range(150):
        if found := [mail for mail in stack.mails() if to in mail["To"] and subject in mail["Subject"]]:
            return found[-1]
        time.sleep(0.2)
    raise AssertionError(f"no mail “{subject}” within half a minute")


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


def code_in(letter: EmailMessage) -> str:
    match = re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]+)$", text_of(letter), re.MULTILINE)
    assert match
    return match.group(1)


def link_in(letter: EmailMessage, part: str) -> str:
    match = re.search(rf"https?://\S*{part}\S*", text_of(letter))
    assert match
    return match.group()
