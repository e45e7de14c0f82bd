from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from tests.sandbox_server import KEY, Listener, RunningSandbox, listening_shop, running_sandbox


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
