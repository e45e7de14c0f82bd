"""An empty shop sells at home: what is imported into it needs a market to be priced for."""

from babel.numbers import get_territory_currencies
from django.conf import settings
from django.db import migrations


def create_home_market(apps, schema_editor):
    market = apps.get_model("catalogue", "Market")
    market.objects.get_or_create(
        country=settings.SHOP_COUNTRY,
        defaults={
            "currency": get_territory_currencies(settings.SHOP_COUNTRY)[0],
            "languages": " ".join(code for code, name in settings.LANGUAGES),
            "prices_include_tax": True,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunPython(create_home_market, migrations.RunPython.noop)]
