"""Full-text search over the catalogue, the same on SQLite and PostgreSQL (docs/decisions/search.md)."""

from shop.catalogue.search.finding import Found, Match, find, search
from shop.catalogue.search.indexing import index, remove
from shop.catalogue.search.spelling import complete, did_you_mean

__all__ = ["Found", "Match", "complete", "did_you_mean", "find", "index", "remove", "search"]
