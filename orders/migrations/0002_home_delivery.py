"""A way to send goods within the home market, so that a shop that has just imported a catalogue can sell."""

from babel.numbers import get_currency_precision
from django.conf import settings
from django.db import migrations


def add_home_delivery(apps, schema_editor):
    Market = apps.get_model("catalogue", "Market")
    DeliveryMethod = apps.get_model("orders", "DeliveryMethod")
    for market in Market.objects.filter(country=settings.SHOP_COUNTRY):
        unit = 10 ** get_currency_precision(market.currency)
        DeliveryMethod.objects.get_or_create(
            market=market,
            code="standard",
            defaults={"name": "Standard", "amount": 5 * unit, "days_min": 2, "days_max": 4},
        )


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("catalogue", "0002_home_market")]

    operations = [migrations.RunPython(add_home_delivery, migrations.RunPython.noop)]
