"""The whole shop in one terminal: web server, background jobs and payment sandbox; Ctrl-C stops all three."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from shop.demo.loading import load_partners
from shop.demo.people import SIGN_INS


class Command(BaseCommand):
    help = "Serves the shop on this machine, works its background jobs and plays the payment gateway."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--sandbox-port", type=int, default=8001)

    def handle(self, *, port: int, sandbox_port: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("`up` runs the demo. In production a supervisor runs gunicorn and Celery.")
        for end in (signal.SIGTERM, signal.SIGINT):  # in the background SIGINT is ignored unless asked for
            signal.signal(end, signal.default_int_handler)
        load_partners()  # without an agreement the sandbox would be told nothing
        for folder in (settings.QUEUE_DIR, settings.MEDIA_ROOT):
            folder.mkdir(parents=True, exist_ok=True)
        env = environment(port, sandbox_port)
        children = [subprocess.Popen(command, env=env) for command in commands(port, sandbox_port)]  # noqa: S603
        try:
            self.wait_until_open(port, children)
            self.welcome(port)
            while all(child.poll() is None for child in children):
                time.sleep(0.3)
            raise CommandError("one of the processes ended; the shop is closed")
        except KeyboardInterrupt:
            self.stdout.write("\nThe shop is closed.")
        finally:
            stop(children)

    def wait_until_open(self, port: int, children: list[subprocess.Popen[bytes]]) -> None:
        for _attempt in range(150):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if any(child.poll() is not None for child in children):
                    raise CommandError(f"the shop did not open: is port {port} in use?") from None
                time.sleep(0.2)
            else:
                return
        raise CommandError("the shop did not open within half a minute")

    def welcome(self, port: int) -> None:
        self.stdout.write(f"\n{settings.SHOP_NAME} is open:  http://localhost:{port}/")
        self.stdout.write(f"Back office:         http://localhost:{port}/admin/")
        for sign_in in SIGN_INS:
            self.stdout.write(f"  {sign_in.role:<10} {sign_in.email}  password: {sign_in.password}")
        self.stdout.write(f"Mails are written to {settings.VAR_DIR / 'mail'}. Ctrl-C closes the shop.\n")


def environment(port: int, sandbox_port: int) -> dict[str, str]:
    return {
        "LOG_LEVEL": "WARNING",
        **os.environ,
        "DEMO": "1",
        "SITE_URL": f"http://localhost:{port}",
        "PAYMENT_SANDBOX_URL": f"http://localhost:{sandbox_port}",
    }


def commands(port: int, sandbox_port: int) -> list[list[str]]:
    python = [sys.executable, "-m"]
    return [
        [*python, "gunicorn", "shop.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
         "--threads", "8", "--log-level", "warning"],
        [*python, "celery", "--app", "shop", "--quiet", "worker", "--beat", "--pool", "solo",
         "--without-mingle", "--without-gossip", "--without-heartbeat"],
        [*python, "orders.sandbox", "--port", str(sandbox_port), "--webhook",
         f"http://localhost:{port}/webhooks/stripe/", "--secret", settings.STRIPE_WEBHOOK_SECRET,
         "--key", settings.STRIPE_API_KEY, "--data", str(settings.VAR_DIR / "sandbox.sqlite3")],
    ]  # fmt: skip


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Ten seconds for all of them together; a chat that is still open must not keep the terminal."""
    deadline = time.monotonic() + 10
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
