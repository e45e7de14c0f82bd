"""Sixteen connections that ask for pages, and how many pages a second they get."""

import http.client
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.servers import FOLDER

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("pages.lua")
RESULT = re.compile(r"^RESULT (?P<requests>\d+) (?P<microseconds>\d+) (?P<failed>\d+)$", re.MULTILINE)
BROWSER = {"Accept-Encoding": "gzip, br", "X-Forwarded-For": "10.0.0.1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class WrongAnswer(Exception):
    """A page that is to be measured does not come out right."""


@dataclass(frozen=True)
class Ask:
    """A page, or a form sent to one."""

    path: str
    body: str = ""

    @property
    def line(self) -> str:
        return f"{self.path}\t{self.body}" if self.body else self.path


def warm_up(port: int, asks: Sequence[Ask]) -> None:
    """Fills the caches, and makes sure that no error page is measured for its speed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for ask in asks:
        headers = BROWSER | FORM if ask.body else BROWSER
        connection.request("POST" if ask.body else "GET", ask.path, ask.body or None, headers)
        response = connection.getresponse()
        body = response.read()
        expected = 303 if ask.body else 200
        if response.status != expected:
            raise WrongAnswer(f"{ask.path}: {response.status}, {body[:200]!r}")
    connection.close()


def pages_per_second(port: int, asks: Sequence[Ask], *, seconds: int) -> float:
    addresses = FOLDER / "addresses.txt"
    addresses.write_text("".join(f"{ask.line}\n" for ask in asks))
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s"]
    command += ["--timeout", "30s", "--script", str(SCRIPT), f"http://127.0.0.1:{port}", "--", str(addresses)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = RESULT.search(output)
    if result is None or int(result["failed"]):
        raise WrongAnswer(f"{asks[0].path}: {output}")
    return int(result["requests"]) / int(result["microseconds"]) * 1_000_000
