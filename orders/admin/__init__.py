"""The back office's pages for orders and money. Rows are looked at here and moved by deeds, never edited."""

from orders.admin.delivery import DeliveryMethodAdmin
from orders.admin.money import PaymentAdmin, RefundAdmin, WebhookEventAdmin
from orders.admin.orders import OrderAdmin
from orders.admin.reviews import OrderReviewAdmin
from orders.admin.tax_records import TaxRecordAdmin

__all__ = [
    "DeliveryMethodAdmin",
    "OrderAdmin",
    "OrderReviewAdmin",
    "PaymentAdmin",
    "RefundAdmin",
    "TaxRecordAdmin",
    "WebhookEventAdmin",
]
