from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from privacy.registry import declaration, is_table_without_model


class Command(BaseCommand):
    help = (
        "Compares the tables and columns that really exist with the register, and names what nobody declared."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        declared = declared_columns()
        with connection.cursor() as cursor:
            unknown = [
                name
                for table in sorted(connection.introspection.table_names(cursor))
                if not is_table_without_model(table)
                for name in undeclared(cursor, table, declared.get(table))
            ]
        if unknown:
            raise CommandError("In the database but not in the register:\n" + "\n".join(unknown))
        self.stdout.write("Every table and column is declared.")


def declared_columns() -> dict[str, set[str]]:
    """Columns by table, for all models that are declared and the tables between them."""
    return {
        model._meta.db_table: {str(field.column) for field in model._meta.local_concrete_fields}
        for model in apps.get_models(include_auto_created=True)
        if model._meta.auto_created or declaration(model)
    }


def undeclared(cursor: Any, table: str, declared: set[str] | None) -> list[str]:
    if declared is None:
        return [table]
    actual = {column.name for column in connection.introspection.get_table_description(cursor, table)}
    return [f"{table}.{column}" for column in sorted(actual - declared)]
