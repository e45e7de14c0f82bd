from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from privacy import optional, registry
from privacy.models import DataSubject
from privacy.optional import Use
from privacy.purposes import Purpose
from shop.catalogue.models import Market
from tests.factories import MarketFactory, ProcessorFactory

from .letters import Letter


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.create_model(Letter)


@pytest.fixture
def rights_shop(db: None, settings: Any, tmp_path: Path) -> Market:
    """Mails go out at once, and the rights journal is the test's own."""
    settings.RIGHTS_JOURNAL = str(tmp_path / "rights.jsonl")
    settings.VAR_DIR = tmp_path
    settings.CELERY_TASK_ALWAYS_EAGER = True
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")
    return MarketFactory.create()


@pytest.fixture
def anna(db: None) -> DataSubject:
    return DataSubject.objects.create(kind=DataSubject.Kind.GUEST)


@pytest.fixture
def bert(db: None) -> DataSubject:
    return DataSubject.objects.create(kind=DataSubject.Kind.ACCOUNT)


@pytest.fixture
def fresh_register() -> Iterator[None]:
    """Declarations made in a test end with it."""
    before = dict(registry._registry)
    yield
    registry._registry.clear()
    registry._registry.update(before)


@pytest.fixture
def counting() -> Iterator[Use]:
    """The shop would count page views, if people agree."""
    optional.register(Purpose.ANALYTICS, "We count how often a page is opened.")
    yield optional.uses()[0]
    optional._uses.clear()
