"""From the first page to the parcel, as a shopper and as the owner see it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from shop.demo.people import SIGN_INS
from tests.browser.visitors import PHONE, Watch, cautious_visitor
from tests.stack import Stack

pytestmark = pytest.mark.browser


@pytest.mark.promise("B-5.4", "B-5.5", "A-I.6")
def test_a_guest_buys_with_cookies_blocked_and_no_javascript(
    stack: Stack, browser_type: BrowserType, browser_type_launch_args: dict[str, object], tmp_path: Path
) -> None:
    with cautious_visitor(browser_type, tmp_path / "profile", browser_type_launch_args) as page:
        watch = Watch(page, stack.url, stack.sandbox_url)

        number = buy(page, stack, "cautious@mail.example")

        assert "/c/" in page.url or "/orders/status/" in page.url
        assert page.context.cookies() == []
        assert watch.complaints == []
        expect_status_page_behind_mail(page, stack, "cautious@mail.example", number)
    expect_owner_sees_it_paid(browser_type, browser_type_launch_args, stack, number)


@pytest.mark.promise("A-I.8")
def test_a_guest_buys_on_a_phone(stack: Stack, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    watch = Watch(page, stack.url, stack.sandbox_url)

    number = buy(page, stack, "phone@mail.example")

    assert {cookie["name"] for cookie in page.context.cookies()} <= {"cart"}
    assert watch.complaints == []
    expect_status_page_behind_mail(page, stack, "phone@mail.example", number)


def buy(page: Page, stack: Stack, email: str) -> str:
    """Home, category, filter, product, cart, checkout, payment; the answer is the order's number."""
    page.goto(f"{stack.url}/en-de/")
    page.get_by_role("main").get_by_role("link", name="Tableware").first.click()
    page.get_by_role("link", name="Bowls").first.click()
    filter_by(page, "Celadon")
    page.get_by_role("link", name="Morning Bowl").first.click()
    page.locator("label.choice", has_text="Celadon").first.click()
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
    page.get_by_role("button", name="Checkout").click()
    check_out(page, email)
    pay(page)
    return confirmed_number(page)


def filter_by(page: Page, value: str) -> None:
    if (summary := page.locator("summary", has_text="Filter").first).is_visible():
        summary.click()
    page.get_by_role("checkbox", name=value).click()
    if (apply := page.get_by_role("button", name="Apply")).is_visible():
        apply.click()
    expect(page).to_have_url(re.compile("glaze="))


def check_out(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Full name").fill("Robin Seiler")
    page.get_by_label("Street").fill("Karl-Heine-Straße 48")
    page.get_by_label("Postcode").fill("04229")
    page.get_by_label("Town or city").fill("Leipzig")
    page.get_by_role("button", name="Review the order").click()
    expect(page.get_by_text("04229")).to_be_visible()
    page.get_by_role("button", name="Place order").click()


def pay(page: Page) -> None:
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_label("Expiry").fill("12/34")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Pay").first.click()


def confirmed_number(page: Page) -> str:
    expect(page.get_by_text("Thank you")).to_be_visible(timeout=30_000)
    match = re.search(r"\b[2-9A-HJKMNP-Z]{9}\b", page.get_by_role("main").inner_text())
    assert match
    return match.group()


def expect_status_page_behind_mail(page: Page, stack: Stack, email: str, number: str) -> None:
    mail = stack.wait_for_mail(email)
    text = mail.get_body(("plain",))
    assert text
    link = re.search(r"http://\S+/orders/status/\S+", text.get_content())
    assert number in mail["Subject"]
    assert link
    page.goto(link.group())
    expect(page.get_by_role("main")).to_contain_text(number)
    expect(page.get_by_role("main")).to_contain_text("your order is paid")


def expect_owner_sees_it_paid(
    browser_type: BrowserType, launch: dict[str, object], stack: Stack, number: str
) -> None:
    owner = SIGN_INS[0]
    browser = browser_type.launch(**launch)  # type: ignore[arg-type]
    page = browser.new_page()
    page.goto(f"{stack.url}/admin/orders/order/?q={number}")
    page.get_by_label("E-mail").fill(owner.email)
    page.get_by_label("Password").fill(owner.password)
    page.get_by_role("button", name="Sign in").click()
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("Paid")
    expect(row).not_to_contain_text("cautious@")
    browser.close()
