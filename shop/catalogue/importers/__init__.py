"""Catalogues from elsewhere: a generator of products for each format, one writer for all."""

from shop.catalogue.importers.imported import ImportedProduct
from shop.catalogue.importers.run import NoSuchMarket, UnknownFormat, import_catalogue
from shop.catalogue.importers.table import Notice, Problem, Remark
from shop.catalogue.importers.writer import Outcome, Stored

__all__ = [
    "ImportedProduct",
    "NoSuchMarket",
    "Notice",
    "Outcome",
    "Problem",
    "Remark",
    "Stored",
    "UnknownFormat",
    "import_catalogue",
]
