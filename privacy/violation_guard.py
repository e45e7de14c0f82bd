"""The database's own lock on cases against colleagues: it refuses to delete one, whoever asks.

Installed by a migration. Emptying the whole database is the one act that may lift it.
"""

from typing import Any

MESSAGE = "cases against colleagues are never deleted"
SQLITE = {
    "install": [
        f"""CREATE TRIGGER violation_refuses_delete BEFORE DELETE ON privacy_staffviolation
        BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    ],
    "remove": ["DROP TRIGGER IF EXISTS violation_refuses_delete"],
}
POSTGRESQL = {
    "install": [
        f"""CREATE OR REPLACE FUNCTION violation_refuses_delete() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER violation_refuses_delete BEFORE DELETE ON privacy_staffviolation
        FOR EACH ROW EXECUTE FUNCTION violation_refuses_delete()""",
    ],
    "remove": [
        "DROP TRIGGER IF EXISTS violation_refuses_delete ON privacy_staffviolation",
        "DROP FUNCTION IF EXISTS violation_refuses_delete()",
    ],
}
STATEMENTS: dict[str, Any] = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def install(connection: Any) -> None:
    _run(connection, "install")


def remove(connection: Any) -> None:
    _run(connection, "remove")


def _run(connection: Any, deed: str) -> None:
    with connection.cursor() as cursor:
        for statement in STATEMENTS[connection.vendor][deed]:
            cursor.execute(statement)
