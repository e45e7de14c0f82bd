"""The pages of somebody who is signed in: accessible, valid, and narrow enough for a phone."""

from collections.abc import Iterator

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState, expect

from shop.demo.people import SIGN_INS
from tests.browser.visitors import DESK, PHONE
from tests.stack import Stack

pytestmark = pytest.mark.browser

PAGES = [
    "account/",
    "account/profile/",
    "account/addresses/",
    "account/addresses/new/?country=FR",
    "account/orders/",
    "account/orders/?q=nothing",
    "account/settings/",
    "account/privacy/",
    "account/inbox/",
    "account/messages/",
    "account/email/",
    "account/devices/",
    "account/2fa/",
]


@pytest.fixture(scope="module")
def signed_in(browser: Browser, stack: Stack) -> StorageState:
    """The cookies of one sign-in: a second one from elsewhere would have to prove itself by mail."""
    known = next(sign_in for sign_in in SIGN_INS if sign_in.role == "shopper")
    page = browser.new_page()
    page.goto(f"{stack.url}/en-de/account/login/")
    page.get_by_label("E-mail").fill(known.email)
    page.get_by_label("Password").fill(known.password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Hello, Alice")).to_be_visible()
    return page.context.storage_state()


@pytest.fixture(scope="module", params=["light", "dark"])
def alice(request: pytest.FixtureRequest, browser: Browser, signed_in: StorageState) -> Iterator[Page]:
    scheme, size = request.param, DESK if request.param == "light" else PHONE
    page = browser.new_page(viewport=size, color_scheme=scheme, storage_state=signed_in)
    yield page
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_account_is_accessible_and_valid(alice: Page, stack: Stack, path: str) -> None:
    response = alice.goto(f"{stack.url}/en-de/{path}")
    found = Axe().run(alice)
    document = html5lib.HTMLParser(strict=True).parse(alice.request.get(alice.url).text())

    assert response
    assert response.status == 200
    assert found.violations_count == 0, found.generate_report()
    assert alice.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    assert len(document.findall(".//{*}h1")) == 1
