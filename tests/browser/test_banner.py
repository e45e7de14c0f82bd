"""The banner as a person meets it: a no costs no more than a yes, and it is in nobody's way."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from privacy import optional
from privacy.models import ConsentRecord
from privacy.purposes import Purpose
from tests.browser.visitors import DESK, PHONE
from tests.factories import MarketFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BUTTONS = ".ask .button"
# Colour of the words and of what is behind them, as the browser computes them.
LOOK = """button => {
  const behind = node => {
    const colour = getComputedStyle(node).backgroundColor;
    return colour === 'rgba(0, 0, 0, 0)' && node.parentElement ? behind(node.parentElement) : colour;
  };
  const style = getComputedStyle(button);
  return [style.color, behind(button), style.fontSize, style.fontWeight, style.borderColor];
}"""


@pytest.fixture(params=["light", "dark"])
def home(request: pytest.FixtureRequest, browser: Browser, live_server) -> Iterator[Page]:
    """The first page of a shop that would count page views; without JavaScript."""
    MarketFactory()
    optional.register(Purpose.ANALYTICS, "We count how often a page is opened.")
    viewport = DESK if request.param == "light" else PHONE
    page = browser.new_page(viewport=viewport, color_scheme=request.param, java_script_enabled=False)
    page.goto(f"{live_server.url}/en-de/")
    yield page
    page.close()
    optional._uses.clear()


def luminance(colour: str) -> float:
    def linear(part: str) -> float:
        share = float(part) / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(words: str, ground: str) -> float:
    light, dark = sorted((luminance(words), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.promise("B-6.5")
def test_reject_choose_and_accept_are_alike(home: Page) -> None:
    buttons = home.locator(BUTTONS).all()
    boxes = [button.bounding_box() for button in buttons]
    looks = [button.evaluate(LOOK) for button in buttons]

    assert [button.inner_text() for button in buttons] == ["Reject", "Choose", "Accept"]
    assert all(boxes)
    assert len({(round(box["width"]), round(box["height"]), round(box["y"])) for box in boxes if box}) == 1
    assert boxes[0]
    assert boxes[0]["height"] >= 44
    assert all(look == looks[0] for look in looks)
    assert contrast(*looks[0][:2]) >= 4.5


@pytest.mark.promise("B-6.5")
def test_reject_comes_first_by_keyboard(home: Page) -> None:
    home.locator(".foot a").last.focus()

    reached = []
    for _press in range(3):
        home.keyboard.press("Tab")
        reached.append(home.locator(":focus").inner_text())

    assert reached == ["Reject", "Choose", "Accept"]


def test_the_banner_covers_nothing(home: Page) -> None:
    foot, ask = (home.locator(name).bounding_box() for name in (".foot", ".ask"))

    assert foot
    assert ask
    assert ask["y"] >= foot["y"] + foot["height"]
    assert home.locator(".ask").evaluate("node => getComputedStyle(node).position") == "static"
    assert home.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"


@pytest.mark.promise("B-6.5")
@pytest.mark.parametrize(("button", "decision"), [("Reject", "refused"), ("Accept", "given")])
def test_one_click_answers_for_good(home: Page, button: str, decision: str) -> None:
    home.get_by_role("button", name=button, exact=True).click()

    assert home.url.endswith("/en-de/")
    assert home.locator(".ask").count() == 0
    assert [cookie["name"] for cookie in home.context.cookies()] == ["cc"]
    assert ConsentRecord.objects.get().decision == decision


def test_choosing_takes_one_click_more_either_way(home: Page) -> None:
    home.get_by_role("link", name="Choose", exact=True).click()
    buttons = home.locator("main .ask__answers .button").all()
    boxes = [button.bounding_box() for button in buttons]

    assert [button.inner_text() for button in buttons] == ["No", "Yes"]
    assert len({(round(box["width"]), round(box["height"])) for box in boxes if box}) == 1
    buttons[0].click()
    assert "You chose this." in home.locator("main").inner_text()
    assert home.context.cookies()[0]["name"] == "cc"


@pytest.mark.promise("B-6.7")
def test_a_browser_that_signals_is_asked_nothing(home: Page) -> None:
    home.set_extra_http_headers({"Sec-GPC": "1"})

    home.reload()

    assert home.locator(".ask").count() == 0
    assert home.get_by_text("Opt-out request honoured").is_visible()


def test_the_banner_and_the_choices_are_accessible(home: Page, browser: Browser) -> None:
    page = browser.new_page(viewport=home.viewport_size)
    for path in ("", "privacy/choices/"):
        page.goto(home.url + path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.close()
