from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def single(rows: QuerySet[M]) -> M | None:
    """The one row there can be, or none. `first()` would put it in order first."""
    return next(iter(rows.order_by()), None)
