"""The payment sandbox on a free port, for any test that needs money to move, and a shop that only listens.

with running_sandbox(tmp_path, webhook=f"{live_server.url}/webhooks/stripe/") as sandbox:
    settings.PAYMENT_SANDBOX_URL = sandbox.url
    ...
    sandbox.pay(session.url)
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import requests

from orders.sandbox.cards import Card
from orders.sandbox.config import Config
from orders.sandbox.server import Sandbox, make_server

KEY, SECRET = "sk_test_sandbox", "whsec_sandbox"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], object], seconds: float = 10) -> None:
    """For what another thread or process does; never for the passing of time itself."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@dataclass(frozen=True)
class RunningSandbox:
    url: str
    key: str = KEY
    secret: str = SECRET

    def pay(self, page_url: str, card: Card = Card.PAYS, *, late: bool = False) -> requests.Response:
        """Fill in the hosted page as a shopper does; the redirect back is not followed."""
        form = {"number": card.grouped, "expiry": "12 / 34", "cvc": "123", "deed": "late" if late else "pay"}
        return requests.post(page_url, data=form, allow_redirects=False, timeout=10)

    def get(self, path: str) -> requests.Response:
        return requests.get(self.url + path, headers={"Authorization": f"Bearer {self.key}"}, timeout=10)

    def post(self, path: str, data: dict[str, str] | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        return requests.post(self.url + path, data=data or {}, headers=headers, timeout=10)


@contextmanager
def running_sandbox(
    folder: Path, *, webhook: str = "http://127.0.0.1:9/", port: int = 0, late_seconds: float = 0.2
) -> Iterator[RunningSandbox]:
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    data = folder / "sandbox.sqlite3"
    sandbox = Sandbox(Config(url, webhook, KEY, SECRET, data, "Kiln & Leaf", late_seconds))
    with make_server(sandbox, "127.0.0.1", port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        sandbox.clock.start()
        try:
            yield RunningSandbox(url)
        finally:
            sandbox.clock.stop()
            server.shutdown()
            thread.join()


@dataclass
class Listener:
    """A shop that writes down what it is told. `status` is what it answers."""

    url: str
    status: int = 200
    heard: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)


@contextmanager
def listening_shop(port: int = 0) -> Iterator[Listener]:
    port = port or free_port()
    listener = Listener(f"http://127.0.0.1:{port}/webhooks/stripe/")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.heard.append((body, dict(self.headers)))
            self.send_response(listener.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()
