"""What the orders know of people."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders import tax_archive, tax_laws, under_way
from orders.models import (
    Cart,
    CartLine,
    DeliveryMethod,
    Event,
    FiscalEntity,
    Fulfilment,
    Order,
    OrderAddress,
    OrderLine,
    OrderReview,
    Payment,
    Refund,
    TaxRecord,
    WebhookEvent,
)
from privacy.models import DataSubject
from privacy.registry import (
    After,
    Blank,
    ByLaw,
    Category,
    DeleteRow,
    NoPersonalData,
    NotPersonal,
    Origin,
    Personal,
    PersonalData,
    Purpose,
    Wait,
    With,
    mask_all,
    mask_email,
    mask_name,
    mask_tail,
    noticed,
    register,
    show,
)

WITH_THE_ORDER = With("order", why=_("Part of the order"))


@register(Cart)
class CartData(PersonalData):
    """A cart of nobody who is signed in knows no person: it has no subject."""

    subject = "subject"
    purpose = Purpose.FULFILMENT
    change_at = "orders:cart"
    retention = After("expires_at", days=1, why=_("So that your cart is there when you come back"))
    fields = {
        "token_hash": NotPersonal(_("fingerprint of a random number")),
        "created_at": noticed(Category.TRANSACTION, _("Cart begun")),
    }
    not_personal = ("scope", "market", "expires_at")


@register(CartLine)
class CartLineData(PersonalData):
    subject = "cart__subject"
    purpose = Purpose.FULFILMENT
    change_at = "orders:cart"
    retention = With("cart", why=_("Part of the cart"))
    fields = {"variant": Personal(Category.TRANSACTION, _("In your cart"), erase=DeleteRow(), mask=show)}
    not_personal = ("quantity", "seen_amount", "added_at")


@register(DeliveryMethod)
class DeliveryMethodData(NoPersonalData):
    because = _("How we send goods")
    fields = {
        "name": NotPersonal(_("of the delivery method")),
        "needs_phone": NotPersonal(_("whether the carrier needs one")),
    }
    not_personal = (
        "market",
        "code",
        "carrier",
        "amount",
        "free_from",
        "days_min",
        "days_max",
        "max_grams",
        "is_active",
        "position",
    )


@register(Order)
class OrderData(PersonalData):
    subject = "subject"
    archive = tax_archive.TaxArchive()
    unfinished = Q(status__in=Order.OPEN) | Q(payments__refunds__status=Refund.Status.REQUESTED)
    purpose = Purpose.FULFILMENT
    retention = After(
        "fulfilment__delivered_at", "placed_at", months=24, why=_("Returns and guarantee claims")
    )
    fields = {
        "email": Personal(Category.CONTACT, _("E-mail"), erase=Blank(), mask=mask_email),
        "phone": Personal(Category.CONTACT, _("Phone"), erase=Blank(), mask=mask_tail),
        "note": Personal(Category.FREE_TEXT, _("Your note"), erase=Blank(), mask=mask_all),
        "number": Personal(
            Category.TRANSACTION,
            _("Order number"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=show,
            in_clear=_("random; it finds the order"),
        ),
        "placed_at": Personal(
            Category.TRANSACTION, _("Placed"), erase=DeleteRow(), mask=show, origin=Origin.PASSIVE
        ),
        "cart_hash": NotPersonal(_("fingerprint of a random number that is not used any more")),
        "delivery_name": NotPersonal(_("of the delivery method")),
        "delivery_needs_phone": NotPersonal(_("whether the carrier needs one")),
    }
    not_personal = (
        "market",
        "language",
        "status",
        "currency",
        "delivery_code",
        "delivery_carrier",
        "days_min",
        "days_max",
        "delivery_net",
        "delivery_tax",
        "delivery_gross",
        "delivery_tax_rate",
        "delivery_tax_reason",
        "total_net",
        "total_tax",
        "total_gross",
        "expires_at",
        "confirmed_at",
        "terms",
        "privacy_policy",
    )

    def waiting(self, subject: DataSubject) -> dict[Any, Wait]:
        """Whoever is to receive a parcel, or money back, must stay reachable."""
        return under_way.waits_of(subject)


@register(OrderLine)
class OrderLineData(PersonalData):
    subject = "order__subject"
    purpose = Purpose.FULFILMENT
    retention = WITH_THE_ORDER
    fields = {
        "name": Personal(
            Category.TRANSACTION,
            _("Product"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=show,
            in_clear=_("the product's name; it leads to a person only through the order"),
        ),
        "options": NotPersonal(_("of the product: size, colour")),
    }
    not_personal = (
        "variant",
        "sku",
        "quantity",
        "unit_gross",
        "net",
        "tax",
        "gross",
        "tax_rate",
        "tax_reason",
        "hs_code",
        "country_of_origin",
        "customs_text",
        "weight_g",
    )


@register(OrderReview)
class OrderReviewData(PersonalData):
    subject = "order__subject"
    purpose = Purpose.SECURITY
    called = _("look at an order")
    retention = WITH_THE_ORDER
    fields = {
        "suspicions": Personal(
            Category.SECURITY,
            _("What looked unusual about an order"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=show,
            in_clear=_("codes of our own rules"),
        ),
        "opened_at": Personal(
            Category.SECURITY,
            _("Looked at since"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=show,
        ),
        "decided_by": NotPersonal(_("who of the staff decided; shown to you as a role")),
    }
    not_personal = ("order", "status", "decided_at")


@register(OrderAddress)
class OrderAddressData(PersonalData):
    subject = "subject"
    purpose = Purpose.FULFILMENT
    retention = WITH_THE_ORDER
    fields = {
        "name": Personal(Category.IDENTITY, _("Name"), erase=Blank(), mask=mask_name),
        "company": Personal(Category.IDENTITY, _("Company"), erase=Blank()),
        "street": Personal(Category.ADDRESS, _("Street and number"), erase=Blank()),
        "postcode": Personal(Category.ADDRESS, _("Postcode"), erase=Blank()),
        "city": Personal(Category.ADDRESS, _("Town"), erase=Blank()),
        "region": Personal(Category.ADDRESS, _("Region"), erase=Blank()),
        "country": Personal(
            Category.ADDRESS,
            _("Country"),
            erase=DeleteRow(),
            mask=show,
            in_clear=_("tax and carriers are chosen by it"),
        ),
    }
    not_personal = ("order",)


@register(Event)
class EventData(PersonalData):
    subject = "order__subject"
    purpose = Purpose.FULFILMENT
    called = _("course of an order")
    retention = WITH_THE_ORDER
    fields = {
        "at": Personal(
            Category.TRANSACTION, _("What happened when"), erase=DeleteRow(), mask=show, origin=Origin.PASSIVE
        ),
        "actor": NotPersonal(_("staff who did it, as a key")),
    }
    not_personal = ("machine", "was", "became")


@register(Payment)
class PaymentData(PersonalData):
    subject = "order__subject"
    purpose = Purpose.PAYMENT
    retention = WITH_THE_ORDER
    fields = {
        "session_id": Personal(
            Category.PAYMENT_RESULT,
            _("The payment partner's name for a payment"),
            erase=Blank(),
            mask=show,
            schema=_("an opaque id"),
            in_clear=_("random, chosen by the partner; it finds the payment"),
            origin=Origin.PASSIVE,
        ),
        "reference": Personal(
            Category.PAYMENT_RESULT,
            _("The payment partner's reference"),
            erase=DeleteRow(),
            mask=show,
            schema=_("an opaque id"),
            in_clear=_("random, chosen by the partner; refunds name it"),
            origin=Origin.PASSIVE,
        ),
        "page_url": NotPersonal(_("address of the partner's page, closed after the payment")),
    }
    not_personal = (
        "gateway",
        "status",
        "attempt",
        "amount",
        "currency",
        "problem",
        "started_at",
        "expires_at",
        "captured_at",
    )


@register(Refund)
class RefundData(PersonalData):
    subject = "payment__order__subject"
    purpose = Purpose.PAYMENT
    retention = With("payment", why=_("Part of the payment"))
    fields = {
        "reference": Personal(
            Category.PAYMENT_RESULT,
            _("The payment partner's reference of a refund"),
            erase=DeleteRow(),
            mask=show,
            schema=_("an opaque id"),
            in_clear=_("random, chosen by the partner"),
            origin=Origin.PASSIVE,
        )
    }
    not_personal = ("payment", "status", "amount", "requested_at")


@register(Fulfilment)
class FulfilmentData(PersonalData):
    subject = "order__subject"
    purpose = Purpose.FULFILMENT
    called = _("parcel")
    retention = WITH_THE_ORDER
    fields = {
        "tracking_number": Personal(
            Category.TRANSACTION,
            _("Tracking number"),
            erase=Blank(),
            mask=show,
            origin=Origin.PASSIVE,
            in_clear=_("staff and carriers find the parcel by it"),
        ),
    }
    not_personal = ("status", "carrier", "shipped_at", "delivered_at")


@register(FiscalEntity)
class FiscalEntityData(NoPersonalData):
    because = _("Where we pay tax")
    fields = {
        "wrapped": NotPersonal(_("an encrypted random key")),
        "key_name": NotPersonal(_("the name of the key that wraps it")),
    }
    not_personal = ("code", "created_at")


@register(TaxRecord)
class TaxRecordData(PersonalData):
    """Nobody's rows: no person leads to them, so no erasure and no copy of somebody's data does."""

    purpose = Purpose.TAX
    retention = ByLaw(why=_("As long as the tax law of each country concerned asks for it: 6 to 10 years"))
    fields = {
        "sealed": Personal(
            Category.TRANSACTION,
            _("Number, days, goods, amounts and taxes of an order; of a business, its name and address"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            schema=_("the fields of Art. 63c of Regulation (EU) 282/2011"),
            in_clear=_("it is not: it is encrypted with the key of our own establishment"),
        ),
        "country": NotPersonal(_("where the goods went")),
        "number_index": NotPersonal(_("fingerprint of the order's number")),
    }
    not_personal = ("entity", "profile", "sold_on", "laws")

    def rows_of(self, subject: DataSubject) -> Any:
        return TaxRecord.objects.none()

    def over(self, as_of: date) -> Any:
        return tax_archive.over(as_of)

    def until(self, row: Any) -> date:
        return tax_laws.last_day(row.sold_on, row.law_names)


@register(WebhookEvent)
class WebhookEventData(NoPersonalData):
    because = _("Opaque ids; what an event said is not kept")
    not_personal = (
        "gateway",
        "event_id",
        "type",
        "about",
        "object_id",
        "reference",
        "received_at",
        "processed_at",
        "failures",
    )
