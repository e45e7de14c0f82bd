"""Accounts that were closed before deletions ran by themselves: their week ends as it was told to them."""

from datetime import timedelta

from django.db import migrations
from django.db.models import F


def schedule(apps, schema_editor):
    requests = apps.get_model("privacy", "PrivacyRequest").objects
    waiting = requests.filter(kind="erasure", source="account", status="received", start_at=None)
    waiting.update(status="scheduled", start_at=F("received_at") + timedelta(days=7))


class Migration(migrations.Migration):
    dependencies = [("privacy", "0007_policies")]

    operations = [migrations.RunPython(schedule, migrations.RunPython.noop)]
