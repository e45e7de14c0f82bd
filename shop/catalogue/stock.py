"""The only writer of stock: one conditional UPDATE for each change, and a movement that says why."""

from typing import Any

from django.db import transaction
from django.db.models import F

from shop.catalogue.models import StockMovement, Variant


class OutOfStock(ValueError):
    """Fewer pieces are left than were asked for."""

    def __init__(self, variant: Variant, left: int) -> None:
        super().__init__(f"{variant.sku}: {left} left")
        self.variant = variant
        self.left = left


@transaction.atomic(savepoint=False)
def hold(variant: Variant, quantity: int, *, reference: str) -> None:
    """Take pieces off the shelf. The condition stands in the UPDATE, so two buyers cannot both win."""
    taken = Variant.objects.filter(pk=variant.pk, stock__gte=quantity).update(stock=F("stock") - quantity)
    if not taken:
        raise OutOfStock(variant, Variant.objects.values_list("stock", flat=True).get(pk=variant.pk))
    StockMovement.objects.create(
        variant=variant, quantity=-quantity, reason=StockMovement.Reason.HELD, reference=reference
    )


@transaction.atomic(savepoint=False)
def release(variant: Variant, quantity: int, *, reference: str) -> None:
    Variant.objects.filter(pk=variant.pk).update(stock=F("stock") + quantity)
    StockMovement.objects.create(
        variant=variant, quantity=quantity, reason=StockMovement.Reason.RELEASED, reference=reference
    )


@transaction.atomic
def count(
    variant: Variant, stock: int, *, reason: str = StockMovement.Reason.COUNTED, actor: Any = None
) -> None:
    """Set the stock to what was counted; the movement is the difference, if there is one."""
    before = Variant.objects.select_for_update().values_list("stock", flat=True).get(pk=variant.pk)
    if before == stock:
        return
    Variant.objects.filter(pk=variant.pk).update(stock=stock)
    StockMovement.objects.create(variant=variant, quantity=stock - before, reason=reason, actor=actor)
