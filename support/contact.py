"""Which order somebody means who only typed its number."""

from orders.models import Order
from privacy.keys import normalise_email
from privacy.models import DataSubject


def order_of(number: str, email: str) -> Order | None:
    """Only with the address it was placed with. The page never says whether one was found."""
    if not (number and email):
        return None
    order = Order.objects.with_keys().filter(number=number.strip().upper()).first()
    return order if order and normalise_email(order.email) == normalise_email(email) else None


def with_number(body: str, number: str) -> str:
    """What was typed stays in the text in any case, for the agent to read."""
    return f"{body}\n\n# {number.strip()}" if number.strip() else body


def orders_of(subject: DataSubject) -> list[Order]:
    """The newest orders of somebody, with what was bought, to choose from."""
    return list(Order.objects.filter(subject=subject).prefetch_related("lines")[:50])
