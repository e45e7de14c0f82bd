"""The cart of somebody who signs in: the one they had before and the one they carry become one."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from orders import carts
from orders.models import Cart, CartLine
from orders.models.carts import MOST_PIECES
from privacy.models import DataSubject
from shop.catalogue.models import Market


@dataclass(frozen=True)
class Merged:
    """How many kinds came back from the saved cart, and whether there are fewer of one than wanted."""

    kinds: int = 0
    is_short: bool = False


def find(subject: DataSubject) -> Cart | None:
    return Cart.objects.saved_by(subject).first()


@transaction.atomic
def find_or_begin(subject: DataSubject, market: Market) -> tuple[Cart, str]:
    """With the token of a new cart, or none."""
    _one_at_a_time(subject)
    cart = find(subject)
    if cart is not None:
        return cart, ""
    Cart.objects.filter(subject=subject).delete()  # one that has expired and was not purged yet
    return Cart.objects.create_with_token(market, subject)


@transaction.atomic
def keep(carried: Cart, subject: DataSubject) -> Merged:
    """From now on the carried cart is the person's. What they had saved before comes into it."""
    _one_at_a_time(subject)
    saved = find(subject)
    merged = _take_over(saved, carried) if saved else Merged()
    Cart.objects.filter(subject=subject).delete()
    carried.subject = subject
    carried.save(update_fields=["subject"])
    carried.touch()
    return merged


def _one_at_a_time(subject: DataSubject) -> None:
    """Somebody may sign in, or fill the cart, on two devices at once."""
    DataSubject.objects.select_for_update().get(pk=subject.pk)


def _take_over(saved: Cart, carried: Cart) -> Merged:
    """The same kind in both counts once, with the larger number: twice thought of is not twice wanted."""
    there = {line.variant_id: line for line in carried.lines.select_related("variant")}
    came = [line for line in saved.lines.select_related("variant") if _take_line(line, there, carried)]
    if came:
        carried.back_to_shopping()  # who was about to order looks at the cart once more
    if came and saved.market_id != carried.market_id:  # prices seen in another currency mean nothing here
        carts.see_prices(carts.look(carried, carried.market, on=timezone.localdate()))
    return Merged(kinds=len(came), is_short=any(line.quantity > line.variant.stock for line in came))


def _take_line(line: CartLine, there: dict[int, CartLine], carried: Cart) -> bool:
    """Whether this changed the carried cart. Lines that cannot be bought say so in the cart."""
    twin = there.get(line.variant_id)
    if twin is None:
        line.cart = carried
        line.save(update_fields=["cart"])
        return True
    if twin.quantity >= line.quantity:
        return False
    most = max(1, min(line.quantity, line.variant.stock, MOST_PIECES))
    CartLine.objects.filter(pk=twin.pk).update(quantity=max(twin.quantity, most))
    return True
