"""What is written to the index and asked of it, before SQLite or PostgreSQL has its own way of saying it."""

from dataclasses import dataclass, field

from shop.catalogue.search.words import Term, stems


@dataclass(frozen=True)
class Row:
    """A product as it stands in the index of one language: its folded words, by field."""

    product_id: int
    language: str
    name: list[str]
    codes: list[str] = field(default_factory=list)  # SKUs, barcodes, other ways to write names of models
    facts: list[str] = field(default_factory=list)  # categories, attributes, brand
    body: list[str] = field(default_factory=list)  # summary and description

    @property
    def words(self) -> str:
        """All words as they are kept for ranking and for the vocabulary: a line a field."""
        return "\n".join(map(" ".join, (self.name, self.codes, self.facts, self.body)))

    @property
    def stems(self) -> list[list[str]]:
        return [stems(part, self.language) for part in (self.name, self.codes, self.facts, self.body)]


@dataclass(frozen=True)
class Query:
    """Terms that must all be found, or any of them."""

    terms: tuple[Term, ...]
    needs_all: bool = True
