"""The catalogue describes goods and knows nobody."""

from django.utils.translation import gettext_lazy as _

from privacy.registry import NoPersonalData, NotPersonal, register, register_tables
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
    Word,
)

register_tables("catalogue_search", because=_("the words of the catalogue, for searching"))


@register(Attribute)
class AttributeData(NoPersonalData):
    because = _("Properties goods are described by")
    fields = {"name": NotPersonal(_("the attribute's"))}
    not_personal = ("code", "type", "unit", "is_facet", "position")


@register(AttributeValue)
class AttributeValueData(NoPersonalData):
    because = _("Values of those properties")
    not_personal = ("attribute", "code", "label", "number", "position")


@register(Brand)
class BrandData(NoPersonalData):
    because = _("Brands of goods")
    fields = {"name": NotPersonal(_("the brand's"))}
    not_personal = ("slug",)


@register(Category)
class CategoryData(NoPersonalData):
    because = _("Shelves of the shop")
    fields = {"name": NotPersonal(_("the category's"))}
    not_personal = ("parent", "slug", "description", "position", "is_active")


@register(Market)
class MarketData(NoPersonalData):
    because = _("Countries we sell to")
    not_personal = ("country", "currency", "prices_include_tax", "languages", "is_active", "position")


@register(Picture)
class PictureData(NoPersonalData):
    because = _("Pictures of goods, stored without their metadata")
    fields = {"image": NotPersonal(_("a picture of goods"))}
    not_personal = ("product", "width", "height", "alt", "digest", "position")


@register(Price)
class PriceData(NoPersonalData):
    because = _("What goods cost")
    not_personal = ("variant", "market", "amount", "compare_at")


@register(Product)
class ProductData(NoPersonalData):
    because = _("Descriptions of goods")
    fields = {
        "name": NotPersonal(_("the product's")),
        "maker": NotPersonal(_("the company the law wants named: Regulation (EU) 2023/988, Article 19")),
        "responsible_person": NotPersonal(_("the company that answers for it in the EU, Article 16")),
    }
    not_personal = (
        "slug",
        "status",
        "category",
        "brand",
        "summary",
        "description",
        "tax_class",
        "values",
        "hs_code",
        "country_of_origin",
        "customs_text",
        "warnings",
        "rank",
        "created_at",
        "updated_at",
    )


@register(StockMovement)
class StockMovementData(NoPersonalData):
    because = _("Pieces that came and went")
    fields = {"actor": NotPersonal(_("staff who did it, as a key"))}
    not_personal = ("variant", "quantity", "reason", "reference", "created_at")


@register(Variant)
class VariantData(NoPersonalData):
    because = _("What is bought: sizes, stock and measures of goods")
    not_personal = (
        "product",
        "sku",
        "barcode",
        "options",
        "picture",
        "stock",
        "weight_g",
        "length_mm",
        "width_mm",
        "height_mm",
        "unit_amount",
        "unit",
        "is_active",
        "position",
    )


@register(Word)
class WordData(NoPersonalData):
    because = _("Words that name goods")
    not_personal = ("language", "text", "backwards", "written", "products")
