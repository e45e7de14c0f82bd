from django.contrib import admin
from django.utils.translation import get_language

from orders.models import DeliveryMethod
from shop.money import format_money


@admin.register(DeliveryMethod)
class DeliveryMethodAdmin(admin.ModelAdmin):
    list_display = ("name", "market", "carrier", "price", "days_min", "days_max", "is_active")
    list_filter = ("market", "is_active")
    list_select_related = ("market",)
    search_fields = ("name", "code")

    @admin.display(ordering="amount")
    def price(self, method: DeliveryMethod) -> str:
        return format_money(method.money, get_language() or "en")
