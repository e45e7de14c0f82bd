"""Everything the page of a product says, read with few queries and remembered for a minute or two."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, F, OuterRef
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from moneyed import Money

from shop.catalogue import cards
from shop.catalogue.models import AttributeValue, Market, Picture, Price, Product, Variant
from shop.catalogue.texts import country_name, language_of
from shop.money import round_money

FEW = 5  # from here down the page says how many pieces are left
BASE_UNITS = {
    "g": ("kg", 1000),
    "ml": ("l", 1000),
    "kg": ("kg", 1),
    "l": ("l", 1),
    "m": ("m", 1),
    "m2": ("m²", 1),
}


class NotSoldHere(LookupError):
    """The product is on sale, but not in this market."""

    def __init__(self, product: Product, markets: list[Market]) -> None:
        super().__init__(product.slug)
        self.product = product
        self.markets = markets


@dataclass(frozen=True)
class UnitPrice:
    """What a measure costs, so that packs compare: Directive 98/6/EC, Article 3."""

    money: Money
    measure: str


@dataclass(frozen=True)
class Offer:
    """A variant with its price in the market of the page."""

    variant: Variant
    price: Price
    options: list[AttributeValue]

    @property
    def label(self) -> str:
        return " · ".join(value.label for value in self.options) or self.variant.sku

    @property
    def few_left(self) -> bool:
        return 0 < self.variant.stock <= FEW

    @property
    def unit_price(self) -> UnitPrice | None:
        amount, unit = self.variant.unit_amount, self.variant.unit
        if not amount or unit not in BASE_UNITS:
            return None
        base, per_base = BASE_UNITS[unit]
        # Small packs may be compared by 100 g or 100 ml (§ 5 PAngV).
        measure = Decimal(100) if per_base == 1000 and amount <= 250 else Decimal(per_base)
        money = round_money(self.price.money.amount / amount * measure, self.price.market.currency)
        return UnitPrice(money, f"100 {unit}" if measure == 100 else base)

    @property
    def size(self) -> str:
        """Length × width × height, as far as they are known."""
        sides = (self.variant.length_mm, self.variant.width_mm, self.variant.height_mm)
        known = [number_format(Decimal(side) / 10, use_l10n=True) for side in sides if side]
        return " × ".join(known) + " cm" if known else ""


@dataclass(frozen=True)
class Details:
    product: Product
    offers: list[Offer]
    pictures: list[Picture]
    attributes: list[tuple[str, str]]
    markets: list[Market]
    name_language: str
    description_language: str
    warnings_language: str

    @property
    def choices(self) -> list[tuple[Offer, int | None]]:
        """Each offer with the picture that shows it, or that shows a variant alike in its first option."""
        alike: dict[AttributeValue, int] = {}
        for offer in self.offers:
            if offer.options and offer.variant.picture_id:
                alike.setdefault(offer.options[0], offer.variant.picture_id)
        return [
            (offer, offer.variant.picture_id or alike.get(offer.options[0]) if offer.options else None)
            for offer in self.offers
        ]

    @property
    def option_names(self) -> str:
        """What the variants differ in: "Glaze, size"."""
        names = dict.fromkeys(value.attribute.name for offer in self.offers for value in offer.options)
        return ", ".join(names)

    @property
    def origin(self) -> str:
        """Where it was made, unless an attribute says so already."""
        country = self.product.country_of_origin
        name = country_name(country, get_language() or "en") if country else ""
        return "" if name in {value for _name, value in self.attributes} else name

    @property
    def sizes(self) -> list[tuple[str, str]]:
        """The size once where all variants share it, else by the option it depends on, as (label, size)."""
        if len({offer.size for offer in self.offers}) == 1:
            return [("", self.offers[0].size)] if self.offers[0].size else []
        ways = zip(*(offer.options for offer in self.offers), strict=False)
        for values in [*ways, self.offers]:
            sizes: dict[str, set[str]] = defaultdict(set)
            for value, offer in zip(values, self.offers, strict=True):
                sizes[value.label].add(offer.size)
            if all(len(found) == 1 for found in sizes.values()):
                return [(label, found.pop()) for label, found in sizes.items()]
        return []

    @property
    def weight(self) -> str:
        grams = sorted({offer.variant.weight_g for offer in self.offers if offer.variant.weight_g})
        ends = [number_format(weight, use_l10n=True) for weight in (grams[:1] + grams[1:][-1:])]
        return "–".join(ends) + " g" if ends else ""

    @property
    def costs_the_same(self) -> bool:
        """Whether a choice changes nothing about the price, so that it need not stand beside each one."""
        return (
            len({(offer.price.amount, offer.price.compare_at, offer.unit_price) for offer in self.offers})
            == 1
        )

    @property
    def chosen(self) -> Offer:
        """The offer the page opens with: the first that can be had."""
        return next((offer for offer in self.offers if offer.variant.stock), self.offers[0])

    @property
    def is_sold_out(self) -> bool:
        return not any(offer.variant.stock for offer in self.offers)


def show(slug: str, market: Market) -> Details:
    """The product in this market and in the language of the page."""
    key = f"catalogue:details:{get_language()}-{market.country}:{slug}"
    details = cache.get(key)
    if not isinstance(details, Details):
        details = _read(slug, market)
        cache.set(key, details, cards.SECONDS)
    return details


def _read(slug: str, market: Market) -> Details:
    rows = (
        Price.objects.filter(
            variant__product__slug=slug,
            variant__product__status=Product.Status.ACTIVE,
            variant__is_active=True,
            market__is_active=True,
        )
        .select_related("variant__product__brand", "market")
        .annotate(option=F("variant__options"))  # a row for each
        .order_by("variant__position", "variant")
    )
    prices = list({row.pk: row for row in rows}.values())
    if not prices:
        raise Product.DoesNotExist(slug)
    chosen = {(row.variant_id, row.option) for row in rows}
    product = prices[0].variant.product
    markets = {price.market_id: price.market for price in prices}
    if market.pk not in markets:
        raise NotSoldHere(product, list(markets.values()))
    values = _values(product)
    offers = [
        Offer(price.variant, price, [value for value in values if (price.variant_id, value.pk) in chosen])
        for price in prices
        if price.market_id == market.pk
    ]
    return Details(
        product=product,
        offers=offers,
        pictures=list(product.pictures.all()),
        attributes=_attributes([value for value in values if not value.is_option]),
        markets=list(markets.values()),
        name_language=language_of(product, "name"),
        description_language=language_of(product, "description"),
        warnings_language=language_of(product, "warnings"),
    )


def _values(product: Product) -> list[Any]:
    """The product's attribute values; `is_option` of those by which its variants are told apart."""
    options = Variant.options.through.objects.filter(attributevalue=OuterRef("pk"), variant__product=product)
    values = AttributeValue.objects.filter(products=product).select_related("attribute")
    return list(
        values.annotate(is_option=Exists(options)).order_by(
            "attribute__position", "attribute", "position", "number", "pk"
        )
    )


def _attributes(values: list[AttributeValue]) -> list[tuple[str, str]]:
    """Names with their values, several of one attribute joined."""
    named: dict[str, list[str]] = defaultdict(list)
    for value in values:
        named[value.attribute.name].append(value.label)
    return [(name, ", ".join(labels)) for name, labels in named.items()]


def related(product: Product, market: Market) -> list[SafeString]:
    """Cards of other products on the same shelf."""
    others = Product.objects.sold_in(market).filter(category=product.category_id).exclude(pk=product.pk)
    return cards.draw_chosen(f"related:{product.pk}", others.order_by("-rank", "-pk")[:4], market)
