"""Everything that runs while the shop is measured, each started as in production and stopped afterwards.

What differs from production: payments go to the sandbox, mails to nobody, and no proxy ends TLS. The header
such a proxy would send is added in `tests.bench.behind_proxy`.
"""

import hashlib
import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(tempfile.gettempdir()) / "vitrine-bench"  # kept, so that the next run finds its products
PG_PORT, REDIS_PORT = 54339, 63839
# The first orders come into empty tables: the planner is told soon that they grow.
OPTIONS = "-c autovacuum_naptime=5s"
WORKERS, THREADS = 2, 4
PYTHON = [sys.executable, "-m"]
STRIPE_KEY, STRIPE_SECRET = "sk_test_sandbox", "whsec_sandbox"
CONNECTION = f"postgres://vitrine@127.0.0.1:{PG_PORT}/"
# The products depend on how they are made and on the tables they are made for.
MAKERS = [
    "tests/bench/products.py",
    "*/migrations/0*.py",
    "shop/*/migrations/0*.py",
    "shop/catalogue/search/*.py",
]


@contextmanager
def services() -> Iterator[None]:
    command = str(ROOT / ".ci" / "services")
    environment = os.environ | {"PG_PORT": str(PG_PORT), "REDIS_PORT": str(REDIS_PORT), "PG_OPTIONS": OPTIONS}
    subprocess.run([command, "install", "wrk"], check=True, env=environment)
    subprocess.run([command, "stop", str(FOLDER)], check=True, env=environment)
    subprocess.run([command, "start", str(FOLDER)], check=True, env=environment)
    try:
        yield
    finally:
        subprocess.run([command, "stop", str(FOLDER)], check=True, env=environment)


@dataclass(frozen=True)
class Shop:
    """A shop of so many products, with a database and a cache of its own."""

    products: int
    database: str
    cache: int

    @cached_property
    def environment(self) -> dict[str, str]:
        """Production's settings (`shop.checks`), with keys of this run that all its processes share."""
        port = sandbox_port(self)
        return os.environ | {
            "DEBUG": "0",
            "DEMO": "0",
            "DJANGO_SETTINGS_MODULE": "shop.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "SITE_URL": "https://127.0.0.1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRUSTED_PROXY_COUNT": "1",
            "SHOP_NAME": "Bench",
            "SHOP_EMAIL": "bench@shop.test",
            "SHOP_PHONE": "+49 30 901820",
            "SHOP_ADDRESS": "Pariser Platz 1, 10117 Berlin, Germany",
            "PRIVACY_KEYS": new_key(),
            "PRIVACY_INDEX_KEYS": new_key(),
            "AUDIT_KEYS": new_key(),
            "BACKUP_KEYS": new_key(),
            "DATABASE_URL": CONNECTION + self.database,
            "REDIS_URL": f"redis://127.0.0.1:{REDIS_PORT}/{self.cache}",
            "EMAIL_URL": "dummymail://",
            "PAYMENT_SANDBOX_URL": f"http://127.0.0.1:{port}",
            "STRIPE_API_KEY": STRIPE_KEY,
            "STRIPE_WEBHOOK_SECRET": STRIPE_SECRET,
            "VAR_DIR": str(FOLDER / "var"),
            "LOG_LEVEL": "WARNING",
        }


def sandbox_port(shop: Shop) -> int:
    return 8_600 + shop.cache


def new_key() -> str:
    return f"bench:{b64encode(secrets.token_bytes(32)).decode()}"


def open_shop(products: int, *, cache: int) -> Shop:
    """A copy of the database with these products, which is made first where there is none."""
    original = f"products_{products}_{fingerprint()}"
    databases = [name for (name,) in sql("SELECT datname FROM pg_database")]
    for name in databases:
        kind, _underscore, rest = name.partition("_")
        if kind in {"run", "making", "products"} and rest.split("_")[0] == str(products) and name != original:
            sql(f'DROP DATABASE "{name}"')  # of another run, or made for other tables
    if original not in databases:
        make_products(products, original)
    shop = Shop(products, f"run_{products}", cache)
    sql(f'CREATE DATABASE "{shop.database}" TEMPLATE "{original}"')
    return shop


def make_products(products: int, database: str) -> None:
    """Under another name until it is finished, so that a broken-off run leaves nothing half done."""
    making = Shop(products, f"making_{products}", cache=15)
    sql(f'CREATE DATABASE "{making.database}"')
    # No checks: they would find that payments go to the sandbox and mails nowhere.
    run([sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"], making)
    run([*PYTHON, "tests.bench.products", str(products)], making)
    sql(f'ALTER DATABASE "{making.database}" RENAME TO "{database}"')


def fingerprint() -> str:
    files = sorted(path for maker in MAKERS for path in ROOT.glob(maker))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def run(command: list[str], shop: Shop) -> None:
    subprocess.run(command, check=True, cwd=ROOT, env=shop.environment)


def answer_of(command: list[str], shop: Shop) -> str:
    """What it prints last."""
    done = subprocess.run(
        command, check=True, cwd=ROOT, env=shop.environment, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.splitlines()[-1]


def sql(statement: str, *, database: str = "postgres") -> list[tuple]:
    with psycopg.connect(CONNECTION + database, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def gunicorn(application: str, port: int, shop: Shop, **environment: str) -> Iterator[int]:
    """Gives the process id of its master."""
    command = [*PYTHON, "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    command += ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)]
    with running(command, shop, **environment) as process:
        wait_for(port, process)
        yield process.pid


@contextmanager
def sandbox(shop: Shop, *, webhook_port: int) -> Iterator[None]:
    books = FOLDER / "sandbox.sqlite3"
    books.unlink(missing_ok=True)
    command = [*PYTHON, "orders.sandbox", "--port", str(sandbox_port(shop)), "--data", str(books)]
    command += ["--webhook", f"http://127.0.0.1:{webhook_port}/webhooks/stripe/"]
    command += ["--key", STRIPE_KEY, "--secret", STRIPE_SECRET]
    with running(command, shop):
        yield


@contextmanager
def worker(shop: Shop) -> Iterator[int]:
    """Gives its process id."""
    command = [*PYTHON, "celery", "--app", "shop", "--quiet", "worker", "--beat", "--loglevel", "warning"]
    with running([*command, "--pool", "threads", "--concurrency", "4"], shop) as process:
        yield process.pid


@contextmanager
def running(command: list[str], shop: Shop, **environment: str) -> "Iterator[subprocess.Popen[bytes]]":
    with (FOLDER / "servers.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=shop.environment | environment, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _attempt in range(150):
        assert process.poll() is None, f"it ended; see {FOLDER / 'servers.log'}"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"nothing answers at port {port}; see {FOLDER / 'servers.log'}")


def worker_memory(master: int) -> list[int]:
    """What each worker of a gunicorn holds in bytes, pages it shares with others counted in full."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [resident(int(child)) for child in children]


def resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))
