"""Objects for tests, each valid by itself; sorted by app."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image

from accounts.models import User
from orders.models import (
    Cart,
    CartLine,
    DeliveryMethod,
    FiscalEntity,
    Fulfilment,
    Order,
    OrderAddress,
    OrderLine,
    Payment,
    Refund,
    TaxRecord,
)
from privacy.models import DataSubject, Facility, Processor
from shop.catalogue.models import (
    Attribute,
    AttributeValue,
    Brand,
    Category,
    Market,
    Picture,
    Price,
    Product,
    Variant,
)
from support.models import Attachment, Message, Ticket

# --- catalogue ----------------------------------------------------------------------------------------------


class AttributeFactory(DjangoModelFactory[Attribute]):
    class Meta:
        model = Attribute
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"attribute-{n}")
    name = factory.LazyAttribute(lambda attribute: attribute.code.replace("-", " ").capitalize())


class AttributeValueFactory(DjangoModelFactory[AttributeValue]):
    class Meta:
        model = AttributeValue
        django_get_or_create = ("attribute", "code")

    attribute = factory.SubFactory(AttributeFactory)
    code = factory.Sequence(lambda n: f"value-{n}")
    label = factory.LazyAttribute(lambda value: value.code.replace("-", " ").capitalize())


class BrandFactory(DjangoModelFactory[Brand]):
    class Meta:
        model = Brand
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Brand {n}")
    slug = factory.LazyAttribute(lambda brand: brand.name.lower().replace(" ", "-"))


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Category {n}")
    slug = factory.LazyAttribute(lambda category: category.name.lower().replace(" ", "-"))


class MarketFactory(DjangoModelFactory[Market]):
    """Germany unless said otherwise; asking for the same country twice gives the same market."""

    class Meta:
        model = Market
        django_get_or_create = ("country",)

    country = "DE"
    currency = "EUR"
    languages = "de en fr"


class ProductFactory(DjangoModelFactory[Product]):
    """A product without a variant, so without a price: give it one with `VariantFactory(product=…)`."""

    class Meta:
        model = Product
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Product {n}")
    slug = factory.Sequence(lambda n: f"product-{n}")
    category = factory.SubFactory(CategoryFactory)
    hs_code = "691200"
    country_of_origin = "DE"
    customs_text = "Stoneware tableware"

    @factory.post_generation
    def values(self, create, values, **kwargs):
        if create and values:
            self.values.add(*values)


class VariantFactory(DjangoModelFactory[Variant]):
    """Ten pieces at 25.00 in the German market.

    `price__amount=1999` makes it 19.99, `price__market=…` sells it elsewhere, `price=None` gives it no price.
    """

    class Meta:
        model = Variant
        skip_postgeneration_save = True

    product = factory.SubFactory(ProductFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n:04}")
    stock = 10
    weight_g = 500
    price = factory.RelatedFactory("tests.factories.PriceFactory", factory_related_name="variant")

    @factory.post_generation
    def options(self, create, values, **kwargs):
        if create and values:
            self.options.add(*values)
            self.product.values.add(*values)


class PriceFactory(DjangoModelFactory[Price]):
    class Meta:
        model = Price

    variant = factory.SubFactory(VariantFactory, price=None)
    market = factory.SubFactory(MarketFactory)
    amount = 2500


def plain_picture(
    name: str = "square.webp", size: tuple[int, int] = (64, 64), colour: str = "teal"
) -> ContentFile:
    """A picture file of one colour; the ending of its name decides the format."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, format=Image.registered_extensions()[Path(name).suffix])
    return ContentFile(buffer.getvalue(), name)


class PictureFactory(DjangoModelFactory[Picture]):
    class Meta:
        model = Picture

    product = factory.SubFactory(ProductFactory)
    image = factory.LazyFunction(plain_picture)
    alt = "A plain square"


# --- orders -------------------------------------------------------------------------------------------------


class CartFactory(DjangoModelFactory[Cart]):
    """An empty cart; `hash_token("…")` of a known token makes it one a test can open."""

    class Meta:
        model = Cart

    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    market = factory.SubFactory(MarketFactory)


class CartLineFactory(DjangoModelFactory[CartLine]):
    class Meta:
        model = CartLine

    cart = factory.SubFactory(CartFactory)
    variant = factory.SubFactory(VariantFactory)
    seen_amount = 2500


class DeliveryMethodFactory(DjangoModelFactory[DeliveryMethod]):
    """Five euros in Germany, two to four days."""

    class Meta:
        model = DeliveryMethod
        django_get_or_create = ("market", "code")

    market = factory.SubFactory(MarketFactory)
    code = "standard"
    name = "Standard"
    amount = 500
    days_min = 2
    days_max = 4


class OrderFactory(DjangoModelFactory[Order]):
    """A guest's order for Germany over 30.00, 5.00 of it for delivery. Its lines, address and parcel are made
    apart: `OrderLineFactory(order=…)`, `OrderAddressFactory(order=…)`, `FulfilmentFactory(order=…)`."""

    class Meta:
        model = Order

    subject = factory.SubFactory("tests.factories.DataSubjectFactory")
    market = factory.SubFactory(MarketFactory)
    language = "en"
    email = "zoe.muller@example.org"
    currency = "EUR"
    delivery_code = "standard"
    delivery_name = "Standard"
    delivery_carrier = "manual"
    days_min = 2
    days_max = 4
    delivery_net = 420
    delivery_tax = 80
    delivery_gross = 500
    delivery_tax_rate = 19
    delivery_tax_reason = "domestic"
    total_net = 2521
    total_tax = 479
    total_gross = 3000


class OrderLineFactory(DjangoModelFactory[OrderLine]):
    """One piece at 25.00."""

    class Meta:
        model = OrderLine

    order = factory.SubFactory(OrderFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n:04}")
    name = "Moon jar"
    quantity = 1
    unit_gross = 2500
    net = 2101
    tax = 399
    gross = 2500
    tax_rate = 19
    tax_reason = "domestic"


class OrderAddressFactory(DjangoModelFactory[OrderAddress]):
    class Meta:
        model = OrderAddress

    order = factory.SubFactory(OrderFactory)
    subject = factory.SelfAttribute("order.subject")
    country = "DE"
    name = "Zoë Müller"
    street = "Hauptstraße 5"
    postcode = "10115"
    city = "Berlin"


class FulfilmentFactory(DjangoModelFactory[Fulfilment]):
    class Meta:
        model = Fulfilment

    order = factory.SubFactory(OrderFactory)
    carrier = "manual"


class PaymentFactory(DjangoModelFactory[Payment]):
    class Meta:
        model = Payment

    order = factory.SubFactory(OrderFactory)
    gateway = "stripe"
    session_id = factory.Sequence(lambda n: f"cs_{n:06}")
    amount = factory.SelfAttribute("order.total_gross")
    currency = factory.SelfAttribute("order.currency")
    expires_at = factory.SelfAttribute("order.expires_at")


class RefundFactory(DjangoModelFactory[Refund]):
    class Meta:
        model = Refund

    payment = factory.SubFactory(PaymentFactory)
    amount = factory.SelfAttribute("payment.amount")


class FiscalEntityFactory(DjangoModelFactory[FiscalEntity]):
    class Meta:
        model = FiscalEntity

    code = "DE"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **values: Any) -> FiscalEntity:
        return FiscalEntity.objects.of(values["code"])


class TaxRecordFactory(DjangoModelFactory[TaxRecord]):
    """Of a consumer's jar, sold in Germany for 30.00. `content` is what is sealed."""

    class Meta:
        model = TaxRecord

    entity = factory.SubFactory(FiscalEntityFactory)
    profile = "invoice.simplified"
    country = "DE"
    sold_on = date(2026, 3, 4)
    laws = "de"
    content = factory.Sequence(lambda n: {"number": f"SOLD{n:05}"})

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **values: Any) -> TaxRecord:
        content = values.pop("content")
        values.pop("sealed", None)
        record = TaxRecord(**values)
        record.seal(content)
        record.save()
        return record


# --- privacy ------------------------------------------------------------------------------------------------


class DataSubjectFactory(DjangoModelFactory[DataSubject]):
    """A guest, with a key."""

    class Meta:
        model = DataSubject

    kind = "guest"


class FacilityFactory(DjangoModelFactory[Facility]):
    """A place with a certificate for a year."""

    class Meta:
        model = Facility

    name = "North Hall"
    stores = ["database", "files"]
    country = "DE"
    region = "EU"
    certificate = "ISO/IEC 27001"
    certificate_number = "N-7"
    valid_from = factory.LazyFunction(timezone.localdate)
    valid_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))


class ProcessorFactory(DjangoModelFactory[Processor]):
    """A carrier with a valid agreement; `code="payment", kind="payment", purpose="payment"` takes money."""

    class Meta:
        model = Processor
        django_get_or_create = ("code",)

    code = "carrier"
    name = factory.LazyAttribute(lambda processor: processor.code.capitalize())
    kind = "logistics"
    purpose = "fulfilment"
    country = "DE"
    region = "EU"
    screened_on = factory.LazyFunction(timezone.localdate)
    agreement_version = "1"
    agreement_signed_on = factory.LazyFunction(timezone.localdate)
    agreement_expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))


# --- support ------------------------------------------------------------------------------------------------


class AgentFactory(DjangoModelFactory[User]):
    """Somebody of the staff, without any permission of their own."""

    class Meta:
        model = User

    subject = factory.SubFactory("tests.factories.DataSubjectFactory", kind="staff")
    email = factory.Sequence(lambda n: f"agent{n}@kiln-and-leaf.example")
    name = "Ada Agent"
    is_staff = True


class TicketFactory(DjangoModelFactory[Ticket]):
    """A guest's open question from Germany, in English; its messages are made apart."""

    class Meta:
        model = Ticket

    subject = factory.SubFactory("tests.factories.DataSubjectFactory", kind="ticket_writer")
    category = "product"
    title = "The glaze"
    name = "Zoë Müller"
    email = "zoe.muller@example.org"
    language = "en"
    country = "DE"


class MessageFactory(DjangoModelFactory[Message]):
    """What the requester wrote."""

    class Meta:
        model = Message

    ticket = factory.SubFactory(TicketFactory)
    subject = factory.SelfAttribute("ticket.subject")
    author = "requester"
    body = "Is it lead-free?"


class AttachmentFactory(DjangoModelFactory[Attachment]):
    """A small photo that came with a message."""

    class Meta:
        model = Attachment

    message = factory.SubFactory(MessageFactory)
    subject = factory.SelfAttribute("message.subject")
    kind = "image"
    file = factory.LazyFunction(plain_picture)
    content_type = "image/webp"
    size = 100
    width = height = 64
