"""The hosted page in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.sandbox.test_sandbox_api import params

pytestmark = pytest.mark.browser


@pytest.fixture
def session(client):
    return client.v1.checkout.sessions.create(params(success_url="http://127.0.0.1:9/done/"))


def test_paying_without_javascript_after_a_declined_card(new_context, session):
    page = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(session.url)

    page.get_by_role("link", name="Fill in").nth(1).click()
    page.get_by_role("button", name="Pay €48.00").click()
    expect(page.get_by_role("alert")).to_contain_text("The card was declined")
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_label("Expiry date").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    with page.expect_request("http://127.0.0.1:9/done/") as back:
        page.get_by_role("button", name="Pay €48.00").click()

    assert back.value.method == "GET"
    assert page.context.cookies() == []


def test_leaving_goes_back_to_the_cart(new_context, session):
    page = new_context().new_page()
    page.goto(session.url)

    link = page.get_by_role("link", name=re.compile("without paying"))

    assert link.get_attribute("href") == "http://localhost:8000/cart/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_accessible_and_fits(new_context, session, client, scheme, width):
    page = new_context(color_scheme=scheme, viewport={"width": width, "height": 844}).new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))

    page.goto(session.url)
    looks_right(page)
    page.get_by_role("button", name="Pay €48.00").click()
    expect(page.get_by_text("This is not a card number")).to_be_visible()
    looks_right(page)
    client.v1.checkout.sessions.expire(session.id)
    page.goto(session.url)
    looks_right(page)

    assert complaints == []


def looks_right(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
