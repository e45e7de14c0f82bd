"""Every kind of page, as a stranger meets it: accessible, valid, quiet, and of one house."""

from collections.abc import Iterator

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.visitors import DESK, PHONE, Watch
from tests.stack import Stack

pytestmark = pytest.mark.browser

PAGES = [
    "/en-de/",
    "/fr-ch/",
    "/de-de/products/",
    "/en-de/category/bowls/",
    "/en-de/category/bowls/?glaze=celadon&sort=price",
    "/de-de/category/bowls/?min=9999",
    "/en-us/products/morning-bowl/",
    "/fr-fr/products/morning-bowl/",
    "/en-gb/search/?q=teapot",
    "/en-gb/search/?q=teepott",
    "/en-gb/search/?q=zzzzzz",
    "/en-de/pages/delivery/",
    "/de-de/pages/returns/",
    "/en-de/cart/",
    "/en-de/account/login/",
    "/en-de/account/signup/",
    "/en-de/account/password/reset/",
    "/en-de/account/login/code/",
    "/en-de/account/messages/",
    "/en-de/newsletter/",
    "/de-de/contact/",
    "/fr-fr/chat/",
    "/de-de/privacy/rights/",
    "/en-de/privacy/rights/prove/",
    "/de-de/privacy/retention/",
    "/fr-fr/privacy/transparency/",
    "/en-de/privacy/children/",
    "/fr-fr/privacy/guardian/",
    "/en-de/privacy/data-map/",
    "/en-de/privacy/partners/",
    "/en-de/privacy/cookies/",
    "/de-de/privacy/choices/",
    "/de-de/privacy/policy/",
    "/fr-fr/privacy/cookie-policy/",
    "/en-gb/terms/",
    "/en-de/privacy/policy/history/",
    "/en-de/privacy/policy/1/changes/",
    "/en-de/nowhere/",
]


@pytest.fixture(scope="module", params=["light", "dark"])
def visitor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=DESK if request.param == "light" else PHONE, color_scheme=request.param)
    yield page
    page.close()


@pytest.mark.promise("A-I.9", "B-1.3", "B-5.7", "B-5.8")
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_sets_no_cookie_and_asks_no_other_host(
    visitor: Page, stack: Stack, path: str
) -> None:
    watch = Watch(visitor, stack.url)

    response = visitor.goto(stack.url + path)
    found = Axe().run(visitor)

    assert response
    assert response.status == (404 if "nowhere" in path else 200)
    assert found.violations_count == 0, found.generate_report()
    assert visitor.context.cookies() == []
    assert [complaint for complaint in watch.complaints if "404" not in complaint] == []
    assert visitor.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_valid_html(browser: Browser, stack: Stack, path: str) -> None:
    text = browser.new_page().request.get(stack.url + path).text()

    parser = html5lib.HTMLParser(strict=True)
    document = parser.parse(text)

    assert document.find(".//{*}h1") is not None
    assert len(document.findall(".//{*}h1")) == 1
    assert len(ids := [node.get("id") for node in document.iter() if node.get("id")]) == len(set(ids))
