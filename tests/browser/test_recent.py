"""What somebody looked at stays on their device, and only if they ask for it."""

import pytest

from tests.factories import MarketFactory, VariantFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shelf(db):
    market = MarketFactory()
    return [
        VariantFactory(product__name=name, price__market=market).product
        for name in ("Moon jar", "Tea bowl", "Bud vase")
    ]


@pytest.fixture
def visit(page, live_server):
    def visit(product):
        page.goto(f"{live_server.url}/en-de/products/{product.slug}/")
        return page.locator("[data-recent]")

    return visit


@pytest.mark.promise("A-I.4", "B-5.6")
def test_the_personal_part_is_off_until_it_is_switched_on_and_goes_when_it_is_switched_off(
    page, shelf, visit
):
    jar, bowl, vase = shelf
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))

    assert visit(jar).locator("li").count() == 0
    assert page.evaluate("localStorage.length") == 0
    page.get_by_role("button", name="Remember it on this device").click()
    visit(bowl)
    region = visit(vase)
    names = region.locator("li").all_inner_texts()
    address = region.locator("a").first.get_attribute("href")
    page.get_by_role("button", name="Forget it, and stop remembering").click()

    assert names == ["Tea bowl", "Moon jar"]
    assert address == f"/en-de/products/{bowl.slug}/"
    assert page.locator("[data-recent] li").count() == 0
    assert page.evaluate("localStorage.length") == 0
    assert page.context.cookies() == []
    assert not any(jar.slug in url for url in asked if f"/products/{jar.slug}/" not in url)


def test_a_browser_that_keeps_nothing_shows_nothing(page, shelf, visit):
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('closed'); } });"
    )

    assert visit(shelf[0]).is_hidden()


def test_what_is_kept_by_somebody_else_does_no_harm(page, shelf, visit):
    visit(shelf[0])
    page.evaluate(
        """localStorage.setItem("recent", JSON.stringify([
             {slug: "../../evil", name: "<img src=x onerror=alert(1)>", picture: "https://evil.example/x"}]))"""
    )

    region = visit(shelf[1])

    assert region.locator("a").get_attribute("href") == "/en-de/products/..%2F..%2Fevil/"
    assert region.locator("img").count() == 0
