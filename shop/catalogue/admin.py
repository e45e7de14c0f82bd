"""The catalogue in the back office. Forms are in `forms.py`, what saving entails in `editing.py`."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Max, Min, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from privacy.admin import ReadOnlyAdmin
from shop.catalogue import bulk, editing
from shop.catalogue.filters import ShelfFilter, StockFilter, indented
from shop.catalogue.forms import (
    PictureForm,
    PriceForm,
    ProductForm,
    ValuesField,
    VariantForm,
    price_field,
    save_count,
    variant_row_form,
)
from shop.catalogue.models import (
    Attribute,
    AttributeValue,
    Brand,
    Category,
    Market,
    Picture,
    Price,
    Product,
    StockMovement,
    Variant,
)
from shop.money import format_money, from_minor, to_minor

LABELLED = AttributeValue.objects.select_related("attribute")
VALUES: dict[str, Any] = {"form_class": ValuesField, "queryset": LABELLED}


@admin.register(Market)
class MarketAdmin(admin.ModelAdmin):
    list_display = ("country", "currency", "prices_include_tax", "languages", "position", "is_active")
    list_editable = ("position", "is_active")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        editing.forget_markets()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        editing.forget_markets()


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    """In the order of the tree; the number orders a category among its siblings."""

    list_display = ("in_tree", "slug", "position", "is_active")
    list_editable = ("position", "is_active")
    list_per_page = 500
    search_fields = ("name_en", "name_de", "name_fr", "slug")
    prepopulated_fields = {"slug": ("name_en",)}
    fieldsets = (
        (None, {"fields": (("name_en", "name_de", "name_fr"), "slug", "parent", ("position", "is_active"))}),
        (_("Description"), {"fields": ("description_en", "description_de", "description_fr")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        found: QuerySet[Category] = Category.objects.with_tree_fields()
        return found

    def get_ordering(self, request: HttpRequest) -> Any:
        return ["tree_ordering"]

    @admin.display(description=_("category"))
    def in_tree(self, category: Category) -> SafeString:
        return format_html('<span class="depth depth-{}">{}</span>', category.tree_depth, category)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **category_choice(db_field, kwargs))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if {"parent", "name_en", "name_de", "name_fr"} & set(form.changed_data):
            editing.reindex(Product.objects.filter(category__in=obj.descendants(include_self=True)))


class CategoryChoice(forms.ModelChoiceField):
    """In the order of the tree, and indented."""

    def label_from_instance(self, obj: Any) -> str:
        return indented(obj)


def category_choice(db_field: Any, options: dict[str, Any]) -> dict[str, Any]:
    if db_field.related_model is not Category:
        return options
    return {**options, "queryset": Category.objects.with_tree_fields(), "form_class": CategoryChoice}


class AttributeValueInline(admin.TabularInline):
    model = AttributeValue
    fields = ("label_en", "label_de", "label_fr", "code", "number", "position")
    prepopulated_fields = {"code": ("label_en",)}
    extra = 1


@admin.register(Attribute)
class AttributeAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "type", "unit", "is_facet", "position")
    list_editable = ("is_facet", "position")
    list_filter = ("type", "is_facet")
    search_fields = ("name_en", "name_de", "name_fr", "code")
    prepopulated_fields = {"code": ("name_en",)}
    fields = (("name_en", "name_de", "name_fr"), "code", ("type", "unit"), ("is_facet", "position"))
    inlines = (AttributeValueInline,)


@admin.register(Brand)
class BrandAdmin(admin.ModelAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


class VariantInline(admin.TabularInline):
    """A row for each variant, with a price for each market; the rest is on the variant's own page."""

    model = Variant
    extra = 0
    show_change_link = True
    readonly_fields = ("options_in_words",)
    classes = ("variants",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        return super().get_queryset(request).prefetch_related("prices", "options__attribute")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        prices = [price_field(market) for market in Market.objects.all()]
        return ["sku", "options_in_words", "counted", "weight_g", "is_active", *prices]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["form"] = variant_row_form(list(Market.objects.all()))
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description=_("options"))
    def options_in_words(self, variant: Variant) -> str:
        return ", ".join(str(value) for value in variant.options.all()) if variant.pk else ""


class PictureInline(admin.TabularInline):
    model = Picture
    form = PictureForm
    extra = 0
    fields = ("preview", "image", "alt_en", "alt_de", "alt_fr", "position")
    readonly_fields = ("preview",)
    classes = ("pictures",)

    @admin.display(description="")
    def preview(self, picture: Picture) -> SafeString | str:
        return thumbnail(picture) if picture.pk else ""


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    form = ProductForm
    filter_horizontal = ("values",)
    list_display = ("picture", "name", "category", "price_range", "pieces_left", "status")
    list_display_links = ("picture", "name")
    list_filter = ("status", ShelfFilter, StockFilter, "brand", "tax_class")
    list_select_related = ("category",)
    list_per_page = 50
    search_fields = ("name_en", "name_de", "name_fr", "slug", "variants__sku")
    search_help_text = _("Name, address or SKU")
    prepopulated_fields = {"slug": ("name_en",)}
    autocomplete_fields = ("brand",)
    actions = (bulk.change_prices, bulk.set_stock, bulk.set_status)
    inlines = (VariantInline, PictureInline)
    save_on_top = True
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name_en", "name_de", "name_fr"),
                    ("slug", "status"),
                    ("category", "brand"),
                    ("summary_en", "summary_de", "summary_fr"),
                    ("tax_class", "rank"),
                )
            },
        ),
        (_("Description"), {"fields": ("description_en", "description_de", "description_fr")}),
        (_("Attributes"), {"fields": ("values",), "classes": ("collapse",)}),
        (
            _("Crossing borders"),
            {"fields": (("hs_code", "country_of_origin"), "customs_text"), "classes": ("collapse",)},
        ),
        (
            _("Product safety"),
            {
                "fields": ("maker", "responsible_person", ("warnings_en", "warnings_de", "warnings_fr")),
                "classes": ("collapse",),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        at_home = Price.objects.filter(
            market__country=editing.home_country(), variant__product=OuterRef("pk")
        )
        by_product = at_home.order_by().values("variant__product")
        pieces = Variant.objects.filter(product=OuterRef("pk")).order_by().values("product")
        found: QuerySet[Product] = (
            super()
            .get_queryset(request)
            .annotate(
                lowest=Subquery(by_product.annotate(n=Min("amount")).values("n")),
                highest=Subquery(by_product.annotate(n=Max("amount")).values("n")),
                currency=Subquery(at_home.values("market__currency")[:1]),
                pieces=Subquery(pieces.annotate(n=Sum("stock")).values("n")),
            )
            .prefetch_related(Prefetch("pictures", Picture.objects.order_by("position", "pk")))
        )
        return found

    @admin.display(description="")
    def picture(self, product: Any) -> SafeString | str:
        pictures = product.pictures.all()
        return thumbnail(pictures[0]) if pictures else "—"

    @admin.display(description=_("price at home"), ordering="lowest")
    def price_range(self, product: Any) -> str:
        if product.lowest is None:
            return "—"
        ends = dict.fromkeys(
            from_minor(amount, product.currency) for amount in (product.lowest, product.highest)
        )
        return " – ".join(format_money(money, get_language() or "en") for money in ends)

    @admin.display(description=_("stock"), ordering="pieces")
    def pieces_left(self, product: Any) -> int:
        return product.pieces or 0

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **category_choice(db_field, kwargs))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **VALUES, **kwargs)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is Variant:
            save_variants(formset, request.user)
        else:
            save_pictures(formset)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        editing.settle(form.instance, own_values=form.cleaned_data["values"])

    def delete_model(self, request: HttpRequest, obj: Product) -> None:
        editing.delete_products([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        editing.delete_products(queryset)


def thumbnail(picture: Picture) -> SafeString:
    widths = picture.image.aspect_ratios[None]["WEBP"]
    url = widths[min(widths)].url if widths else picture.image.url
    return format_html(
        '<img class="thumbnail" src="{}" alt="{}" width="56" height="56" loading="lazy">',
        url,
        picture.alt or "",
    )


def save_variants(formset: Any, actor: Any) -> None:
    """Rows of the product's page: the columns, the count and the price of every market that was changed."""
    markets = {price_field(market): market for market in Market.objects.all()}
    formset.save(commit=False)
    for variant in formset.deleted_objects:
        variant.delete()
    for form in formset.forms:
        if form in formset.deleted_forms or not form.has_changed():
            continue
        editing.save_variant(form.instance)
        save_count(form, actor)
        for name in markets.keys() & set(form.changed_data):
            amount, market = form.cleaned_data[name], markets[name]
            minor = None if amount is None else to_minor(Money(amount, market.currency))
            editing.set_price(form.instance, market=market, amount=minor)


def save_pictures(formset: BaseModelFormSet) -> None:
    changed = formset.save(commit=False)
    editing.delete_pictures(formset.deleted_objects)
    replaced = {form.instance.pk for form in formset.forms if "image" in form.changed_data}
    for picture in changed:
        if picture.pk in replaced and picture.pk:
            editing.forget_file(picture)
        picture.save()


class PriceInline(admin.TabularInline):
    model = Price
    form = PriceForm
    extra = 0
    fields = ("market", "price", "earlier")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Price]:
        return super().get_queryset(request).select_related("market")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Markets are not made in passing."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        for link in ("can_add_related", "can_change_related", "can_view_related", "can_delete_related"):
            setattr(field.widget, link, False)
        return field


class MovementInline(admin.TabularInline):
    """The newest first; nobody writes here."""

    model = StockMovement
    extra = 0
    can_delete = False
    fields = readonly_fields = ("created_at", "quantity", "reason", "reference", "actor")
    verbose_name_plural = _("stock history")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockMovement]:
        return super().get_queryset(request).select_related("actor")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Variant)
class VariantAdmin(admin.ModelAdmin):
    form = VariantForm
    filter_horizontal = ("options",)
    list_display = ("sku", "product", "options_in_words", "stock", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("product",)
    search_fields = ("sku", "barcode", "product__name_en", "product__name_de", "product__name_fr")
    raw_id_fields = ("product",)
    inlines = (PriceInline, MovementInline)
    fieldsets = (
        (None, {"fields": ("product", ("sku", "barcode"), "counted", ("is_active", "position"), "picture")}),
        (_("Options"), {"fields": ("options",)}),
        (
            _("Measures"),
            {"fields": ("weight_g", ("length_mm", "width_mm", "height_mm"), ("unit_amount", "unit"))},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        return super().get_queryset(request).prefetch_related("options")

    @admin.display(description=_("options"))
    def options_in_words(self, variant: Variant) -> str:
        return ", ".join(str(value) for value in variant.options.all())

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **VALUES, **kwargs)

    def save_model(self, request: HttpRequest, obj: Variant, form: Any, change: bool) -> None:
        editing.save_variant(obj)
        save_count(form, request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        own = editing.own_values(form.instance.product)
        super().save_related(request, form, formsets, change)
        editing.settle(form.instance.product, own_values=own)

    def delete_model(self, request: HttpRequest, obj: Variant) -> None:
        editing.delete_variant(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Variant]) -> None:
        for variant in queryset:
            editing.delete_variant(variant)


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "variant", "quantity", "reason", "reference", "actor")
    list_filter = ("reason",)
    list_select_related = ("variant", "actor")
    search_fields = ("variant__sku", "reference")
    date_hierarchy = "created_at"
