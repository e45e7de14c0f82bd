"""The shipped proxy configuration, in a real nginx before the real shop."""

import http.client
import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.stack import ROOT, free_port

NGINX = shutil.which("nginx")

pytestmark = [
    pytest.mark.skipif(not NGINX, reason="needs nginx"),
    pytest.mark.django_db(transaction=True),
]


class Proxy:
    def __init__(self, folder: Path, shop: str, *, admin: str = "") -> None:
        self.folder, self.port = folder, free_port()
        media = folder / "media"
        (media / "products").mkdir(parents=True)
        (media / "products" / "jar.webp").write_bytes(b"a picture")
        (folder / "private").mkdir()
        (folder / "private" / "evidence").write_bytes(b"of a person")
        for name in ("nginx.conf", "shop.conf", "admin-networks.conf"):
            text = (ROOT / "deploy" / name).read_text()
            text = text.replace("web:8000", shop).replace("/srv/media/", f"{media}/")
            text = text.replace("/tmp/nginx.pid", str(folder / "pid")).replace(
                "/dev/stdout", str(folder / "log")
            )
            (folder / name).write_text(text)
        if admin:
            (folder / "admin-networks.conf").write_text(admin)
        (folder / "site.conf").write_text(f"server {{ listen 127.0.0.1:{self.port}; include shop.conf; }}")

    def __enter__(self) -> "Proxy":
        user = "user root;" if os.getuid() == 0 else ""  # its own user may not read pytest's folders
        command = [str(NGINX), "-c", str(self.folder / "nginx.conf"), "-g", f"daemon off; {user}"]
        self.process = subprocess.Popen(command)
        for _attempt in range(50):
            try:
                self.get("/healthz")
                return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError("nginx did not open")

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        return self.ask("GET", path, **headers)

    def ask(self, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
        connection.request(method, path, headers=headers)
        return connection.getresponse()

    def log(self) -> str:
        time.sleep(0.2)
        return (self.folder / "log").read_text()


@pytest.fixture
def shop(live_server):
    return live_server.url.removeprefix("http://")


@pytest.mark.promise("A-V.6", "B-3.3")
def test_strangers_find_no_back_office(tmp_path, shop):
    with Proxy(tmp_path, shop, admin="deny all; error_page 403 =404 /404-for-strangers;") as proxy:
        answer = proxy.get("/admin/login/")

    assert answer.status == 404
    assert b'type="password"' not in answer.read()


def test_the_back_office_opens_for_its_own_networks(tmp_path, shop):
    with Proxy(tmp_path, shop) as proxy:
        answer = proxy.get("/admin/")

    assert answer.status in {200, 302}


@pytest.mark.parametrize(
    "secret",
    [
        "/c/{}/en-de/cart/",
        "/en-de/support/{}/",
        "/en-de/orders/status/{}/",
        "/en-de/account/not-me/{}/",
        "/en-de/newsletter/confirm/{}/",
        "/en-de/privacy/requests/{}/",
        "/en-de/privacy/limits/{}/",
        "/en-de/privacy/rights/open/{}/copy/",
        "/en-de/privacy/age/{}/answer/",
        "/en-de/privacy/guardian/open/{}/copy/",
        "/c/of-a-cart-carried-along/en-de/support/{}/",
    ],
)
def test_the_log_knows_neither_visitors_nor_secrets(tmp_path, shop, secret):
    token = "k3yZ_token-of-somebody-0"
    with Proxy(tmp_path, shop) as proxy:
        answer = proxy.get(secret.format(token) + "?q=anna@example.org", **{"User-Agent": "Anna's phone"})

        assert answer.status == 404
        log = proxy.log()
    assert "127.0.0.0 " in log
    assert not any(word in log for word in (token, "127.0.0.1", "anna@", "Anna"))


def test_an_upload_that_is_too_large_ends_at_the_proxy(tmp_path, shop):
    with Proxy(tmp_path, shop) as proxy:
        answer = proxy.ask("POST", "/en-de/cart/add/", **{"Content-Length": str(3 * 1024 * 1024)})

    assert answer.status == 413


def test_pictures_are_served_and_nothing_beside_them(tmp_path, shop):
    with Proxy(tmp_path, shop) as proxy:
        picture = proxy.get("/media/products/jar.webp")
        beside = [
            proxy.get(path).status for path in ("/media/../private/evidence", "/media../private/evidence")
        ]

    assert picture.read() == b"a picture"
    assert "immutable" in picture.headers["Cache-Control"]
    assert not any(status == 200 for status in beside)


def test_nobody_chooses_the_address_they_come_from():
    """Otherwise a limit by address would be no limit."""
    text = (ROOT / "deploy" / "shop.conf").read_text()

    assert "X-Forwarded-For $remote_addr;" in text
    assert "proxy_add_x_forwarded_for" not in text


@pytest.mark.promise("A-V.6")
def test_a_flood_is_slowed_down(tmp_path, shop):
    with Proxy(tmp_path, shop) as proxy, ThreadPoolExecutor(20) as visitors:
        answers = list(visitors.map(lambda _number: proxy.get("/healthz").status, range(400)))

    assert answers.count(200) >= 60
    assert 429 in answers
