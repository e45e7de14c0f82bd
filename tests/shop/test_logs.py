import logging
import re

import pytest
from django.conf import settings
from django.urls import URLResolver, get_resolver

from shop.celery import app
from shop.logs import PersonalDataFormatter


@pytest.fixture
def formatter():
    return PersonalDataFormatter("{message}", style="{")


def entry(message, exc_info=None):
    return logging.LogRecord("shop", logging.INFO, __file__, 1, "%s", (message,), exc_info)


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("sent to zoe.mueller@mail.example today", "sent to [e-mail] today"),
        ("GET /c/abcdefghijklmnopqrstuv/en-de/cart/", "GET /c/[token]/en-de/cart/"),
        ("card 4111 1111 1111 1111 refused", "card [number]refused"),
        ("called +49 30 5550 0100", "called [phone]"),
        ("order 4711 is paid", "order 4711 is paid"),
    ],
)
def test_people_and_secrets_stay_out_of_the_logs(formatter, message, kept):
    assert formatter.format(entry(message)) == kept


SECRETS = {"token", "key"}


def secret_addresses(patterns=None, prefix="/en-de/"):
    """Every address of the shop that is open to whoever knows a part of it."""
    for pattern in patterns or get_resolver().url_patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from secret_addresses(pattern.url_patterns, path)
        elif SECRETS & set(pattern.pattern.converters):
            yield path


@pytest.mark.parametrize("address", sorted(set(secret_addresses())))
def test_no_address_that_opens_something_is_written_down(formatter, address):
    token = "2C9d_key-of.somebody:0123456789"

    written = formatter.format(entry(f"Not Found: {re.sub('<str:[a-z]+>', token, address)}"))

    assert token not in written
    assert "[token]" in written


def test_a_traceback_quotes_nobody(formatter):
    error = ValueError("Key (email)=(zoe@mail.example) already exists.")

    written = formatter.format(entry("it failed", (ValueError, error, None)))

    assert "ValueError: Key (email)=([e-mail]) already exists." in written


def test_every_handler_writes_this_way():
    formatters = {handler["formatter"] for handler in settings.LOGGING["handlers"].values()}

    assert {settings.LOGGING["formatters"][name]["()"] for name in formatters} == {
        "shop.logs.PersonalDataFormatter"
    }


def test_a_worker_keeps_the_shops_handlers(monkeypatch):
    monkeypatch.setattr(app.log, "already_setup", False)
    before = list(logging.getLogger().handlers)

    app.log.setup_logging_subsystem()

    assert logging.getLogger().handlers == before
