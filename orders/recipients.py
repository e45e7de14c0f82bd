"""Somebody received a parcel that another person ordered, and asks that their name and address go.

They have no account, and nobody here knows their e-mail: they write to the shop, name the order and the
postcode it went to, and a colleague does it. The buyer keeps the order, without where it went.
"""

from django.db import transaction

from accounts.models import User
from orders import under_way
from orders.models import Order
from privacy import audit

LINES = ("name", "company", "street", "postcode", "city", "region")


class StillUnderWay(ValueError):
    """The parcel has to arrive first, and could come back for two weeks."""


@transaction.atomic
def forget(order: Order, *, actor: User) -> None:
    order = Order.objects.with_story().select_for_update(of=("self",)).get(pk=order.pk)
    if order.pk in under_way.waits_of(order.subject):
        raise StillUnderWay(order.number)
    for line in LINES:
        setattr(order.address, line, "")
    order.address.save(update_fields=LINES)
    audit.record("order.recipient_forgotten", actor=actor, subject=order.subject, obj=order)
