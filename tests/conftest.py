"""What every test may ask for. Tests run on SQLite unless DATABASE_URL says otherwise."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts import roles
from accounts.models import User
from shop.address import page_url
from tests.factories import ProcessorFactory
from tests.stack import Stack

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that empty the database, and the rows of its migrations with it, run after all others."""
    items.sort(key=empties_the_database)
    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    for item in items:
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL"))
        if item.get_closest_marker("redis") and not os.environ.get("REDIS_URL"):
            item.add_marker(pytest.mark.skip(reason="needs Redis: set REDIS_URL"))
        if item.get_closest_marker("browser") and not CHROMIUM.exists():
            item.add_marker(pytest.mark.skip(reason=f"needs Chromium at {CHROMIUM}"))


def empties_the_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked_for = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked_for) or (marker is not None and bool(marker.kwargs.get("transaction")))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where every service runs, a skipped test fails, unless it is about SQLite or lacks trial data."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("NOTHING_SKIPPED") or reporter is None:
        return
    reasons = [report.longrepr[2] for report in reporter.stats.get("skipped", [])]
    if [reason for reason in reasons if "SQLite" not in reason and "trial data" not in reason]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def quick_and_apart(settings, tmp_path) -> Iterator[None]:
    """Each test with an empty cache and a media folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def relays(db) -> None:
    """Mails and text messages have somebody to carry them."""
    for code in ("mail", "sms"):
        ProcessorFactory(code=code, kind="messages", purpose="service_message")


@pytest.fixture
def path_of() -> Callable[..., str]:
    """`path_of("catalogue:product", "moon-jar")`: a path in English for Germany, or where the test says."""

    def path(name: str, *args: object, language: str = "en", country: str = "DE", token: str = "") -> str:
        return page_url(name, *args, language=language, country=country, token=token).removeprefix(
            settings.SITE_URL
        )

    return path


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": str(CHROMIUM), "args": QUIET}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The demo shop, open: started once for all journeys."""
    stack = Stack(tmp_path_factory.mktemp("stack"))
    stack.manage("migrate", "--verbosity", "0")
    stack.manage("load_demo")
    with stack.open():
        yield stack


@pytest.fixture
def shared_data() -> Path:
    """Real catalogues and judgements, beside the project where it is developed."""
    if not DATA.exists():
        pytest.skip("the trial data is not beside the project")
    return DATA


@pytest.fixture
def is_postgres() -> bool:
    return connection.vendor == "postgresql"


@pytest.fixture
def staff(client: Client, db: None) -> Callable[[str], User]:
    """`staff("support")` signs somebody with that role in; `staff("")` somebody without any."""
    roles.make_roles()

    def sign_in(role: str) -> User:
        user = User.objects.create_user(
            f"{role or 'clerk'}@shop.example", "a long password", name=f"Ines {role}", is_staff=True
        )
        if role:
            roles.give(user, role)
        client.force_login(user)
        return user

    return sign_in
