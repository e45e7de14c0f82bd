"""What stays of an order when it goes: what a tax office may ask, sealed, and nothing to reach anybody by.

The fields are those of Art. 63c of Regulation (EU) 282/2011. Only the invoice to a business names its buyer
(Art. 226 of Directive 2006/112/EC); of a consumer's sale the country is enough.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orders import tax_laws
from orders.models import FiscalEntity, Order, OrderAddress, Payment, Refund, TaxRecord
from orders.models.orders import TaxReason, new_number
from orders.tax import EXPORTS
from privacy.fields import KeyDestroyed
from privacy.registry import Archive, Kept
from shop.catalogue.texts import country_name

Profile = TaxRecord.Profile


class TaxArchive(Archive):
    """Of orders. One that was never paid was no sale, and leaves nothing."""

    holds = (
        _("Order number"),
        _("days, goods, amounts and taxes"),
        _("country"),
        _("payment reference"),
        _("of a business: name and address"),
    )

    def take(self, rows: models.QuerySet[Any]) -> None:
        locked = rows.order_by("pk").select_for_update().values_list("pk", flat=True)
        for order in _sales(Order.objects.filter(pk__in=list(locked))):
            _record(order)

    def plan(self, rows: models.QuerySet[Any]) -> list[Kept]:
        found: Counter[tuple[date, str]] = Counter()
        for order in _sales(rows):
            names = _laws(order)
            found[tax_laws.last_day(_sold_on(order), names), f"{_country(order)}:{','.join(names)}"] += 1
        return [Kept(count, until, reason) for (until, reason), count in sorted(found.items())]

    def why(self, reason: str) -> str:
        country, _colon, names = reason.partition(":")
        known = tax_laws.tax_laws()
        said = "; ".join(known[name].law for name in names.split(",") if name in known)
        return f"{country_name(country, get_language() or 'en')}: {said}"


def free_number() -> str:
    """No order ever gets the number of one that is archived."""
    while TaxRecord.objects.numbered(number := new_number()).exists():
        pass
    return number


def over(as_of: date) -> models.QuerySet[TaxRecord]:
    """The records whose last day was before `as_of`."""
    records = TaxRecord.objects.order_by()
    held = {names: names.split(",") for names in records.values_list("laws", flat=True).distinct()}
    years = {names: max(tax_laws.tax_laws()[name].years for name in split) for names, split in held.items()}
    return records.sold_before({names: date(as_of.year - kept, 1, 1) for names, kept in years.items()})


# --- One order ----------------------------------------------------------------------------------------------


def _sales(rows: models.QuerySet[Any]) -> models.QuerySet[Order]:
    """Where goods or money moved. What was paid and paid back is a sale and its reversal: two vouchers."""
    moved = models.Q(status__in=(Order.Status.FULFILLED, Order.Status.COMPLETED))
    paid = models.Q(pk__in=Payment.objects.filter(status=Payment.Status.CAPTURED).values("order"))
    return (
        Order.objects.filter(moved | paid, pk__in=rows.values("pk"))
        .select_related("market", "fulfilment", "address__subject__key")
        .prefetch_related("lines", "payments__refunds")
        .order_by("pk")
    )


def _record(order: Order) -> None:
    names = _laws(order)
    record = TaxRecord(
        entity=FiscalEntity.objects.of(tax_laws.seller_to(_country(order)).code),
        profile=_profile(order),
        country=_country(order),
        sold_on=_sold_on(order),
        laws=",".join(names),
    )
    record.seal(_content(order))
    record.save()


def _laws(order: Order) -> tuple[str, ...]:
    return tax_laws.seller_to(_country(order)).laws_for(_country(order), _reasons(order))


def _reasons(order: Order) -> set[str]:
    return {*(line.tax_reason for line in order.lines.all()), order.delivery_tax_reason}


def _profile(order: Order) -> str:
    if _business(order):
        return Profile.INVOICE_FULL
    if TaxReason.DISTANCE_SALE in _reasons(order):
        return Profile.OSS
    return Profile.EXPORT if _reasons(order) <= EXPORTS else Profile.INVOICE_SIMPLIFIED


def _business(order: Order) -> OrderAddress | None:
    """None for a consumer, and for an erased buyer whose order came back with a backup: the key is gone."""
    address: OrderAddress | None = getattr(order, "address", None)
    try:
        return address if address and address.company else None
    except KeyDestroyed:
        return None


def _country(order: Order) -> str:
    address: OrderAddress | None = getattr(order, "address", None)
    return address.country if address else str(order.market.country)


def _sold_on(order: Order) -> date:
    """The day of the last voucher: the order's, the payment's, the dispatch's, or the refund's."""
    payments = list(order.payments.all())
    refunds = [refund.requested_at for payment in payments for refund in _paid_back(payment)]
    parcel = getattr(order, "fulfilment", None)
    moments = [order.placed_at, *(payment.captured_at for payment in payments), *refunds]
    return _day(max(moment for moment in [*moments, parcel and parcel.shipped_at] if moment))


def _paid_back(payment: Payment) -> list[Refund]:
    return [refund for refund in payment.refunds.all() if refund.status == Refund.Status.SENT]


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _iso(moment: datetime | None) -> str:
    """A day, and no time of day: it would single out a person where nothing else does."""
    return _day(moment).isoformat() if moment else ""


def _content(order: Order) -> dict[str, Any]:
    buyer = _business(order)
    return {
        "number": order.number,
        "ordered_on": _iso(order.placed_at),
        "currency": order.currency,
        "net": order.total_net,
        "tax": order.total_tax,
        "gross": order.total_gross,
        "lines": list(_lines(order)),
        "evidence": _evidence(order),
        "payments": list(_payments(order)),
        "buyer": _buyer(buyer) if buyer else {},
    }


def _lines(order: Order) -> Iterator[dict[str, Any]]:
    for line in order.lines.all():
        yield {
            "sku": line.sku,
            "name": line.name,
            "quantity": line.quantity,
            "net": line.net,
            "tax": line.tax,
            "gross": line.gross,
            "rate": str(line.tax_rate),
            "reason": line.tax_reason,
        }
    yield {
        "sku": "",
        "name": order.delivery_name,
        "quantity": 1,
        "net": order.delivery_net,
        "tax": order.delivery_tax,
        "gross": order.delivery_gross,
        "rate": str(order.delivery_tax_rate),
        "reason": order.delivery_tax_reason,
    }


def _evidence(order: Order) -> dict[str, str]:
    """Where the goods went from and to, which decides the tax."""
    parcel = getattr(order, "fulfilment", None)
    return {
        "from": settings.SHOP_COUNTRY,
        "to": _country(order),
        "carrier": order.delivery_carrier,
        "sent_on": _iso(parcel and parcel.shipped_at),
        "arrived_on": _iso(parcel and parcel.delivered_at),
    }


def _payments(order: Order) -> Iterator[dict[str, Any]]:
    """Money that moved, in the order it did; what was paid back is negative."""
    for payment in order.payments.all():
        if payment.status == Payment.Status.CAPTURED:
            moved = {"gateway": payment.gateway, "reference": payment.reference, "amount": payment.amount}
            yield moved | {"on": _iso(payment.captured_at)}
        for refund in _paid_back(payment):
            moved = {"gateway": payment.gateway, "reference": refund.reference, "amount": -refund.amount}
            yield moved | {"on": _iso(refund.requested_at)}


def _buyer(address: OrderAddress) -> dict[str, str]:
    names = ("company", "name", "street", "postcode", "city", "region", "country")
    return {name: getattr(address, name) for name in names}
