"""`make bench`: the speed of the whole shop in ratios to a bare Django view on the same machine, in one run.

    make bench                  10,000 and 100,000 products, a quarter of an hour; the first run makes them
    make bench ARGS=--quick     10,000 products and short rounds, for work on the code

Each round measures the bare view and the shop in turn, and the median of the rounds' ratios counts:
a machine whose speed drifts changes the figures but not the ratios.
"""

import argparse
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import addresses, buyers, processor, servers, weight
from tests.bench.load import Ask, pages_per_second, warm_up
from tests.bench.servers import Shop
from tests.bench.table import Line, table

BARE, CACHED, UNCACHED, LARGE = 8_500, 8_501, 8_502, 8_503
KINDS: list[Callable[[Shop], list[Ask]]] = [
    addresses.home,
    addresses.category,
    addresses.facet,
    addresses.search,
    addresses.product,
    addresses.add_to_cart,
]
FROM_CACHE, RENDERED, ORDERS, TENFOLD, MEMORY_MB, WEIGHT_KB = 1.0, 0.35, 0.03, 1.3, 150, 60
PURGE, PURGE_MB = 3.0, 20

Masters = dict[int, int]  # the process id of each gunicorn by its port


@dataclass(frozen=True)
class Pace:
    rounds: int
    page_seconds: int
    order_seconds: int
    expired_rows: int


QUICK, FULL = Pace(2, 1, 5, 100_000), Pace(5, 3, 15, 1_000_000)


def main() -> int:
    options = arguments()
    pace = QUICK if options.quick else FULL
    with servers.services(), ExitStack() as running:
        small = servers.open_shop(10_000, cache=0)
        large = None if options.quick else servers.open_shop(100_000, cache=1)
        masters = open_servers(running, small, large)
        lines = list(measure(small, large, pace, masters, options.only))
    print(f"\n{machine()}\n\n{table(lines)}")
    return 0 if all(line.is_reached for line in lines) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="10,000 products, short rounds")
    parser.add_argument(
        "--only", nargs="*", default=[], help="home category facet search product add_to_cart orders purge"
    )
    return parser.parse_args()


def open_servers(running: ExitStack, small: Shop, large: Shop | None) -> Masters:
    """The bare view, and the shop with and without its page cache; gives the masters of its workers."""
    servers.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0", "--skip-checks"],
        small,
    )
    shop = "tests.bench.behind_proxy"
    masters = {
        BARE: running.enter_context(servers.gunicorn("tests.bench.bare", BARE, small)),
        CACHED: running.enter_context(servers.gunicorn(shop, CACHED, small)),
        UNCACHED: running.enter_context(servers.gunicorn(shop, UNCACHED, small, PAGE_CACHE_SECONDS="0")),
    }
    if large:
        running.enter_context(servers.gunicorn(shop, LARGE, large, PAGE_CACHE_SECONDS="0"))
    return masters


def measure(
    small: Shop, large: Shop | None, pace: Pace, masters: Masters, only: Sequence[str]
) -> Iterator[Line]:
    for kind in KINDS:
        if not only or kind.__name__ in only:
            yield from measure_pages(kind, small, pace, is_large=large is not None)
    if not only or "orders" in only:
        yield from measure_orders(small, pace, masters)
    if not only or "purge" in only:
        yield from measure_purge(small, pace)
    shops = [master for port, master in masters.items() if port != BARE]
    memory = max(size for master in shops for size in servers.worker_memory(master)) / 1024**2
    yield Line("memory of the largest worker", "after all of the above", memory, "MB", most=MEMORY_MB)
    first = weight.weigh(CACHED, addresses.category(small)[0].path)
    parts = f"HTML {kb(first.html)}, CSS {kb(*first.styles)}, JavaScript {kb(*first.scripts)}"
    yield Line("first view of a category", parts, first.total / 1000, "kB", most=WEIGHT_KB)
    yield Line("its style sheets", "", len(first.styles), "file", most=1)


def measure_pages(
    kind: Callable[[Shop], list[Ask]], small: Shop, pace: Pace, *, is_large: bool
) -> Iterator[Line]:
    name, asks = kind.__name__.replace("_", " "), {BARE: addresses.bare(small), CACHED: kind(small)}
    asks[UNCACHED] = asks[LARGE] = asks[CACHED]
    ports = [BARE, UNCACHED, *([LARGE] if is_large else []), *([] if asks[CACHED][0].body else [CACHED])]
    for port in ports:
        warm_up(port, asks[port])
        pages_per_second(port, asks[port], seconds=1)
    rates: dict[int, list[float]] = {port: [] for port in ports}
    for number in range(pace.rounds):
        for port in ports if number % 2 else reversed(ports):
            warm_up(port, asks[port])  # again: what the shop remembers ends after two minutes
            rates[port].append(pages_per_second(port, asks[port], seconds=pace.page_seconds))
    if CACHED in rates:
        yield compared(f"{name}, from the page cache", rates[CACHED], rates[BARE], FROM_CACHE)
    # A form writes and is no page of the catalogue: it is measured, but held to no part of the bare view.
    yield compared(name, rates[UNCACHED], rates[BARE], None if asks[CACHED][0].body else RENDERED)
    if LARGE in rates:
        tenfold = median(few / many for few, many in zip(rates[UNCACHED], rates[LARGE], strict=True))
        measured = f"{median(rates[LARGE]):.0f}/s to {median(rates[UNCACHED]):.0f}/s"
        yield report(Line(f"{name}, ten times the products", measured, tenfold, "× the time", most=TENFOLD))


def measure_orders(shop: Shop, pace: Pace, masters: Masters) -> Iterator[Line]:
    """By the clock, and by the processor time of the shop's own processes, which the buyers do not share."""
    variants, asks = addresses.variants(shop), addresses.bare(shop)
    orders, bare, bare_cost, order_cost = [], [], [], []
    with servers.sandbox(shop, webhook_port=CACHED), servers.worker(shop) as worker:
        ours = [masters[CACHED], worker, processor.database(), processor.cache()]
        buyers.orders_per_second(CACHED, shop, variants, seconds=2)
        for _round in range(pace.rounds):
            start = processor.seconds([masters[BARE], processor.database()])
            bare.append(pages_per_second(BARE, asks, seconds=pace.page_seconds))
            used = processor.seconds([masters[BARE], processor.database()]) - start
            bare_cost.append(used / (bare[-1] * pace.page_seconds))
            start, before = processor.seconds(ours), buyers.paid(shop)
            orders.append(buyers.orders_per_second(CACHED, shop, variants, seconds=pace.order_seconds))
            order_cost.append((processor.seconds(ours) - start) / (buyers.paid(shop) - before))
    yield compared("whole guest orders, 8 buyers", orders, bare, ORDERS)
    ratio = median(page / order for page, order in zip(bare_cost, order_cost, strict=True))
    measured = f"{median(order_cost) * 1000:.0f} ms to {median(bare_cost) * 1000:.2f} ms"
    yield report(Line("the same by processor time", measured, ratio, "× bare"))


def measure_purge(shop: Shop, pace: Pace) -> Iterator[Line]:
    answer = servers.answer_of([*servers.PYTHON, "tests.bench.purge", str(pace.expired_rows)], shop)
    ours, plain, grown = (float(figure) for figure in answer.split())
    measured = f"{ours:.0f} s to {plain:.0f} s"
    what = f"purge of {pace.expired_rows:,} expired rows"
    yield report(Line(what, measured, ours / plain, "× plain SQL", most=PURGE))
    yield report(Line("memory the purge grew by", "", grown, "MB", most=PURGE_MB))


def compared(what: str, rates: list[float], bare: list[float], goal: float | None) -> Line:
    ratio = median(rate / other for rate, other in zip(rates, bare, strict=True))
    measured = f"{median(rates):.{0 if median(rates) > 100 else 1}f}/s to {median(bare):.0f}/s"
    return report(Line(what, measured, ratio, "× bare", least=goal))


def report(line: Line) -> Line:
    print("   ".join(line.cells), flush=True)
    return line


def kb(*sizes: int) -> str:
    return f"{sum(sizes) / 1000:.1f} kB"


def machine() -> str:
    cores = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{len(cores)} cores ({cores[0]}), {gigabytes:.0f} GB, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
