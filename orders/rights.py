"""What the orders tell of people who use their rights: where a guest is reached, and what only they know."""

from accounts.models import User
from accounts.postal import compact
from orders import under_way
from orders.models import Order
from privacy import access, guardians, identity, telling
from privacy.models import DataSubject
from privacy.telling import Contact


def contact_of(subject: DataSubject) -> Contact | None:
    order = Order.objects.with_story().filter(subject=subject).order_by("-placed_at").first()
    return Contact(order.email, order.language, order.market.country) if order and order.email else None


def owner(people: list[DataSubject], fact: str) -> DataSubject | None:
    """Whose order has that number, or went to that postcode."""
    for order in Order.objects.with_story().filter(subject__in=people):
        if compact(fact) in {compact(order.number), compact(order.address.postcode)} - {""}:
            return order.subject
    return None


def buyer(number: str) -> DataSubject | None:
    order = Order.objects.filter(number=compact(number).upper()).select_related("subject").first()
    return order.subject if order else None


def is_at_work(colleague: User, order: Order) -> bool:
    """Whoever sends parcels works on an order until nothing about it is open any more."""
    return colleague.has_perm("orders.change_order") and order.pk in under_way.waits_of(order.subject)


access.register_work(Order, is_at_work)
telling.register_contact(contact_of)
identity.register_fact(owner)
guardians.register_finder(buyer)
