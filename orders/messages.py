"""What a buyer is told of an order: the facts of the contract, a link to its page, and no advertising."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from accounts import postal
from accounts.events import Event, Recipient, register
from accounts.models import Channel, Topic
from orders import links, pricing
from orders.carriers import get_carrier
from orders.models import Order, OrderReview, Refund
from privacy.models import DataSubject

MAIL_AND_INBOX = (Channel.EMAIL, Channel.INBOX)


def recipient_of(order: Order) -> Recipient:
    """The address typed for this order; a guest has no account to look into."""
    return Recipient(
        language=order.language,
        country=order.market.country,
        email=order.email,
        phone=order.phone,
        has_inbox=order.subject.kind == DataSubject.Kind.ACCOUNT,
    )


def _recipient_of_refund(refund: Refund) -> Recipient:
    return recipient_of(refund.payment.order)


def _about(order: Order, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"order": order, "link": links.page_of(order)}


def _contract(order: Order, data: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that was agreed: goods, prices, taxes and where it goes."""
    order.address.subject = order.subject  # decrypting it costs no query
    prefetch_related_objects([order], "lines")
    lines = list(order.lines.all())
    prices = pricing.by_rate([*(line.price for line in lines), order.delivery], order.currency)
    return _about(order, data) | {
        "lines": lines,
        "taxes": [price for price in prices if price.tax],
        "envelope": postal.envelope_of(order.address, order.language),
    }


def _parcel(order: Order, data: Mapping[str, Any]) -> dict[str, Any]:
    fulfilment = order.fulfilment
    number = fulfilment.tracking_number
    return _about(order, data) | {
        "tracking_number": number,
        "tracking_url": get_carrier(fulfilment.carrier).tracking_url(number) if number else "",
    }


def _look(order: Order, data: Mapping[str, Any]) -> dict[str, Any]:
    return _about(order, data) | {"review": OrderReview.objects.filter(order=order).first()}


def _end(order: Order, data: Mapping[str, Any]) -> dict[str, Any]:
    return _about(order, data) | {"was_paid": Refund.objects.filter(payment__order=order).exists()}


def _money_back(refund: Refund, data: Mapping[str, Any]) -> dict[str, Any]:
    return _about(refund.payment.order, data) | {"amount": refund.money}


def _by_number(number: str) -> Order | None:
    return Order.objects.with_keys().filter(number=number).first()


def _refund_by_number(number: str) -> Refund | None:
    return Refund.objects.filter(payment__order__number=number).first()


_of_an_order = partial(
    Event,
    topic=Topic.ORDERS,
    channels=MAIL_AND_INBOX,
    recipient=recipient_of,
    find=_by_number,
    rows=partial(Order.objects.select_related, "market", "address"),
)

register(
    _of_an_order(
        "order_confirmed",
        label=_("Your order is confirmed"),
        context=_contract,
        can_be_refused=False,  # the buyer must have the contract on a lasting medium (Art. 8(7) 2011/83/EU)
    )
)
register(
    _of_an_order(
        "order_under_review",
        label=_("We look at your order before we send it"),
        context=_look,
        can_be_refused=False,  # whoever is suspected must know, and can object (Art. 22(3) GDPR)
        find=lambda number: Order.objects.with_keys().filter(number=number, review__isnull=False).first(),
    )
)
register(
    _of_an_order(
        "order_shipped",
        label=_("Your order is on its way"),
        channels=(Channel.EMAIL, Channel.SMS, Channel.INBOX),
        context=_parcel,
    )
)
register(
    _of_an_order(
        "order_delivered", label=_("Your order has arrived"), channels=(Channel.INBOX,), context=_about
    )
)
register(_of_an_order("order_cancelled", label=_("Your order is called off"), context=_end))
register(
    _of_an_order(
        "order_refunded",
        label=_("Your money is on its way back"),
        recipient=_recipient_of_refund,
        context=_money_back,
        find=_refund_by_number,
        rows=partial(Refund.objects.select_related, "payment__order__market"),
    )
)
register(_of_an_order("order_expired", label=_("Your order was not paid in time"), context=_about))
