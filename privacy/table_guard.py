"""The database's own lock on one table: it refuses to change its rows, or to delete them, whoever asks.

Installed by a migration, and lifted only where the whole database is emptied.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TableGuard:
    table: str
    refuses: str  # UPDATE or DELETE
    because: str

    @property
    def name(self) -> str:
        return f"{self.table}_refuses_{self.refuses.lower()}"

    def install(self, connection: Any) -> None:
        before = f"CREATE TRIGGER {self.name} BEFORE {self.refuses} ON {self.table}"
        if connection.vendor == "sqlite":
            _run(connection, f"{before} BEGIN SELECT RAISE(ABORT, '{self.because}'); END")
            return
        _run(
            connection,
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION '{self.because}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f"{before} FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        )

    def remove(self, connection: Any) -> None:
        """SQLite makes a table anew to change it, which the lock would refuse."""
        if connection.vendor == "sqlite":
            _run(connection, f"DROP TRIGGER IF EXISTS {self.name}")
            return
        _run(
            connection,
            f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}",
            f"DROP FUNCTION IF EXISTS {self.name}()",
        )


VIOLATIONS = TableGuard("privacy_staffviolation", "DELETE", "cases against colleagues are never deleted")


def _run(connection: Any, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
