from django.contrib import admin

from orders.models import DeliveryMethod


@admin.register(DeliveryMethod)
class DeliveryMethodAdmin(admin.ModelAdmin):
    list_display = ("name", "market", "carrier", "price", "days_min", "days_max", "is_active")
    list_filter = ("market", "is_active")
    list_select_related = ("market",)
    search_fields = ("name", "code")

    @admin.display(ordering="amount")
    def price(self, method: DeliveryMethod) -> str:
        return str(method.money)
