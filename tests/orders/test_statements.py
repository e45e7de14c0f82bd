"""How many statements the way to a paid order takes. The numbers may only become smaller."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.sandbox.cards import Card

# BEGIN and COMMIT are counted: in a test they are savepoints.
MOST = {"add, cart": 7, "begin, details": 5, "review": 1, "place": 26, "webhook, payment, mail": 26}


class Counted(dict[str, int]):
    def __call__(self, step: str, act: Callable[..., Any], *args: Any) -> Any:
        with CaptureQueriesContext(connection) as statements:
            answer = act(*args)
        self[step] = len(statements)
        return answer


@pytest.mark.django_db
def test_an_order_takes_few_statements(shopper, cookieless, variant, sandbox, deliver):
    cookieless.buy(variant)  # fills what is remembered
    taken = Counted()

    taken("add, cart", shopper.add, variant)
    taken("begin, details", shopper.begin)
    page = taken("review", shopper.review)
    answer = taken("place", shopper.place, page)
    sandbox.pay(answer["Location"], Card.PAYS)
    taken("webhook, payment, mail", deliver, 1)

    assert {step: number for step, number in taken.items() if number > MOST[step]} == {}
