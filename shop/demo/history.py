"""Half a year of orders in every state, made through the shop's own use-cases and then dated back, and some
of three years ago, of which the purge has left what the law keeps.

The same seed makes the same people buy the same things; only the days move along with today.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone, translation

from accounts.models import Notification
from orders import cancellation, carts, checkout, expiry, fulfilment, payments
from orders.checkout import Contact
from orders.gateways import PaymentState, PaymentStatus, RefundState, RefundStatus
from orders.models import Cart, Order, Payment, Refund
from privacy import retention
from privacy.models import DataSubject, Disclosure
from shop.catalogue import stock
from shop.catalogue.models import Market, StockMovement, Variant
from shop.demo.buyers import BUYERS, Buyer

ORDERS = 130
DAYS = 182
OLDEST = timedelta(days=1050)
ACCOUNTS_SINCE = timedelta(days=90)
SEED = 1616  # the year Yi Sam-pyeong found porcelain clay in Arita


@dataclass(frozen=True)
class Plan:
    """One order to be: who, when, how it ends."""

    buyer: Buyer
    age: timedelta
    ending: str


def load_orders() -> None:
    if Order.objects.exists():
        return
    random = Random(SEED)
    levels = dict(Variant.objects.values_list("pk", "stock"))
    sell(old_plans(), Random(SEED + 1))
    retention.purge(as_of=timezone.localdate(), only="orders.order", allow_volume=True)
    sell(plans(random), random)
    for variant in Variant.objects.filter(movements__isnull=False).distinct():
        stock.count(variant, levels[variant.pk])  # the shelves are filled again


def sell(plans: Iterable[Plan], random: Random) -> None:
    for plan in plans:
        with transaction.atomic():
            order = place(plan, random)
            if order is not None:
                finish(order, plan.ending)
                date_back(order, timezone.now() - plan.age)


def old_plans() -> Iterator[Plan]:
    """One of them to a business, whose invoice names it."""
    business = BUYERS[1]._replace(company="Teestube am Schulterblatt GmbH")
    for number, buyer in enumerate([business, *BUYERS[::2]]):
        yield Plan(buyer, OLDEST - timedelta(days=30 * number), "delivered")


def plans(random: Random) -> Iterator[Plan]:
    """Oldest first, and more of them lately: the shop is growing."""
    for number in range(ORDERS):
        age = timedelta(days=DAYS * (1 - (number + random.random()) / ORDERS) ** 2)
        yield Plan(random.choice(BUYERS), age, ending(age, random))


def ending(age: timedelta, random: Random) -> str:
    if random.random() < 0.1:
        return random.choice(["expired", "cancelled unpaid", "refunded"])
    if age > timedelta(days=14):
        return "delivered"
    if age > timedelta(days=5):
        return random.choice(["shipped", "delivered"])
    return random.choice(["paid", "paid", "packed", "shipped"])


def place(plan: Plan, random: Random) -> Order | None:
    market = Market.objects.get(country=plan.buyer.country)
    with translation.override(plan.buyer.language):
        cart = fill_cart(market, random)
        basket = carts.look(cart, market, on=timezone.localdate())
        if not basket.is_buyable:
            cart.delete()
            return None
        quote = basket.quote(basket.offer(random.choice(["standard", "standard", "express"])))
        contact = Contact(
            email=plan.buyer.email,
            name=plan.buyer.name,
            street=plan.buyer.street,
            postcode=plan.buyer.postcode,
            city=plan.buyer.city,
            region=plan.buyer.region,
            phone=plan.buyer.phone,
            company=plan.buyer.company,
        )
        return checkout.place_order(
            basket, quote, contact, subject=subject_of(plan), language=plan.buyer.language
        )


def subject_of(plan: Plan) -> DataSubject | None:
    """Account holders keep one subject; a guest is somebody new with each order, as all were at first."""
    if plan.age > ACCOUNTS_SINCE:
        return None
    return DataSubject.objects.filter(user__email=plan.buyer.email).first()


def fill_cart(market: Market, random: Random) -> Cart:
    cart, _token = Cart.objects.create_with_token(market)
    variants = list(carts.on_sale(market).filter(stock__gte=3).order_by("sku"))
    for variant in random.sample(variants, k=random.choice([1, 1, 2, 2, 3, 4])):
        carts.add(cart, variant, random.choice([1, 1, 1, 2]), market=market)
    return cart


def finish(order: Order, ending: str) -> None:
    if ending == "expired":
        expiry.expire(order)
    elif ending == "cancelled unpaid":
        cancellation.cancel(order)
    else:
        pay(order)
        send(order, ending)


def pay(order: Order) -> None:
    """As the gateway would tell it."""
    payment = Payment.objects.create(
        order=order,
        gateway="stripe",
        session_id=f"cs_demo_{order.number}",
        amount=order.total_gross,
        currency=order.currency,
        expires_at=order.expires_at,
    )
    payments.settle(
        payment, PaymentState(PaymentStatus.PAID, order.total, payment.token, f"pi_demo_{order.number}")
    )
    order.refresh_from_db()


def send(order: Order, ending: str) -> None:
    if ending == "refunded":
        cancellation.cancel(order)
        refund = Refund.objects.get(payment__order=order)
        payments.settle_refund(
            refund, RefundState(f"re_demo_{order.number}", RefundStatus.SUCCEEDED, refund.money, refund.token)
        )
    if ending in {"packed", "shipped", "delivered"}:
        fulfilment.pack(order)
    if ending in {"shipped", "delivered"}:
        fulfilment.ship(order, tracking_number=f"KL{order.pk:09d}{order.market.country}")
    if ending == "delivered":
        fulfilment.deliver(order)


def date_back(order: Order, placed_at: datetime) -> None:
    """Every date of the order, as if placed then: a day to pack, a day to ship, three to arrive."""
    day = timedelta(days=1)
    order.refresh_from_db()
    Order.objects.filter(pk=order.pk).update(
        placed_at=placed_at,
        expires_at=placed_at + timedelta(hours=2),
        confirmed_at=placed_at + timedelta(minutes=5) if order.status != Order.Status.EXPIRED else None,
    )
    told = Notification.objects.filter(subject=order.subject, status=Notification.Status.WAITING)
    told.update(status=Notification.Status.SENT, created_at=placed_at, sent_at=placed_at)
    order.payments.update(started_at=placed_at, captured_at=placed_at + timedelta(minutes=4))
    StockMovement.objects.filter(reference=order.number).update(created_at=placed_at)
    Disclosure.objects.filter(reference=order.number).update(
        created_at=min(placed_at + 2 * day, timezone.now())
    )
    moments = {"packed": placed_at + day, "shipped": placed_at + 2 * day, "delivered": placed_at + 5 * day}
    for event in order.events.all():
        fallback = placed_at + timedelta(minutes=4 if event.was else 0)
        when = moments.get(
            {"fulfilled": "shipped", "completed": "delivered"}.get(event.became, event.became), fallback
        )
        type(event).objects.filter(pk=event.pk).update(at=min(when, timezone.now()))
    shipment = order.fulfilment
    shipment.shipped_at = shipment.shipped_at and min(moments["shipped"], timezone.now())
    shipment.delivered_at = shipment.delivered_at and min(moments["delivered"], timezone.now())
    shipment.save(update_fields=["shipped_at", "delivered_at"])
