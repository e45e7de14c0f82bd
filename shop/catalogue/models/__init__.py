from shop.catalogue.models.attributes import Attribute, AttributeValue
from shop.catalogue.models.categories import Category
from shop.catalogue.models.markets import Market
from shop.catalogue.models.pictures import Picture
from shop.catalogue.models.products import Brand, Price, Product, Variant
from shop.catalogue.models.search import Word
from shop.catalogue.models.stock import StockMovement

__all__ = [
    "Attribute",
    "AttributeValue",
    "Brand",
    "Category",
    "Market",
    "Picture",
    "Price",
    "Product",
    "StockMovement",
    "Variant",
    "Word",
]
