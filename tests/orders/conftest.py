"""A shop that sells, a gateway that takes test cards, and somebody who buys."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from orders.models import Order
from orders.sandbox.cards import Card
from tests.factories import DeliveryMethodFactory, MarketFactory, ProcessorFactory, VariantFactory
from tests.sandbox_server import Listener, RunningSandbox, listening_shop, running_sandbox, wait_until

DETAILS = {
    "email": "zoe.muller@example.org",
    "name": "Zoë Müller",
    "street": "Hauptstraße 5",
    "postcode": "10115",
    "city": "Berlin",
    "delivery": "standard",
    "note": "",
}


@pytest.fixture
def market(relays):
    market = MarketFactory()
    DeliveryMethodFactory(market=market)
    ProcessorFactory()
    ProcessorFactory(code="payment", kind="payment", purpose="payment")
    return market


@pytest.fixture
def variant(market):
    """Ten moon jars at 25.00."""
    return VariantFactory(product__name="Moon jar", price__market=market)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening_shop() as listener:
        yield listener


@pytest.fixture
def sandbox(tmp_path: Path, listener: Listener, settings) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path, webhook=listener.url) as sandbox:
        settings.PAYMENT_SANDBOX_URL = sandbox.url
        yield sandbox


@dataclass
class Shopper:
    """Walks through the shop by its pages. `path` is where the last answer led."""

    client: Client
    language: str = "en"
    country: str = "DE"
    path: str = ""
    details: dict[str, str] = field(default_factory=lambda: dict(DETAILS))

    @property
    def prefix(self) -> str:
        """The prefix of the present address: with a carried cart where there is no cookie."""
        here = f"/{self.language}-{self.country.lower()}/"
        start = self.path.partition(here)[0] if here in self.path else ""
        return start + here

    def _took(self, response):
        while response.status_code in (301, 302, 303) and response["Location"].startswith(("/", "?")):
            self.path = response["Location"]
            response = self.client.get(self.path)
        return response

    def get(self, path: str):
        self.path = path if path.startswith("/") else self.prefix + path
        return self._took(self.client.get(self.path))

    def post(self, path: str, data=None):
        target = path if path.startswith("/") else self.prefix + path
        return self._took(self.client.post(target, data or {}))

    def add(self, variant, quantity: int = 1):
        return self.post("cart/add/", {"variant": variant.pk, "quantity": quantity})

    def begin(self):
        return self.post("cart/checkout/")

    def review(self, **changed: str):
        return self.post("checkout/", self.details | changed | {"review": "1"})

    def place(self, page, **changed: str):
        total = page.context["quote"].total_minor
        return self.post("checkout/", self.details | {"total": str(total), "place": "1"} | changed)

    def buy(self, variant, quantity: int = 1) -> Order:
        """As far as the gateway's page."""
        self.add(variant, quantity)
        self.begin()
        answer = self.place(self.review())
        assert answer.status_code == 303, answer.text
        return Order.objects.get(payments__page_url=answer["Location"])


class ForgetfulClient(Client):
    """A browser that keeps no cookie."""

    def request(self, **request):
        self.cookies.clear()
        response = super().request(**request)
        self.cookies.clear()
        return response


@pytest.fixture
def shopper(client) -> Shopper:
    return Shopper(client)


@pytest.fixture
def cookieless() -> Shopper:
    return Shopper(ForgetfulClient())


@pytest.fixture
def deliver(client, listener, django_capture_on_commit_callbacks) -> Callable[..., list[int]]:
    """Hands the shop what the gateway has sent so far, once more from the start if asked to."""
    done = 0

    def hand_over(count: int, *, again: bool = False) -> list[int]:
        nonlocal done
        wait_until(lambda: len(listener.heard) >= (count if again else done + count))
        events = listener.heard[:count] if again else listener.heard[done : done + count]
        done = max(done, len(listener.heard)) if not again else done
        return [post_webhook(client, django_capture_on_commit_callbacks, *event) for event in events]

    return hand_over


def post_webhook(client, capture, body: bytes, headers: dict[str, str]) -> int:
    with capture(execute=True):
        response = client.post(
            "/webhooks/stripe/",
            body,
            content_type="application/json",
            headers={"Stripe-Signature": headers.get("Stripe-Signature", "")},
        )
    return int(response.status_code)


@pytest.fixture
def paid_order(shopper, variant, sandbox, deliver):
    order = shopper.buy(variant, 2)
    sandbox.pay(order.payments.get().page_url, Card.PAYS)
    deliver(1)
    order.refresh_from_db()
    return order


@pytest.fixture
def cart_cookie() -> str:
    return django_settings.CART_COOKIE_NAME
