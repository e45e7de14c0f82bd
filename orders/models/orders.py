import secrets
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from orders.models.delivery import days_between
from privacy.fields import encrypt
from privacy.models import DataSubject, PolicyVersion
from shop.catalogue.models import Market, Variant
from shop.money import TaxedPrice, from_minor
from shop.states import StateMachine

UNPAID_FOR = timedelta(hours=2)
NUMBER_LENGTH = 9
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that reads like something else


def new_number() -> str:
    """Random, so that it tells nobody how many orders the shop has."""
    return "".join(secrets.choice(ALPHABET) for _position in range(NUMBER_LENGTH))


def in_two_hours() -> datetime:
    return timezone.now() + UNPAID_FOR


class TaxReason(models.TextChoices):
    """Why a line bears the tax it bears, as a sentence. Decided in `orders.tax`."""

    DOMESTIC = "domestic", _("Value added tax of the country we send from.")
    DISTANCE_SALE = "distance_sale", _("Value added tax of the country we deliver to.")
    LOW_VALUE = (
        "low_value",
        _("A small consignment: we collect the tax for you, nothing is due at the border."),
    )
    REGISTERED = "registered", _("We are registered for tax in the country we deliver to and pay it for you.")
    EXPORT_OVER_LIMIT = (
        "export_over_limit",
        _("A larger consignment leaves without our tax; import tax and customs duty are due on arrival."),
    )
    EXPORT = (
        "export",
        _("An export leaves without our tax; import tax and customs duty may be due on arrival."),
    )


class OrderQuerySet(models.QuerySet["Order"]):
    def with_keys(self) -> Self:
        return self.select_related("subject__key", "market")

    def with_story(self) -> Self:
        """Everything its own page tells, with the keys to read it."""
        return self.with_keys().select_related("address__subject__key", "fulfilment", "terms")

    def of(self, subject: DataSubject) -> Self:
        return self.filter(subject=subject)

    def matching(self, words: str) -> Self:
        """By number, or by the name or the SKU of something in it."""
        if not words:
            return self
        lines = OrderLine.objects.filter(models.Q(name__icontains=words) | models.Q(sku__icontains=words))
        return self.filter(models.Q(number__icontains=words) | models.Q(pk__in=lines.values("order")))

    def not_yet_packed(self) -> Self:
        waiting = (Order.Status.PLACED, Order.Status.PAID)
        return self.filter(status__in=waiting, fulfilment__status="pending")

    def unpaid_and_expired(self) -> Self:
        return self.filter(status=Order.Status.PLACED, expires_at__lte=timezone.now())


class Order(StateMachine):
    """The contract: frozen lines, prices and addresses. Amounts are minor units of `currency`."""

    class Status(models.TextChoices):
        PLACED = "placed", _("Placed, not yet paid")
        PAID = "paid", _("Paid")
        FULFILLED = "fulfilled", _("Sent")
        COMPLETED = "completed", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired unpaid")

    TRANSITIONS: ClassVar = {
        Status.PLACED: {Status.PAID, Status.CANCELLED, Status.EXPIRED},
        Status.PAID: {Status.FULFILLED, Status.CANCELLED},
        Status.FULFILLED: {Status.COMPLETED},
    }

    OPEN: ClassVar = (Status.PLACED, Status.PAID, Status.FULFILLED)

    number = models.CharField(_("number"), max_length=16, unique=True, default=new_number)
    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="orders")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="orders")
    language = models.CharField(_("language"), max_length=8)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PLACED, db_index=True
    )
    email = encrypt(models.EmailField(_("e-mail"), max_length=254))
    phone = encrypt(models.CharField(_("phone"), max_length=32, blank=True))
    note = encrypt(models.TextField(_("note"), max_length=1000, blank=True))
    cart_hash = models.CharField(
        max_length=64, unique=True, null=True, help_text="of the checkout: a second press finds the order"
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3)
    delivery_code = models.SlugField(max_length=40)
    delivery_name = models.CharField(_("delivery"), max_length=120)
    delivery_carrier = models.CharField(max_length=40)
    delivery_needs_phone = models.BooleanField(default=False)
    days_min = models.PositiveSmallIntegerField()
    days_max = models.PositiveSmallIntegerField()
    delivery_net = models.BigIntegerField()
    delivery_tax = models.BigIntegerField()
    delivery_gross = models.BigIntegerField()
    delivery_tax_rate = models.DecimalField(max_digits=5, decimal_places=2)
    delivery_tax_reason = models.CharField(max_length=20, choices=TaxReason)
    total_net = models.BigIntegerField(_("total before tax"))
    total_tax = models.BigIntegerField(_("tax"))
    total_gross = models.BigIntegerField(_("total"))
    placed_at = models.DateTimeField(_("placed"), default=timezone.now, db_index=True)
    expires_at = models.DateTimeField(_("to be paid by"), default=in_two_hours)
    confirmed_at = models.DateTimeField(_("confirmation sent"), null=True, blank=True)
    # What the buyer was told when ordering: a notice, never a consent.
    terms = models.ForeignKey(
        PolicyVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("terms"),
    )
    privacy_policy = models.ForeignKey(
        PolicyVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("privacy policy"),
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total_gross=models.F("total_net") + models.F("total_tax")),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(delivery_gross=models.F("delivery_net") + models.F("delivery_tax")),
                name="order_delivery_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.pk}"

    @property
    def total(self) -> Money:
        return from_minor(self.total_gross, self.currency)

    @property
    def total_price(self) -> TaxedPrice:
        """Its rate is 0: a total may mix several."""
        return TaxedPrice(
            net=from_minor(self.total_net, self.currency),
            tax=from_minor(self.total_tax, self.currency),
            gross=self.total,
            rate=Decimal(0),
        )

    @property
    def days(self) -> str:
        return days_between(self.days_min, self.days_max)

    @property
    def goods_net(self) -> Money:
        return from_minor(self.total_net - self.delivery_net, self.currency)

    @property
    def tax_reasons(self) -> list[Any]:
        """Why it bears the tax it bears, each sentence once."""
        reasons = [line.tax_reason for line in self.lines.all()]
        return [TaxReason(reason).label for reason in dict.fromkeys([*reasons, self.delivery_tax_reason])]

    @property
    def delivery(self) -> TaxedPrice:
        return TaxedPrice(
            net=from_minor(self.delivery_net, self.currency),
            tax=from_minor(self.delivery_tax, self.currency),
            gross=from_minor(self.delivery_gross, self.currency),
            rate=self.delivery_tax_rate,
        )

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        Event.objects.create(
            order=self, machine=Event.Machine.ORDER, was=from_status, became=to_status, actor=actor
        )


class OrderLine(models.Model):
    """What was bought, frozen: the words, the price and the tax of the moment, and what customs will ask."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.SET_NULL, null=True, related_name="+")
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=250)
    options = models.CharField(max_length=250, blank=True)
    quantity = models.PositiveIntegerField()
    unit_gross = models.BigIntegerField(help_text="as shown: with tax where the market's prices include it")
    net = models.BigIntegerField()
    tax = models.BigIntegerField()
    gross = models.BigIntegerField()
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2)
    tax_reason = models.CharField(max_length=20, choices=TaxReason)
    hs_code = models.CharField(max_length=10, blank=True)
    country_of_origin = models.CharField(max_length=2, blank=True)
    customs_text = models.CharField(max_length=120, blank=True)
    weight_g = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(gross=models.F("net") + models.F("tax")), name="order_line_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.quantity} × {self.sku}"

    @property
    def unit(self) -> Money:
        return from_minor(self.unit_gross, self.order.currency)

    @property
    def price(self) -> TaxedPrice:
        return TaxedPrice(
            net=from_minor(self.net, self.order.currency),
            tax=from_minor(self.tax, self.order.currency),
            gross=from_minor(self.gross, self.order.currency),
            rate=self.tax_rate,
        )


class OrderAddress(models.Model):
    """Where an order goes, frozen. Only the country is in clear: tax and carriers are chosen by it."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="address")
    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(_("country"), max_length=2)
    name = encrypt(models.CharField(_("name"), max_length=120))
    company = encrypt(models.CharField(_("company"), max_length=120, blank=True))
    street = encrypt(models.CharField(_("street and number"), max_length=250))
    postcode = encrypt(models.CharField(_("postcode"), max_length=20, blank=True))
    city = encrypt(models.CharField(_("city"), max_length=120, blank=True))
    region = encrypt(models.CharField(_("region"), max_length=120, blank=True))

    class Meta:
        verbose_name = _("order address")
        verbose_name_plural = _("order addresses")

    def __str__(self) -> str:
        return f"address of order {self.order_id}"


class Event(models.Model):
    """One move of an order, its payment or its fulfilment. Together they tell the order's whole story."""

    class Machine(models.TextChoices):
        ORDER = "order", _("Order")
        PAYMENT = "payment", _("Payment")
        REFUND = "refund", _("Refund")
        FULFILMENT = "fulfilment", _("Fulfilment")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    machine = models.CharField(max_length=12, choices=Machine)
    was = models.CharField(max_length=12, blank=True)
    became = models.CharField(max_length=12)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.machine}: {self.became}"
