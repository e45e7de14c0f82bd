"""Notice suspicious orders, by rules that can be explained. A person decides, and the buyer is told why.

Nothing is refused here: a suspicious order waits to be packed until somebody has looked (Art. 22 GDPR).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import phonenumbers
from django.core.cache import cache
from django.db import transaction
from django.db.models import Avg, Count
from django.utils import timezone

from accounts.notifications import notify
from orders.models import Order, OrderReview, Suspicion
from privacy import audit, gate
from privacy.models import SubjectIdentifier
from privacy.purposes import Purpose
from shop.catalogue.models import Market

SUSPICIOUS_FROM = 50
SCORES = {Suspicion.VELOCITY: 60, Suspicion.AMOUNT: 60, Suspicion.PHONE: 20}
BURST, BURST_WINDOW = 5, timedelta(minutes=10)
TIMES_THE_USUAL = 10
USUAL_WITHIN, USUAL_KEPT = timedelta(days=90), 3600
FEWEST_TO_COMPARE = 20  # with fewer orders nothing is usual yet


def assess(order: Order, *, of_a_stranger: bool = False) -> OrderReview | None:
    """Ask for a look where the rules together weigh enough; in the transaction that places the order.

    Of whoever objects to that (Art. 21 GDPR) no rule is asked: a person looks at each of their orders.
    A stranger, first seen with this order, has objected to nothing.
    """
    if not (of_a_stranger or gate.permits(order.subject, Purpose.SECURITY)):
        return _ask_for_a_look(order, [Suspicion.OBJECTION])
    found = [suspicion for suspicion, rule in RULES.items() if rule(order)]
    if sum(SCORES[suspicion] for suspicion in found) < SUSPICIOUS_FROM:
        return None
    return _ask_for_a_look(order, found)


def _ask_for_a_look(order: Order, found: list[Suspicion]) -> OrderReview:
    review = OrderReview.objects.create(order=order, suspicions=",".join(found))
    notify(order.subject, "order_under_review", about=order)
    audit.record(
        "order.suspicious", subject=order.subject, obj=order, reference=order.number, reason="+".join(found)
    )
    return review


def is_under_review(order: Order) -> bool:
    return OrderReview.objects.open().filter(order=order).exists()


@transaction.atomic
def release(review: OrderReview, *, actor: Any) -> None:
    _decide(review, OrderReview.Status.RELEASED, actor)


@transaction.atomic
def stop(order: Order, *, actor: Any) -> None:
    """The order was called off: there is nothing left to look at."""
    for review in OrderReview.objects.open().filter(order=order):
        _decide(review, OrderReview.Status.STOPPED, actor)


def _decide(review: OrderReview, status: OrderReview.Status, actor: Any) -> None:
    review.advance(status, actor=actor)
    review.decided_at, review.decided_by = timezone.now(), actor
    review.save(update_fields=["decided_at", "decided_by"])
    order = review.order
    audit.record(f"order.{status}", actor=actor, subject=order.subject, obj=order, reference=order.number)


def _came_in_a_burst(order: Order) -> bool:
    """By the fingerprint of the e-mail address, so that guests are noticed too."""
    senders = SubjectIdentifier.objects.matching("email", order.email)
    return senders.filter(subject__orders__placed_at__gte=timezone.now() - BURST_WINDOW).count() >= BURST


def _is_far_above_the_usual(order: Order) -> bool:
    key = f"orders:usual:{order.market_id}"
    usual = cache.get_or_set(key, lambda: _usual_total(order.market), USUAL_KEPT) or 0.0
    return bool(usual) and order.total_gross > TIMES_THE_USUAL * usual


def _usual_total(market: Market) -> float:
    recent = Order.objects.filter(market=market, placed_at__gte=timezone.now() - USUAL_WITHIN)
    figures = recent.aggregate(orders=Count("pk"), usual=Avg("total_gross"))
    return float(figures["usual"]) if figures["orders"] >= FEWEST_TO_COMPARE else 0.0


def _calls_another_country(order: Order) -> bool:
    if not order.phone:
        return False
    try:
        number = phonenumbers.parse(order.phone, order.market.country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.region_code_for_number(number) not in {order.market.country, None}


RULES: dict[Suspicion, Callable[[Order], bool]] = {
    Suspicion.VELOCITY: _came_in_a_burst,
    Suspicion.AMOUNT: _is_far_above_the_usual,
    Suspicion.PHONE: _calls_another_country,
}
