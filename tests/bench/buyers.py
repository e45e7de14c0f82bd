"""Eight guests who each buy one order after another: cart, checkout, review, order, payment, status page.

They take no cookie, so the cart is carried in the address. An order counts once its payment has arrived.
"""

import random
import re
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from itertools import count
from urllib.parse import urlencode, urlsplit

from tests.bench.load import FORM, WrongAnswer
from tests.bench.servers import Shop, sql

BUYERS = 8
PATIENCE = 60  # seconds until the last payment must have arrived
GUEST = {
    "name": "Greta Gast",
    "street": "Hauptstraße 1",
    "postcode": "10115",
    "city": "Berlin",
    "delivery": "standard",
}
LOCATION = re.compile(r"\r\nLocation: (.*)\r\n")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
NUMBERS = count(1)
CARD = {"number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123", "deed": "pay"}


class Buyer:
    def __init__(self, port: int, variants: Sequence[int], seed: int) -> None:
        self.port, self.variants, self.dice = port, variants, random.Random(seed)
        self.visitor = ""

    def buy(self) -> None:
        self.visitor = f"10.{self.dice.randrange(256)}.{self.dice.randrange(256)}.{self.dice.randrange(256)}"
        cart = self.post(
            "/en-de/cart/add/", {"variant": str(self.dice.choice(self.variants)), "quantity": "1"}
        )
        self.get(cart)
        checkout = self.post(cart.partition("?")[0] + "checkout/", {})
        self.get(checkout)
        # Each time another person: five orders of one within ten minutes are looked at (`orders.fraud`).
        guest = GUEST | {"email": f"guest{next(NUMBERS)}@bench.test"}
        review = self.ask("POST", checkout, guest, expected=(200,))
        payment_page = self.post(checkout, carried_by(review) | {"place": "1"})
        back = urlsplit(pay(payment_page))
        # "Waiting for the payment", or on to the order's page where the gateway was faster than the browser.
        self.ask("GET", back.path, expected=(200, 303))

    def get(self, path: str) -> str:
        return self.ask("GET", path, expected=(200,))

    def post(self, path: str, form: dict[str, str]) -> str:
        return self.ask("POST", path, form, expected=(303,))

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, *, expected: tuple[int, ...]
    ) -> str:
        """The page, or the address a redirect leads to."""
        return exchange(self.port, method, path, form, self.visitor, expected=expected)


def exchange(
    port: int,
    method: str,
    path: str,
    form: dict[str, str] | None,
    visitor: str,
    *,
    expected: tuple[int, ...],
) -> str:
    """One request over one connection; no HTTP library, for its work would be counted as the shop's."""
    body = urlencode(form).encode() if form is not None else b""
    headers = {"Host": f"127.0.0.1:{port}", "X-Forwarded-For": visitor, "Connection": "close"}
    headers |= FORM | {"Content-Length": str(len(body))} if form is not None else {}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode() + body)
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    head, _blank, page = answer.partition("\r\n\r\n")
    status = int(head.split(maxsplit=2)[1])
    if status not in expected:
        raise WrongAnswer(f"{method} {path}: {status} {page[:500]}")
    return LOCATION.findall(head)[0] if status == 303 else page


def carried_by(page: str) -> dict[str, str]:
    """What its form carries unseen; no parser, for its work would be counted as the shop's."""
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}


def pay(page: str) -> str:
    """Fills in the gateway's form; gives the address it sends the browser back to."""
    address = urlsplit(page)
    assert address.port
    return exchange(address.port, "POST", address.path, CARD, "", expected=(303,))


def orders_per_second(port: int, shop: Shop, variants: Sequence[int], *, seconds: float) -> float:
    """From the first click to the last payment that arrived."""
    paid_before, start = paid(shop), time.monotonic()

    def shopper(number: int) -> int:
        buyer, bought = Buyer(port, variants, seed=number), 0
        while time.monotonic() < start + seconds:
            buyer.buy()
            bought += 1
        return bought

    with ThreadPoolExecutor(BUYERS) as pool:
        orders = sum(pool.map(shopper, range(BUYERS)))
    while paid(shop) - paid_before < orders:
        if time.monotonic() > start + seconds + PATIENCE:
            raise WrongAnswer(f"{orders} orders were placed, {paid(shop) - paid_before} are paid")
        time.sleep(0.02)
    return orders / (time.monotonic() - start)


def paid(shop: Shop) -> int:
    return int(sql("SELECT count(*) FROM orders_order WHERE status = 'paid'", database=shop.database)[0][0])
