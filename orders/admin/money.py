"""Payments, refunds and what the gateway told us. To look at."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orders.models import Order, Payment, Refund, WebhookEvent
from privacy.admin import ReadOnlyAdmin
from shop.money import format_money


def link_to(order: Order) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("admin:orders_order_change", args=[order.pk]), order.number
    )


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("pk", "order_page", "status", "problem", "amount_shown", "gateway", "started_at")
    list_filter = ("status", "problem", "gateway")
    search_fields = ("order__number", "session_id", "reference")
    list_select_related = ("order",)

    @admin.display(description=_("order"))
    def order_page(self, payment: Payment) -> SafeString:
        return link_to(payment.order)

    @admin.display(description=_("amount"))
    def amount_shown(self, payment: Payment) -> str:
        return format_money(payment.money, get_language() or "en")


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ("pk", "order_page", "status", "amount_shown", "requested_at")
    list_filter = ("status",)
    search_fields = ("payment__order__number", "reference")
    list_select_related = ("payment__order",)

    @admin.display(description=_("order"))
    def order_page(self, refund: Refund) -> SafeString:
        return link_to(refund.payment.order)

    @admin.display(description=_("amount"))
    def amount_shown(self, refund: Refund) -> str:
        return format_money(refund.money, get_language() or "en")


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ("event_id", "type", "object_id", "received_at", "processed_at", "failures")
    list_filter = ("gateway", "type", ("processed_at", admin.EmptyFieldListFilter))
    search_fields = ("event_id", "object_id", "reference")
