from typing import Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from shop.catalogue.models.attributes import AttributeValue
from shop.catalogue.models.categories import Category
from shop.catalogue.models.markets import Market
from shop.money import from_minor


class Brand(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("web address"), max_length=140, unique=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product"]):
    def published(self) -> Self:
        return self.filter(status=Product.Status.ACTIVE)

    def sold_in(self, market: Market) -> Self:
        """Published products with at least one variant on sale and priced for the market."""
        priced = Price.objects.filter(
            market=market, variant__product=models.OuterRef("pk"), variant__is_active=True
        )
        return self.published().filter(models.Exists(priced))


class Product(models.Model):
    """What is described; what is bought is one of its variants."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("On sale")
        ARCHIVED = "archived", _("Archived")

    class TaxClass(models.TextChoices):
        STANDARD = "standard", _("Standard rate")
        REDUCED = "reduced", _("Reduced rate (food)")
        ZERO = "zero", _("Zero rate")

    slug = models.SlugField(_("web address"), max_length=200, unique=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.ACTIVE, db_index=True
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category")
    )
    brand = models.ForeignKey(
        Brand,
        on_delete=models.PROTECT,
        related_name="products",
        null=True,
        blank=True,
        verbose_name=_("brand"),
    )
    name = models.CharField(_("name"), max_length=250)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    description = models.TextField(
        _("description"), blank=True, help_text=_("Simple HTML; anything unsafe is removed.")
    )
    tax_class = models.CharField(_("tax class"), max_length=10, choices=TaxClass, default=TaxClass.STANDARD)
    values = models.ManyToManyField(
        AttributeValue, related_name="products", blank=True, verbose_name=_("attributes"),
        help_text=_("Its own attributes; those of its variants are added when they are saved."),
    )  # fmt: skip
    # crossing borders
    hs_code = models.CharField(
        _("HS code"), max_length=10, blank=True, validators=[RegexValidator(r"^\d{6,10}$")]
    )
    country_of_origin = models.CharField(
        _("country of origin"), max_length=2, blank=True, validators=[RegexValidator(r"^[A-Z]{2}$")]
    )
    customs_text = models.CharField(_("customs text"), max_length=120, blank=True)
    # product safety: Regulation (EU) 2023/988, Articles 9, 16 and 19
    maker = models.CharField(_("maker"), max_length=300, blank=True)
    responsible_person = models.CharField(_("EU responsible person"), max_length=300, blank=True)
    warnings = models.TextField(_("warnings"), blank=True)
    rank = models.PositiveIntegerField(
        _("rank"), default=0, help_text=_("Higher comes first where nothing else sorts.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["-rank", "-pk"]
        indexes = [
            models.Index(fields=["category", "-rank", "-id"], name="product_category_rank"),
            models.Index(fields=["-rank", "-id"], name="product_rank"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalogue:product", args=[self.slug])


class Variant(models.Model):
    """What is bought: a SKU with options, measures, prices and stock. Only `stock.py` writes `stock`."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(_("SKU"), max_length=64, unique=True)
    barcode = models.CharField(_("barcode"), max_length=14, blank=True)
    options = models.ManyToManyField(
        AttributeValue, related_name="variants", blank=True, verbose_name=_("options")
    )
    picture = models.ForeignKey(
        "catalogue.Picture",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    stock = models.IntegerField(_("stock"), default=0)
    weight_g = models.PositiveIntegerField(_("weight in g"), default=0)
    length_mm = models.PositiveIntegerField(_("length in mm"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width in mm"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height in mm"), null=True, blank=True)
    # content for the unit price (Directive 98/6/EC): 100 with unit "g" shows a price per 100 g or per kg
    unit_amount = models.DecimalField(_("content"), max_digits=10, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("unit of content"), max_length=4, blank=True)
    is_active = models.BooleanField(_("on sale"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=Q(stock__gte=0), name="variant_stock_not_negative")]

    def __str__(self) -> str:
        return self.sku


class Price(models.Model):
    """What a variant costs in a market: minor units, with or without tax as the market says."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="prices")
    amount = models.BigIntegerField(_("price in minor units"), validators=[MinValueValidator(0)])
    compare_at = models.BigIntegerField(_("earlier price in minor units"), null=True, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(fields=["variant", "market"], name="price_unique_market"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(compare_at__isnull=True) | Q(compare_at__gt=F("amount")),
                name="price_compare_at_higher",
            ),
        ]
        indexes = [models.Index(fields=["market", "amount"], name="price_market_amount")]

    def __str__(self) -> str:
        return f"{self.variant_id}/{self.market_id}"

    @property
    def money(self) -> Money:
        return from_minor(self.amount, self.market.currency)

    @property
    def compare_at_money(self) -> Money | None:
        return None if self.compare_at is None else from_minor(self.compare_at, self.market.currency)
