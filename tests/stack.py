"""The whole shop as `make run` starts it: web server, worker, payment sandbox and demo."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent


class Stack:
    """A running shop with a database, a queue and a mail folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.sandbox_port = free_port(), free_port()
        self.url, self.sandbox_url = f"http://localhost:{self.port}", f"http://localhost:{self.sandbox_port}"
        self.environment = os.environ | {
            "DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "shop.settings",
            "VAR_DIR": str(folder),
            "CELERY_TASK_ALWAYS_EAGER": "0",
            "SERVICE_LEVEL": str(ROOT / "tests" / "journeys" / "always_open.toml"),
        }
        if database := os.environ.get("DATABASE_URL"):
            self.environment["DATABASE_URL"] = fresh_database(database, f"stack_{self.port}")
        if redis := os.environ.get("REDIS_URL"):
            self.environment["REDIS_URL"] = redis.rpartition("/")[0] + "/5"

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def open(self) -> Iterator["Stack"]:
        command = [sys.executable, "manage.py", "up"]
        command += ["--port", str(self.port), "--sandbox-port", str(self.sandbox_port)]
        log = (self.folder / "up.log").open("wb")
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        try:
            self.wait_until_open(process)
            yield self
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
            log.close()

    def wait_until_open(self, process: "subprocess.Popen[bytes]") -> None:
        for _attempt in range(300):
            assert process.poll() is None, (self.folder / "up.log").read_text()
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=1)
                return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the shop did not open: " + (self.folder / "up.log").read_text())

    def mails(self) -> list[EmailMessage]:
        """What the shop has sent, oldest first."""
        texts = [path.read_bytes() for path in sorted((self.folder / "mail").glob("*.log"))]
        return [
            message_from_bytes(text.strip(), policy=policy.default)
            for file in texts
            for text in re.split(rb"\n-{79}\n", file)
            if text.strip()
        ]

    def wait_for_mail(self, to: str) -> EmailMessage:
        for _attempt in range(150):
            if found := [mail for mail in self.mails() if to in mail["To"]]:
                return found[-1]
            time.sleep(0.2)
        raise AssertionError(f"no mail to {to} within half a minute")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fresh_database(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return url.rpartition("/")[0] + "/" + name
