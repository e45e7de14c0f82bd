"""A shop opened with somebody else's catalogue sells it."""

from django.core.management import call_command

from orders import payments
from orders.models import Order
from shop.catalogue.models import Picture, Product, Variant


def test_what_was_imported_is_sold(shopper, market, sandbox, shared_data):
    call_command("import_catalogue", str(shared_data / "catalogues" / "outdoor_shopify.csv"))
    boots = Variant.objects.get(sku="OUT-001-39")

    order = shopper.buy(boots)
    payment = order.payments.get()
    sandbox.pay(payment.page_url)
    payments.check(payment)

    assert (Product.objects.count(), Variant.objects.count(), Picture.objects.count()) == (101, 196, 101)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert [line.sku for line in order.lines.all()] == ["OUT-001-39"]
