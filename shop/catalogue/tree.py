"""The category tree as every page needs it: read with one query, remembered, asked in memory."""

from dataclasses import dataclass, field
from typing import Self

from django.core.cache import cache
from django.db.models import F
from django.urls import reverse
from django.utils.translation import get_language

from shop.catalogue.models import Category
from shop.catalogue.texts import language_of

SECONDS = 120


@dataclass
class Shelf:
    """A category with what hangs on it, in one language."""

    pk: int
    slug: str
    name: str
    description: str
    description_language: str
    parent: "Shelf | None" = field(default=None, repr=False)
    children: list["Shelf"] = field(default_factory=list, repr=False)

    @classmethod
    def of(cls, category: Category) -> Self:
        language = language_of(category, "description")
        return cls(category.pk, category.slug, category.name, category.description, language)

    def get_absolute_url(self) -> str:
        return reverse("catalogue:category", args=[self.slug])

    @property
    def path(self) -> list["Shelf"]:
        """From the top of the tree down to this shelf."""
        return [*(self.parent.path if self.parent else []), self]

    @property
    def subtree_pks(self) -> list[int]:
        return [self.pk, *(pk for child in self.children for pk in child.subtree_pks)]


class Tree:
    def __init__(self, categories: list[Category]) -> None:
        self.by_pk = {category.pk: Shelf.of(category) for category in categories}
        self.by_slug = {shelf.slug: shelf for shelf in self.by_pk.values()}
        self.top: list[Shelf] = []
        for category in categories:
            self._hang(self.by_pk[category.pk], category.parent_id)

    @property
    def first(self) -> list[Shelf]:
        """What one starts from; a single root that holds everything says nothing."""
        first = self.top
        while len(first) == 1 and first[0].children:
            first = first[0].children
        return first

    def _hang(self, shelf: Shelf, parent_pk: int | None) -> None:
        """What hangs on a hidden category is hidden with it."""
        if parent_pk is None:
            self.top.append(shelf)
        elif parent := self.by_pk.get(parent_pk):
            shelf.parent = parent
            parent.children.append(shelf)
        else:
            del self.by_slug[shelf.slug]


def shelves() -> Tree:
    """The shown categories in the language of the page."""
    tree = cache.get_or_set(f"catalogue:tree:{get_language()}", _read, SECONDS)
    assert isinstance(tree, Tree)
    return tree


def _read() -> Tree:
    return Tree(list(Category.objects.filter(is_active=True).order_by(F("position"), F("pk"))))
