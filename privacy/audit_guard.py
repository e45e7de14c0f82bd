"""The database's own lock on the audit trail: it refuses to change or delete an event, whoever asks.

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
    "count": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_refuses_%'",
}
POSTGRESQL = {
    "install": [
        """CREATE OR REPLACE FUNCTION audit_refuses_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit events are never changed'
        USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE ON privacy_auditevent
        FOR EACH ROW EXECUTE FUNCTION audit_refuses_change()""",
        """CREATE TRIGGER audit_refuses_truncate BEFORE TRUNCATE ON privacy_auditevent
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses_change()""",
    ],
    "remove": [
        "DROP TRIGGER IF EXISTS audit_refuses_change ON privacy_auditevent",
        "DROP TRIGGER IF EXISTS audit_refuses_truncate ON privacy_auditevent",
        "DROP FUNCTION IF EXISTS audit_refuses_change()",
    ],
    "count": "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'audit_refuses_%'",
}
STATEMENTS: dict[str, Any] = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def install(connection: Any) -> None:
    _run(connection, "install")


def remove(connection: Any) -> None:
    _run(connection, "remove")


def is_installed(connection: Any) -> bool:
    """SQLite forgets its triggers when a migration rebuilds the table."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[connection.vendor]["count"])
        return bool(cursor.fetchone()[0] == 2)


def _run(connection: Any, deed: str) -> None:
    with connection.cursor() as cursor:
        for statement in STATEMENTS[connection.vendor][deed]:
            cursor.execute(statement)
