"""Orders: a list to find them, and one page that tells the whole story of each."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import postal
from accounts.roles import role_of
from orders import fulfilment, recipients
from orders.admin import deeds
from orders.admin.deeds import DEEDS
from orders.models import Event, Fulfilment, Order, Payment, Refund
from privacy import audit
from privacy.admin import ReadOnlyAdmin
from privacy.masks import mask_all, mask_email, mask_name, mask_tail
from privacy.models import SubjectIdentifier
from shop.catalogue.texts import country_name
from shop.money import format_money

STATES = {
    Event.Machine.ORDER: Order.Status,
    Event.Machine.PAYMENT: Payment.Status,
    Event.Machine.REFUND: Refund.Status,
    Event.Machine.FULFILMENT: Fulfilment.Status,
}


def _action(name: str) -> Callable[..., HttpResponse]:
    """A list action leads to the confirmation page of its deed."""

    @admin.action(description=DEEDS[name].label, permissions=["fulfil"])
    def action(model_admin: Any, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse:
        keys = urlencode({"order": list(orders.values_list("pk", flat=True))}, doseq=True)
        return HttpResponseRedirect(f"{reverse('admin:orders_order_deed', args=[name])}?{keys}")

    action.__name__ = name
    return action


def _in_words(event: Event) -> dict[str, Any]:
    states = dict(STATES[Event.Machine(event.machine)].choices)
    return {"event": event, "was": states.get(event.was, "–"), "became": states[event.became]}


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("number", "placed_at", "status", "parcel", "market", "total_shown", "email")
    list_display_links = ("number",)
    list_filter = ("status", "fulfilment__status", "market", "placed_at")
    list_select_related = ("market", "fulfilment")
    list_per_page = 50
    search_fields = ("number",)
    search_help_text = _("By number, or by the whole e-mail address")
    date_hierarchy = "placed_at"
    actions = [*(_action(name) for name in DEEDS), "forget_recipient"]

    @admin.display(description=_("parcel"), ordering="fulfilment__status")
    def parcel(self, order: Order) -> str:
        return order.fulfilment.get_status_display()

    @admin.display(description=_("total"), ordering="total_gross")
    def total_shown(self, order: Order) -> str:
        return format_money(order.total, get_language() or "en")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """E-mail addresses are encrypted; a fingerprint finds the whole address, never a part of it."""
        if "@" not in search_term:
            return super().get_search_results(request, queryset, search_term)
        known = SubjectIdentifier.objects.matching(SubjectIdentifier.Kind.EMAIL, search_term)
        return queryset.filter(subject__in=known.values("subject")), False

    def has_fulfil_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_order")

    @admin.action(description=_("Forget the recipient"), permissions=["fulfil"])
    def forget_recipient(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        for order in queryset:
            try:
                recipients.forget(order, actor=request.user)  # type: ignore[arg-type]
            except recipients.StillUnderWay:
                self.message_user(request, _("Not before two weeks after it has arrived."), messages.WARNING)

    def get_urls(self) -> list[URLPattern]:
        deed = self.admin_site.admin_view(self.deed_view)
        return [path("do/<slug:name>/", deed, name="orders_order_deed"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The whole story on one page. Looking at it is written down."""
        order = get_object_or_404(self._orders(), pk=object_id if object_id.isdecimal() else None)
        if not self.has_view_permission(request, order):
            raise PermissionDenied
        if locked := self.locked_page(request, order):
            return locked
        role = role_of(request.user)  # type: ignore[arg-type]
        audit.record("order.viewed", actor=request.user, subject=order.subject, obj=order, role=role)
        return TemplateResponse(request, "orders/admin/order.html", self._story(request, order))

    def _orders(self) -> QuerySet[Order]:
        return (
            Order.objects.with_keys()
            .select_related("address__subject__key", "fulfilment")
            .prefetch_related("lines__order", "payments__refunds", "events__actor")
        )

    def _story(self, request: HttpRequest, order: Order) -> dict[str, Any]:
        on_hold = fulfilment.is_on_hold(order)
        possible = [
            deed for deed in DEEDS.values() if deed.is_possible(order) and not (on_hold and deed.sends)
        ]
        return {
            **self.admin_site.each_context(request),
            "title": order.number,
            "opts": self.opts,
            "order": order,
            "is_on_hold": on_hold,
            "person": self._person(request, order),
            "events": [_in_words(event) for event in order.events.all()],
            "deeds": possible if self.has_fulfil_permission(request) else [],
        }

    def _person(self, request: HttpRequest, order: Order) -> dict[str, Any]:
        """Whoever sends the parcel must read where it goes; the others see masks."""
        if not self.has_fulfil_permission(request):
            country = country_name(order.address.country, request.LANGUAGE_CODE)
            return {
                "envelope": [mask_name(order.address.name), country],
                "email": mask_email(order.email),
                "phone": mask_tail(order.phone),
                "note": mask_all(order.note),
            }
        return {
            "envelope": postal.envelope_of(order.address, request.LANGUAGE_CODE),
            "email": order.email,
            "phone": order.phone,
            "note": order.note,
        }

    def reveals(self, request: HttpRequest, row: Any) -> bool:
        return self.has_fulfil_permission(request)

    def deed_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Asks once more, then does it for each order."""
        if name not in DEEDS:
            raise Http404
        if not self.has_fulfil_permission(request):
            raise PermissionDenied
        deed = DEEDS[name]
        keys = [key for key in request.GET.getlist("order") if key.isdecimal()]
        orders = list(Order.objects.with_keys().select_related("fulfilment", "address").filter(pk__in=keys))
        if request.method == "POST":
            return self._do(request, deed, orders)
        possible = [order for order in orders if deed.is_possible(order)]
        left_out = [order for order in orders if order not in possible]
        context = {**self.admin_site.each_context(request), "title": deed.label, "opts": self.opts}
        context |= {"deed": deed, "orders": possible, "left_out": left_out}
        return TemplateResponse(request, "orders/admin/deed.html", context)

    def _do(self, request: HttpRequest, deed: deeds.Deed, orders: list[Order]) -> HttpResponse:
        numbers = {order.pk: request.POST.get(f"tracking-{order.pk}", "").strip()[:60] for order in orders}
        wanted = [order for order in orders if str(order.pk) in request.POST.getlist("confirmed")]
        refusals = deeds.do(deed, wanted, numbers, request.user)  # type: ignore[arg-type]
        for refusal in refusals:
            messages.error(request, refusal)
        if done := len(wanted) - len(refusals):
            messages.success(request, ngettext("%d order: done.", "%d orders: done.", done) % done)
        if len(orders) == 1:
            return HttpResponseRedirect(reverse("admin:orders_order_change", args=[orders[0].pk]))
        return HttpResponseRedirect(reverse("admin:orders_order_changelist"))
