"""The database's own lock on the tax archive: it refuses to change a record, whoever asks.

Records go when the law does not ask for them any more, so deleting is left to the purge.
"""

from typing import Any

MESSAGE = "tax records are never changed"
SQLITE = {
    "install": [
        f"""CREATE TRIGGER taxrecord_refuses_update BEFORE UPDATE ON orders_taxrecord
        BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    ],
    "remove": ["DROP TRIGGER IF EXISTS taxrecord_refuses_update"],
}
POSTGRESQL = {
    "install": [
        f"""CREATE OR REPLACE FUNCTION taxrecord_refuses_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER taxrecord_refuses_update BEFORE UPDATE ON orders_taxrecord
        FOR EACH ROW EXECUTE FUNCTION taxrecord_refuses_change()""",
    ],
    "remove": [
        "DROP TRIGGER IF EXISTS taxrecord_refuses_update ON orders_taxrecord",
        "DROP FUNCTION IF EXISTS taxrecord_refuses_change()",
    ],
}
STATEMENTS: dict[str, Any] = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def install(connection: Any) -> None:
    _run(connection, "install")


def remove(connection: Any) -> None:
    """SQLite makes a table anew to change it, which the lock would refuse."""
    _run(connection, "remove")


def _run(connection: Any, deed: str) -> None:
    with connection.cursor() as cursor:
        for statement in STATEMENTS[connection.vendor][deed]:
            cursor.execute(statement)
