"""A guest asks with a photo, an agent answers at the desk, the guest reads it by the link of the mail."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page, expect

from shop.demo.people import SIGN_INS
from tests.browser.visitors import DESK, PHONE, Watch, cautious_visitor
from tests.stack import Stack

pytestmark = pytest.mark.browser

AGENT = next(person for person in SIGN_INS if person.role == "support")
WRITER = "cracked-bowl@mail.example"


@pytest.fixture
def desk(stack: Stack, browser: Browser) -> Iterator[Page]:
    """The agent's browser, signed in."""
    page = browser.new_context(viewport=DESK).new_page()
    page.goto(f"{stack.url}/admin/support/ticket/")
    page.get_by_label("E-mail").fill(AGENT.email)
    page.get_by_label("Password").fill(AGENT.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield page
    page.context.close()


@pytest.mark.promise("A-I.15", "A-I.16", "B-2.5")
def test_from_a_question_with_a_photo_to_the_survey_without_cookies_or_javascript(
    stack: Stack,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, object],
    desk: Page,
    tmp_path: Path,
) -> None:
    with cautious_visitor(browser_type, tmp_path / "profile", browser_type_launch_args) as guest:
        reference = ask(guest, stack, photo_with_a_place())
        answer_and_solve(desk, stack, reference, "We send you a new bowl today.")

        mail = stack.wait_for_mail(WRITER)
        while "solved" not in mail["Subject"]:
            mail = stack.wait_for_mail(WRITER)
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "We send you a new bowl today." in text
        survey, conversation = re.findall(r"http://\S+", text)

        guest.goto(here(stack, conversation))
        expect(guest.get_by_role("main")).to_contain_text("We send you a new bowl today.")
        assert AGENT.name not in guest.content()
        assert WRITER not in guest.content()
        guest.goto(here(stack, survey))
        guest.get_by_label("Very well").check()
        guest.get_by_label("What could we do better?").fill("Nothing <at> all.")
        guest.get_by_role("button", name="Send").click()

        expect(guest.get_by_role("main")).to_contain_text("Thank you for telling us how it went.")
        assert guest.context.cookies() == []
    desk.reload()
    expect(desk.get_by_text("5 of 5")).to_be_visible()
    expect(desk.get_by_text("Nothing <at> all.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_conversation_are_accessible_quiet_and_fit_a_phone(
    stack: Stack, browser: Browser, scheme: str
) -> None:
    page = browser.new_page(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
    watch = Watch(page, stack.url)

    page.goto(f"{stack.url}/en-de/contact/")
    expect_fine(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Please look at these again")
    expect_fine(page)
    page.get_by_label("My data and my rights").check()
    page.get_by_label("Which right?").select_option("rectification")
    page.get_by_label("Your message").fill("My name is written with an umlaut.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("main")).to_contain_text("privacy request")
    expect_fine(page)
    page.get_by_role("link", name="To the conversation").click()
    expect_fine(page)
    page.get_by_role("button", name="Mark this question as solved").click()
    expect_fine(page)

    assert page.context.cookies() == []
    assert watch.complaints == []


def ask(page: Page, stack: Stack, photo: bytes) -> str:
    page.goto(f"{stack.url}/en-de/")
    page.get_by_role("contentinfo").get_by_role("link", name="Contact us").click()
    page.get_by_label("A return or a claim").check()
    page.get_by_label("Your message").fill("The bowl came <b>cracked</b>.\nSee the photo.")
    page.get_by_label("E-mail").fill(WRITER)
    page.get_by_label("Photos").set_input_files(
        {"name": "crack.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("main")).to_contain_text("We answer by")
    page.get_by_role("link", name="To the conversation").click()
    expect(page.get_by_role("main")).to_contain_text("The bowl came <b>cracked</b>.")
    expect_clean_photo(page)
    match = re.search(r"\b[2-9A-HJKMNP-Z]{12}\b", page.get_by_role("main").inner_text())
    assert match
    return match.group()


def answer_and_solve(desk: Page, stack: Stack, reference: str, words: str) -> None:
    desk.goto(f"{stack.url}/admin/support/ticket/?queue=all&q={reference}")
    desk.get_by_role("link", name=re.compile(reference)).first.click()
    expect(desk.get_by_text("The bowl came <b>cracked</b>.")).to_be_visible()
    answer = desk.locator("#answer")
    answer.get_by_label("Text").fill(words)
    answer.get_by_role("button", name="Answer and mark as solved").click()
    expect(desk.get_by_text(words)).to_be_visible()


def photo_with_a_place() -> bytes:
    """As a phone takes it: with where and by what."""
    photo, exif, buffer = Image.new("RGB", (640, 480), "tan"), Image.Exif(), io.BytesIO()
    exif[0x010F] = "Camera of Zoe"
    exif.get_ifd(0x8825)[1] = "N"
    photo.save(buffer, format="JPEG", exif=exif, comment=b"my kitchen")
    return buffer.getvalue()


def expect_clean_photo(page: Page) -> None:
    address = page.get_by_role("img", name="Photo 1").get_attribute("src")
    response = page.request.get(f"{page.url.partition('/en-')[0]}{address}")
    assert response.status == 200
    image = Image.open(io.BytesIO(response.body()))
    assert image.size == (640, 480)
    assert not image.getexif()
    assert b"Zoe" not in response.body()
    assert b"kitchen" not in response.body()


def expect_fine(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"


def here(stack: Stack, address: str) -> str:
    """The mail names the demo's usual port."""
    return address.replace("http://localhost:8000", stack.url)
