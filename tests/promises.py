"""Prints every promise of the two policies with the tests that show it kept, and what is still unproven."""

import contextlib
import csv
import io
import sys
from collections import defaultdict
from pathlib import Path

import pytest

PROMISES = Path(__file__).resolve().parent.parent / "docs" / "promises.tsv"


class MarkedTests:
    """A pytest plugin that notes which test carries which promise."""

    def __init__(self) -> None:
        self.by_promise: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            for marker in item.iter_markers("promise"):
                for promise in marker.args:
                    self.by_promise[promise].add(item.nodeid.partition("[")[0])


def collect() -> dict[str, set[str]]:
    marked = MarkedTests()
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = pytest.main(["--collect-only", "-q"], plugins=[marked])
    if code:
        sys.exit(output.getvalue())
    return marked.by_promise


def main() -> int:
    """0 unless a test names a promise that neither policy makes."""
    with PROMISES.open(newline="") as file:
        promises = {row["id"]: row["promise"] for row in csv.DictReader(file, delimiter="\t")}
    tests = collect()
    for promise, text in promises.items():
        sys.stdout.write(f"{'kept    ' if tests.get(promise) else 'unproven'}  {promise:8} {text}\n")
        for test in sorted(tests.get(promise, ())):
            sys.stdout.write(f"{'':20}{test}\n")
    kept = sum(bool(tests.get(promise)) for promise in promises)
    sys.stdout.write(
        f"\n{kept} of {len(promises)} promises have a test; {len(promises) - kept} are unproven.\n"
    )
    unknown = sorted(set(tests) - set(promises))
    if unknown:
        sys.stdout.write(f"Tests name promises that do not exist: {', '.join(unknown)}\n")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
