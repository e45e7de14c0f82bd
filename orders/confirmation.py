"""The mail that confirms a paid order: once, in the shopper's language, with the link to its page."""

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts import postal
from orders import links, pricing
from orders.models import Order
from privacy import gate
from privacy.purposes import Purpose

logger = logging.getLogger(__name__)


def send_due() -> None:
    """Every paid order whose shopper has not been told yet. A mail that fails does not hold up the others."""
    for order_id in Order.objects.unconfirmed().values_list("pk", flat=True):
        try:
            send(order_id)
        except OSError as error:  # all that smtplib raises; its words would name the address
            logger.warning("order %s is not confirmed yet: %s", order_id, type(error).__name__)


@transaction.atomic
def send(order_id: int) -> None:
    """The row is locked while the mail goes out: two workers send one mail; what fails is sent again."""
    due = Order.objects.unconfirmed().filter(pk=order_id)
    order = (
        due.select_for_update(skip_locked=True, of=("self",))
        .with_keys()
        .select_related("address__subject__key")
        .prefetch_related("lines")
        .first()
    )
    if order is None:
        return
    if gate.permits(order.subject, Purpose.SERVICE_MESSAGE):
        with translation.override(order.language):
            _mail(order).send()
    order.confirmed_at = timezone.now()
    order.save(update_fields=["confirmed_at"])


def _mail(order: Order) -> EmailMultiAlternatives:
    lines = list(order.lines.all())
    prices = pricing.by_rate([*(line.price for line in lines), order.delivery], order.currency)
    context = {
        "order": order,
        "lines": lines,
        "taxes": [price for price in prices if price.tax],
        "envelope": postal.envelope_of(order.address, order.language),
        "link": links.page_of(order),
        "shop_name": settings.SHOP_NAME,
        "shop_address": settings.SHOP_ADDRESS,
        "shop_email": settings.SHOP_EMAIL,
    }
    subject = render_to_string("emails/order_confirmation.subject.txt", context).strip()
    text = render_to_string("emails/order_confirmation.txt", context)
    mail = EmailMultiAlternatives(subject, text, to=[order.email])
    mail.attach_alternative(render_to_string("emails/order_confirmation.html", context), "text/html")
    return mail
