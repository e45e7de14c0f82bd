"""What a first visit of a page transfers before its pictures: HTML, style sheets and scripts, as sent."""

import gzip
import http.client
from dataclasses import dataclass
from html.parser import HTMLParser

from tests.bench.load import BROWSER, WrongAnswer


class Parts(HTMLParser):
    """The style sheets and scripts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") == "stylesheet":
            self.styles.append(given["href"] or "")
        if tag == "script" and given.get("src"):
            self.scripts.append(given["src"] or "")


@dataclass(frozen=True)
class Weight:
    html: int
    styles: list[int]
    scripts: list[int]

    @property
    def total(self) -> int:
        return self.html + sum(self.styles) + sum(self.scripts)


def weigh(port: int, path: str) -> Weight:
    length, page = fetch(port, path)
    parts = Parts(page)
    return Weight(
        html=length,
        styles=[fetch(port, part)[0] for part in parts.styles],
        scripts=[fetch(port, part)[0] for part in parts.scripts],
    )


def fetch(port: int, path: str) -> tuple[int, str]:
    """How many bytes travel, and the text. What the shop sends plain, the proxy before it compresses."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=BROWSER)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise WrongAnswer(f"{path}: {response.status}")
    encoding = response.headers.get("Content-Encoding", "")
    if encoding == "gzip":
        return len(body), gzip.decompress(body).decode()
    if encoding:
        return len(body), ""
    return len(gzip.compress(body, 6)), body.decode()
