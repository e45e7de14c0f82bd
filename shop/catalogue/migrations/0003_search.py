"""The search index: a table a language, FTS5 in SQLite and a tsvector in PostgreSQL, and the vocabulary."""

from django.conf import settings
from django.db import migrations, models

SQLITE = """
CREATE VIRTUAL TABLE {table} USING fts5(
    name, codes, facts, body, words UNINDEXED, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
)
"""
POSTGRESQL = """
CREATE TABLE {table} (product_id bigint PRIMARY KEY, document tsvector NOT NULL, words text NOT NULL);
CREATE INDEX {table}_document ON {table} USING gin (document) WITH (fastupdate = off);
"""


def tables():
    return [f"catalogue_search_{code.replace('-', '_')}" for code, name in settings.LANGUAGES]


def create(apps, schema_editor):
    sql = SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL
    for table in tables():
        schema_editor.execute(sql.format(table=table))


def drop(apps, schema_editor):
    for table in tables():
        schema_editor.execute(f"DROP TABLE IF EXISTS {table}")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_home_market")]

    operations = [
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("text", models.CharField(db_index=True, max_length=60, verbose_name="word without accents")),
                (
                    "backwards",
                    models.CharField(db_index=True, max_length=60, verbose_name="its stem backwards"),
                ),
                ("written", models.CharField(max_length=80, verbose_name="word as it is written")),
                ("products", models.PositiveIntegerField(default=0, verbose_name="products it names")),
            ],
            options={
                "verbose_name": "word",
                "verbose_name_plural": "words",
                "constraints": [
                    models.UniqueConstraint(fields=("language", "text"), name="word_unique_language")
                ],
            },
        ),
        migrations.RunPython(create, drop),
    ]
