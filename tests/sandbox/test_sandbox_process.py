"""`python -m orders.sandbox` as it is really run: a process that knows nothing of Django's settings."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
import stripe

from tests.sandbox.test_sandbox_api import params
from tests.sandbox_server import KEY, RunningSandbox, free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def process(port: int, data: Path) -> Iterator[tuple[subprocess.Popen[bytes], RunningSandbox]]:
    command = [sys.executable, "-m", "orders.sandbox", "--port", str(port), "--data", str(data), "--key", KEY]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as running:
        try:
            sandbox = RunningSandbox(f"http://127.0.0.1:{port}")
            wait_until(lambda: answers(sandbox), seconds=30)
            yield running, sandbox
        finally:
            running.terminate()


def answers(sandbox: RunningSandbox) -> bool:
    try:
        return requests.get(f"{sandbox.url}/sandbox/health", timeout=1).ok
    except requests.ConnectionError:
        return False


def test_it_stops_when_told_and_forgets_nothing(tmp_path):
    port, data = free_port(), tmp_path / "new" / "sandbox.sqlite3"
    with process(port, data) as (running, sandbox):
        client = stripe.StripeClient(KEY, base_addresses={"api": sandbox.url})
        session = client.v1.checkout.sessions.create(params(), {"idempotency_key": "order-1"})

        running.send_signal(signal.SIGTERM)

        assert running.wait(timeout=15) == 0
    with process(port, data) as (_, sandbox):
        again = client.v1.checkout.sessions.create(params(), {"idempotency_key": "order-1"})
        assert again.id == session.id
        page = requests.get(f"{sandbox.url}/pay/{session.id}", timeout=10)
        assert "Test payment – no money moves" in page.text
