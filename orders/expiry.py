"""Unpaid orders end, and their goods go back on the shelf."""

import logging

from django.db import transaction

from accounts.notifications import notify
from orders import payments
from orders.gateways import GatewayRefused, GatewayUnavailable
from orders.models import Fulfilment, Order
from shop.catalogue import stock
from shop.states import InvalidTransition

logger = logging.getLogger(__name__)


def expire_unpaid() -> None:
    for order in Order.objects.unpaid_and_expired():
        try:
            expire(order)
        except InvalidTransition:
            pass  # paid, or ended by another worker, in this very moment
        except (GatewayUnavailable, GatewayRefused) as error:
            logger.warning("order %s cannot expire yet: %s", order.pk, type(error).__name__)


def expire(order: Order) -> None:
    """First the gateway's page is closed, so that nobody pays for what is not held any more."""
    if payments.close(order):
        with transaction.atomic():
            order.advance(Order.Status.EXPIRED)
            order.fulfilment.advance(Fulfilment.Status.CANCELLED)
            release_stock(order)
            notify(order.subject, "order_expired", about=order)


def release_stock(order: Order) -> None:
    for line in order.lines.select_related("variant").order_by("variant_id"):
        if line.variant:
            stock.release(line.variant, line.quantity, reference=order.number)
