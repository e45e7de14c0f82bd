"""The processor time of the shop's own processes, whatever else runs on the machine meanwhile."""

import os
from collections.abc import Sequence
from pathlib import Path

import redis

from tests.bench.servers import FOLDER, REDIS_PORT

TICKS = os.sysconf("SC_CLK_TCK")


def seconds(pids: Sequence[int]) -> float:
    """Of these processes and all they started."""
    return sum(_ticks(pid) for pid in pids) / TICKS


def database() -> int:
    return int((FOLDER / "pg" / "postmaster.pid").read_text().split()[0])


def cache() -> int:
    return int(redis.Redis(port=REDIS_PORT).info()["process_id"])


def _ticks(pid: int) -> int:
    """Its own and its children's, those that have ended included (proc(5): utime, stime, cutime, cstime)."""
    try:
        figures = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):  # it ended just now, and its parent counts it
        return 0
    return sum(map(int, figures[11:15])) + sum(_ticks(int(child)) for child in children)
