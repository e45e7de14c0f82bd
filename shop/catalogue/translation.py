"""Which texts of the catalogue are translated; modeltranslation reads this file at start-up."""

from modeltranslation.translator import TranslationOptions, register

from shop.catalogue.models import Attribute, AttributeValue, Category, Picture, Product


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Attribute)
class AttributeTranslation(TranslationOptions):
    fields = ("name",)


@register(AttributeValue)
class AttributeValueTranslation(TranslationOptions):
    fields = ("label",)


@register(Product)
class ProductTranslation(TranslationOptions):
    fields = ("name", "summary", "description", "warnings")


@register(Picture)
class PictureTranslation(TranslationOptions):
    fields = ("alt",)
