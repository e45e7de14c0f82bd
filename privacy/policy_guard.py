"""The database's own lock on what was published: it refuses to change a version or its texts.

Installed by a migration. Whether everybody has been told is the one thing written down afterwards.
"""

from typing import Any

FIRST_FIXED = ("kind", "number", "is_material", "effective_at", "published_at", "register_hash")
FIXED = (*FIRST_FIXED, "affects")
COLUMNS = "<fixed columns>"
MESSAGE = "what was published is never changed"
IS_PUBLISHED = (
    "EXISTS (SELECT 1 FROM privacy_policyversion v"
    " WHERE v.id = {row}.version_id AND v.published_at IS NOT NULL)"
)

SQLITE = {
    "install": [
        f"""CREATE TRIGGER policy_refuses_change BEFORE UPDATE OF {COLUMNS} ON privacy_policyversion
        WHEN OLD.published_at IS NOT NULL BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
        f"""CREATE TRIGGER policy_refuses_new_text BEFORE INSERT ON privacy_policytext
        WHEN {IS_PUBLISHED.format(row="NEW")} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
        f"""CREATE TRIGGER policy_refuses_other_text BEFORE UPDATE ON privacy_policytext
        WHEN {IS_PUBLISHED.format(row="OLD")} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    ],
    "remove": [
        "DROP TRIGGER IF EXISTS policy_refuses_change",
        "DROP TRIGGER IF EXISTS policy_refuses_new_text",
        "DROP TRIGGER IF EXISTS policy_refuses_other_text",
    ],
}
POSTGRESQL = {
    "install": [
        f"""CREATE OR REPLACE FUNCTION policy_refuses_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        f"""CREATE OR REPLACE FUNCTION policy_text_refuses_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF {IS_PUBLISHED.format(row="NEW")} THEN
        RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
        RETURN NEW; END $$""",
        f"""CREATE TRIGGER policy_refuses_change BEFORE UPDATE OF {COLUMNS} ON privacy_policyversion
        FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION policy_refuses_change()""",
        """CREATE TRIGGER policy_text_refuses_change BEFORE INSERT OR UPDATE ON privacy_policytext
        FOR EACH ROW EXECUTE FUNCTION policy_text_refuses_change()""",
    ],
    "remove": [
        "DROP TRIGGER IF EXISTS policy_refuses_change ON privacy_policyversion",
        "DROP TRIGGER IF EXISTS policy_text_refuses_change ON privacy_policytext",
        "DROP FUNCTION IF EXISTS policy_refuses_change()",
        "DROP FUNCTION IF EXISTS policy_text_refuses_change()",
    ],
}
STATEMENTS: dict[str, Any] = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def install(connection: Any, fixed: tuple[str, ...] = FIRST_FIXED) -> None:
    """`fixed`: the columns there are at the time of a migration."""
    _run(connection, "install", ", ".join(fixed))


def remove(connection: Any) -> None:
    """SQLite makes a table anew to change it, which the lock would refuse."""
    _run(connection, "remove")


def _run(connection: Any, deed: str, columns: str = "") -> None:
    with connection.cursor() as cursor:
        for statement in STATEMENTS[connection.vendor][deed]:
            cursor.execute(statement.replace(COLUMNS, columns))
