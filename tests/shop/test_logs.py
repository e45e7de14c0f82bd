import logging

import pytest

from shop.logs import PersonalDataFilter


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
def test_people_and_secrets_stay_out_of_the_logs(message, kept):
    record = logging.LogRecord("shop", logging.INFO, __file__, 1, "%s", (message,), None)

    PersonalDataFilter().filter(record)

    assert record.getMessage() == kept
