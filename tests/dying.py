"""A process that dies right after its Nth commit, in the test's own process.

A commit is whatever survives the process: of a transaction, of a single statement outside one, of a line in
the rights journal, of a file's deletion. What was to happen after the commit does not happen any more.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.core.files.storage import FileSystemStorage
from django.db import connection


class Died(BaseException):
    """Nothing of the shop catches it."""


def die() -> None:
    raise Died


@contextmanager
def dying_after(commits: int, die: Callable[[], None] = die) -> Iterator[list[str]]:
    """Yields what was committed, the last one being the one it died of."""
    done: list[str] = []

    def committed(what: str) -> None:
        done.append(what)
        if len(done) == commits:
            connection.run_on_commit.clear()
            die()

    def single_statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if not connection.in_atomic_block and sql.startswith(("INSERT", "UPDATE", "DELETE")):
            committed(sql.partition(" SET ")[0][:60])
        return result

    with ExitStack() as stack:
        after(stack, connection, "commit", lambda: committed("commit"))
        after(stack, os, "fsync", lambda: committed("journal"))
        after(stack, FileSystemStorage, "delete", lambda: committed("file"))
        stack.enter_context(connection.execute_wrapper(single_statement))
        yield done


def after(stack: ExitStack, owner: Any, name: str, then: Callable[[], None]) -> None:
    real = getattr(owner, name)

    def replacement(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        then()
        return result

    stack.enter_context(patch.object(owner, name, replacement))
