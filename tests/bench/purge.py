"""One million expired rows: the nightly purge beside the same deletions in plain SQL, in one database.

Run in the shop's environment by `tests.bench`; prints seconds of the purge, seconds of plain SQL, and by how
many megabytes the purge's own memory grew.
"""

import resource
import sys
import time
from collections.abc import Callable

import django

django.setup()

from django.db import connection
from django.utils import timezone

from accounts.models import SignIn
from privacy import retention

RULE = SignIn._meta.label_lower
FILL = """
    INSERT INTO accounts_signin (outcome, reasons, country, network_ref, session_key, at)
    SELECT 'failed', '', 'DE', md5(number::text), '', now() - interval '1 year'
    FROM generate_series(1, %s) AS number
"""
DELETE = """
    DELETE FROM accounts_signin WHERE id IN (
        SELECT id FROM accounts_signin WHERE at < %s ORDER BY id LIMIT %s
    )
"""


def main(rows: int) -> None:
    plain = seconds(in_plain_sql, rows)
    before = peak()
    ours = seconds(by_the_purge, rows)
    print(f"{ours:.2f} {plain:.2f} {peak() - before:.1f}")


def seconds(delete_all: Callable[[], None], rows: int) -> float:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [rows])
        cursor.execute("VACUUM ANALYZE accounts_signin")
    started = time.perf_counter()
    delete_all()
    assert not SignIn.objects.exists()
    return time.perf_counter() - started


def in_plain_sql() -> None:
    """In transactions as large as the purge's."""
    with connection.cursor() as cursor:
        cursor.execute(DELETE, [timezone.now(), retention.BATCH])
        while cursor.rowcount:
            cursor.execute(DELETE, [timezone.now(), retention.BATCH])


def by_the_purge() -> None:
    retention.purge(as_of=timezone.localdate(), only=RULE, allow_volume=True)


def peak() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
