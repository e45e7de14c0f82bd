"""The tax archive, for auditors alone. The list shows what lies open; each look inside is written down."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.roles import role_of
from orders import tax_export, tax_laws
from orders.models import TaxRecord
from orders.models.orders import TaxReason
from privacy import audit
from privacy.admin import ReadOnlyAdmin
from shop.money import from_minor


@admin.register(TaxRecord)
class TaxRecordAdmin(ReadOnlyAdmin):
    list_display = ("sold_on", "entity", "profile", "country", "until")
    list_filter = ("entity", "profile", "country")
    list_select_related = ("entity",)
    date_hierarchy = "sold_on"
    search_fields = ("number_index",)
    search_help_text = _("By the whole number of an order")
    actions = ("export",)

    @admin.display(description=_("kept until"))
    def until(self, record: TaxRecord) -> date:
        return tax_laws.last_day(record.sold_on, record.law_names)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[TaxRecord], bool]:
        return queryset.numbered(search_term) if search_term else queryset, False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        pk = object_id if object_id.isdecimal() else None
        record = get_object_or_404(TaxRecord.objects.select_related("entity"), pk=pk)
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        audit.record("tax_record.viewed", actor=request.user, obj=record, role=_role(request))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "record": record}
        context |= {"title": record.content["number"], "until": self.until(record)}
        context |= {"laws": [tax_laws.tax_laws()[name] for name in record.law_names]}
        return TemplateResponse(request, "orders/admin/tax_record.html", context | _in_words(record))

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export(self, request: HttpRequest, records: QuerySet[TaxRecord]) -> StreamingHttpResponse:
        audit.record("tax_archive.exported", actor=request.user, count=records.count(), role=_role(request))
        found: Iterator[TaxRecord] = records.select_related("entity").iterator(500)
        response = StreamingHttpResponse(tax_export.rows(found), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="tax-archive.csv"'
        return response


def _role(request: HttpRequest) -> str:
    return role_of(request.user)  # type: ignore[arg-type]


def _in_words(record: TaxRecord) -> dict[str, Any]:
    content, money = record.content, ("net", "tax", "gross")
    currency = content["currency"]
    lines = [
        line
        | {name: from_minor(line[name], currency) for name in money}
        | {"why": TaxReason(line["reason"]).label}
        for line in content["lines"]
    ]
    payments = [
        paid | {"money": from_minor(paid["amount"], currency), "on": _day(paid["on"])}
        for paid in content["payments"]
    ]
    days = {"ordered": content["ordered_on"], "sent": content["evidence"]["sent_on"]}
    days |= {"arrived": content["evidence"]["arrived_on"]}
    total = {name: from_minor(content[name], currency) for name in money}
    context = {"content": content, "lines": lines, "payments": payments, "total": total}
    return context | {"days": {name: _day(day) for name, day in days.items()}}


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
