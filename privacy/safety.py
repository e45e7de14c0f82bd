"""Note what was tried to keep the house safe, whether it went well or not."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .models import SafetyCheck


@contextmanager
def noted(kind: SafetyCheck.Kind) -> Iterator[dict[str, Any]]:
    """What is put into the report is kept with the result. Errors go on their way."""
    begun = time.monotonic()
    report: dict[str, Any] = {}
    has_passed = False
    try:
        yield report
        has_passed = True
    except Exception as problem:
        report["problem"] = type(problem).__name__
        raise
    finally:
        seconds = round(time.monotonic() - begun)
        SafetyCheck.objects.create(kind=kind, has_passed=has_passed, seconds=seconds, report=report)
