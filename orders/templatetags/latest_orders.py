"""What the overview of an account tells of orders, which the accounts themselves know nothing of."""

from typing import Any

from django import template

from orders.models import Order

LATEST = 3

register = template.Library()


@register.inclusion_tag("orders/_latest.html", takes_context=True)
def latest_orders(context: dict[str, Any]) -> dict[str, Any]:
    subject = context["request"].user.subject
    return {"orders": Order.objects.of(subject).prefetch_related("lines")[:LATEST]}
