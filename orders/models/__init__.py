from orders.models.carts import Cart, CartLine
from orders.models.delivery import DeliveryMethod
from orders.models.fulfilments import Fulfilment
from orders.models.orders import Event, Order, OrderAddress, OrderLine
from orders.models.payments import Payment, Refund, WebhookEvent
from orders.models.reviews import OrderReview, Suspicion
from orders.models.tax_records import FiscalEntity, TaxRecord

__all__ = [
    "Cart",
    "CartLine",
    "DeliveryMethod",
    "Event",
    "FiscalEntity",
    "Fulfilment",
    "Order",
    "OrderAddress",
    "OrderLine",
    "OrderReview",
    "Payment",
    "Refund",
    "Suspicion",
    "TaxRecord",
    "WebhookEvent",
]
