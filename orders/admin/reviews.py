"""The queue of orders somebody has to look at before they are packed."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from orders import fraud
from orders.models import OrderReview
from privacy.admin import ReadOnlyAdmin


@admin.register(OrderReview)
class OrderReviewAdmin(ReadOnlyAdmin):
    list_display = ("order_link", "why", "status", "opened_at", "decided_at")
    list_display_links = None
    list_filter = ("status",)
    list_select_related = ("order",)
    actions = ["release"]

    @admin.display(description=_("order"))
    def order_link(self, review: OrderReview) -> str:
        url = reverse("admin:orders_order_change", args=[review.order_id])
        return format_html('<a href="{}">{}</a>', url, review.order.number)

    @admin.display(description=_("what was unusual"))
    def why(self, review: OrderReview) -> str:
        return " ".join(str(sentence) for sentence in review.sentences)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_orderreview")

    @admin.action(description=_("Nothing is wrong: go on with them"), permissions=["decide"])
    def release(self, request: HttpRequest, reviews: QuerySet[OrderReview]) -> None:
        """What is already decided stays as it is. To call one off, open the order."""
        waiting = list(reviews.open().select_related("order__subject"))  # type: ignore[attr-defined]
        for review in waiting:
            fraud.release(review, actor=request.user)
        done: Any = ngettext("%(count)d order goes on.", "%(count)d orders go on.", len(waiting))
        self.message_user(request, done % {"count": len(waiting)}, messages.SUCCESS)
