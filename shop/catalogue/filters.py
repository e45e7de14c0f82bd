"""What the lists of the back office are narrowed by."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shop.catalogue.models import Category, Product


def indented(category: Category) -> str:
    depth: int = category.tree_depth
    return "\u2003" * depth + str(category)


class ShelfFilter(admin.SimpleListFilter):
    """A category means everything below it too."""

    title = _("category")
    parameter_name = "shelf"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(category.pk, indented(category)) for category in Category.objects.with_tree_fields()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        if not (self.value() or "").isdecimal():
            return queryset
        return queryset.filter(
            category__in=Category.objects.descendants(int(self.value() or 0), include_self=True)
        )


class StockFilter(admin.SimpleListFilter):
    title = _("stock")
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("Sold out")), ("few", _("Five or fewer")), ("some", _("In stock"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        wanted: dict[str, dict[str, Any]] = {
            "none": {"pieces__lte": 0},
            "few": {"pieces__range": (1, 5)},
            "some": {"pieces__gt": 0},
        }
        return queryset.filter(**wanted.get(self.value() or "", {}))
