"""Where the index lies: a table a language, in the way of the database the shop runs on."""

from types import ModuleType

from django.conf import settings
from django.db import connection

from shop.catalogue.search import postgresql, sqlite

ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


def engine() -> ModuleType:
    return ENGINES[connection.vendor]


def table(language: str) -> str:
    """The table of a language the shop speaks; anything else is looked for in the default language."""
    known = language if language in languages() else settings.LANGUAGE_CODE
    return f"catalogue_search_{known.replace('-', '_')}"


def languages() -> list[str]:
    return [code for code, name in settings.LANGUAGES]


def recreate(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(engine().CREATE.format(table=name))
