"""What is written to the index and asked of it, before SQLite or PostgreSQL has its own way of saying it."""

from dataclasses import dataclass, field

from shop.catalogue.search.words import Term


@dataclass(frozen=True)
class Row:
    """A product as it stands in the index of one language: words, already folded and stemmed, by field."""

    product_id: int
    name: list[str]
    codes: list[str] = field(
        default_factory=list
    )  # SKUs, barcodes, brand, names of models written as one word
    facts: list[str] = field(default_factory=list)  # categories and attributes
    body: list[str] = field(default_factory=list)  # summary and description
    vocabulary: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Query:
    """Terms that must all be found, or any of them. Each stands first among those that may take its place."""

    terms: tuple[tuple[Term, ...], ...]
    needs_all: bool = True
