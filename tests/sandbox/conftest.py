from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from tests.sandbox_server import KEY, Listener, RunningSandbox, listening_shop, running_sandbox

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def shop() -> Iterator[Listener]:
    with listening_shop() as listener:
        yield listener


@pytest.fixture
def sandbox(tmp_path: Path, shop: Listener) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path, webhook=shop.url) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: RunningSandbox) -> stripe.StripeClient:
    """Stripe's own SDK, pointed at the sandbox."""
    return stripe.StripeClient(KEY, base_addresses={"api": sandbox.url}, max_network_retries=0)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": "/usr/bin/chromium", "args": CHROMIUM}
