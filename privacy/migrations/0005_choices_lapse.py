from hashlib import sha256

import django.utils.timezone
from dateutil.relativedelta import relativedelta
from django.db import migrations, models
from django.db.models.deletion import CASCADE

MONTHS = {"given": 12}  # anything else: six


def fill(apps, schema_editor):
    """What was decided before lapses as if it had been decided under the new rule."""
    ConsentRecord = apps.get_model("privacy", "ConsentRecord")
    for record in ConsentRecord.objects.iterator():
        ConsentRecord.objects.filter(pk=record.pk).update(
            expires_at=record.decided_at + relativedelta(months=MONTHS.get(record.decision, 6)),
            wording_hash=sha256(record.wording.encode()).hexdigest() if record.wording else "",
        )


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_retention")]

    operations = [
        migrations.AlterField(
            model_name="consentrecord",
            name="subject",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=CASCADE,
                related_name="consents",
                to="privacy.datasubject",
            ),
        ),
        migrations.AlterField(
            model_name="consentrecord",
            name="decided_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="decided"),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="browser",
            field=models.CharField(blank=True, max_length=64, verbose_name="browser"),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="wording_hash",
            field=models.CharField(blank=True, max_length=64, verbose_name="fingerprint of the wording"),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="version",
            field=models.CharField(blank=True, max_length=12, verbose_name="version of the questions"),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="knew_signal",
            field=models.BooleanField(default=False, verbose_name="told of the browser's signal"),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="expires_at",
            field=models.DateTimeField(null=True, verbose_name="lapses"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="consentrecord",
            name="expires_at",
            field=models.DateTimeField(verbose_name="lapses"),
        ),
        migrations.AddConstraint(
            model_name="consentrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("subject__isnull", False), models.Q(("browser", ""), _negated=True), _connector="OR"
                ),
                name="consent_of_somebody",
            ),
        ),
    ]
