import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from privacy import policy_guard


def install(apps, schema_editor):
    policy_guard.install(schema_editor.connection)


def remove(apps, schema_editor):
    policy_guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("privacy", "0006_rights")]

    operations = [
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("privacy", "Privacy policy"),
                            ("cookies", "Cookie policy"),
                            ("terms", "Terms"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "is_material",
                    models.BooleanField(
                        default=False,
                        help_text="it changes what people may expect: takes effect 30 days after publication "
                        "at the earliest",
                        verbose_name="material",
                    ),
                ),
                (
                    "effective_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="empty: as soon as it may",
                        null=True,
                        verbose_name="takes effect",
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="published")),
                ("register_hash", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "announced_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="everybody told"),
                ),
            ],
            options={
                "verbose_name": "policy",
                "verbose_name_plural": "policies",
                "ordering": ["kind", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "number"), name="policy_numbered_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None),
                            ("effective_at__gte", models.F("published_at")),
                            _connector="OR",
                        ),
                        name="policy_not_backdated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None),
                            ("is_material", False),
                            (
                                "effective_at__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("published_at"), "+", models.Value(datetime.timedelta(days=30))
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="policy_material_change_announced",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                (
                    "text",
                    models.TextField(
                        help_text="HTML; addresses of the shop without language and country; "
                        "data-purpose names a purpose",
                        verbose_name="text",
                    ),
                ),
                ("summary", models.TextField(max_length=1000, verbose_name="what has changed")),
                ("text_hash", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="privacy.policyversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "text",
                "verbose_name_plural": "texts",
                "ordering": ["language"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "language"), name="policy_text_once_a_language"
                    )
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]
