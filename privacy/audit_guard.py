"""The database's own lock on the audit trail: UPDATE and DELETE are refused, whoever asks.

Installed by a migration. Only `flush`, which empties the whole database, lifts it for a moment.
"""

from typing import Any

SQLITE = {
    "install": [
        f"""CREATE TRIGGER audit_refuses_{act.lower()} BEFORE {act} ON privacy_auditevent
        BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END"""
        for act in ("UPDATE", "DELETE")
    ],
    "remove": [
        "DROP TRIGGER IF EXISTS audit_refuses_update",
        "DROP TRIGGER IF EXISTS audit_refuses_delete",
    ],
}
POSTGRESQL = {
    "install": [
        """CREATE OR REPLACE FUNCTION audit_refuses_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit events are never changed'
        USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE ON privacy_auditevent
        FOR EACH ROW EXECUTE FUNCTION audit_refuses_change()""",
    ],
    "remove": [
        "DROP TRIGGER IF EXISTS audit_refuses_change ON privacy_auditevent",
        "DROP FUNCTION IF EXISTS audit_refuses_change()",
    ],
}
STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def install(connection: Any) -> None:
    _run(connection, "install")


def remove(connection: Any) -> None:
    _run(connection, "remove")


def _run(connection: Any, deed: str) -> None:
    with connection.cursor() as cursor:
        for statement in STATEMENTS[connection.vendor][deed]:
            cursor.execute(statement)
