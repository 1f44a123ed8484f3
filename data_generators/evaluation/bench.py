"""How fast the generator is, beside the plain way: one Faker call for each field of each row."""

from __future__ import annotations

import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
from faker import Faker

from data_generators import GeneratorConfig, generate

PLAIN_ROWS, PLAIN_TURNS = 5000, 3
_BEGIN, _END = "<!-- bench-generate -->", "<!-- end of bench-generate -->"


@dataclass(frozen=True)
class Took:
    """Seconds on the clock, and of all processors together."""

    wall: float
    busy: float


def _now() -> Took:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Took(time.perf_counter(), sum(u.ru_utime + u.ru_stime for u in used))


def _since(start: Took) -> Took:
    now = _now()
    return Took(now.wall - start.wall, now.busy - start.busy)


def plain() -> Took:
    """Makes ``PLAIN_ROWS`` customer records by one Faker call for each field."""
    fake = Faker(["fr_FR", "en_US", "en_GB"])
    Faker.seed(42)
    chance = random.Random(42)  # noqa: S311 - no secret is drawn
    formats = ("%Y-%m-%d", "%d/%m/%Y", "%m-%d-%Y", "%Y/%m/%d %H:%M:%S")
    started = _now()
    for _ in range(PLAIN_ROWS):
        moment = fake.date_time_between(start_date="-2y", end_date="now")
        names = fake.uuid4(), fake.first_name(), fake.last_name(), fake.email(), fake.phone_number()
        place = fake.street_address(), fake.city(), fake.country_code()
        (*names, *place, moment.strftime(chance.choice(formats)))
    return _since(started)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _watch(root: int, caller: Connection) -> None:
    """Sends, as soon as the caller says something, the largest sum of resident bytes of a process and its children."""
    peak, looked, first, family = 0, 0, psutil.Process(root), []
    while not caller.poll(0.1):
        if looked % 5 == 0:  # looking for children reads all of /proc
            family = [first, *(one for one in first.children(recursive=True) if one.pid != os.getpid())]
        looked += 1
        peak = max(peak, sum(map(_resident, family)))
    caller.send(peak)


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    """Gives a list whose one entry is, at the end, the largest sum of resident bytes of this process and its children.

    Another process looks, and no thread: the generator forks only where there are none.
    """
    peak, (here, there) = [0], Pipe()
    watcher = Process(target=_watch, args=(os.getpid(), there), daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        here.send("enough")
        peak[0] = here.recv()
        watcher.join()


def bench(customers: int, processes: int | None, folder: Path | None) -> dict[str, str]:
    """One run beside the best of several turns of the plain way, half of them before and half after it; by name.

    Other work may slow either, and the best turn is the harder comparison. Wall time is what one waits; the figures per
    processor second hold on a busy machine, too.
    """
    turns = [plain() for _ in range(PLAIN_TURNS)]
    with tempfile.TemporaryDirectory(dir=folder) as temporary, peak_memory() as peak:
        started = _now()
        summary = generate(GeneratorConfig(customers=customers), Path(temporary) / "data", processes=processes)
        took = _since(started)
    turns += [plain() for _ in range(PLAIN_TURNS)]
    rate, rate_busy = customers / took.wall, customers / took.busy
    plain_rate = PLAIN_ROWS / min(turn.wall for turn in turns)
    plain_busy = PLAIN_ROWS / min(turn.busy for turn in turns)
    return {
        "customer records": f"{customers:,}",
        "orders": f"{summary.orders:,}",
        "rows of all files": f"{sum(summary.files.values()):,}",
        "processors": f"{os.cpu_count()}",
        "seconds": f"{took.wall:.1f}",
        "processor seconds": f"{took.busy:.1f}",
        "customer records per second": f"{rate:,.0f}",
        "one Faker call for each field, records per second": f"{plain_rate:,.0f}",
        "times as fast": f"{rate / plain_rate:.1f}",
        "times as fast per processor second": f"{rate_busy / plain_busy:.1f}",
        "peak memory of all processes, MB": f"{peak[0] / 1e6:,.0f}",
    }


def write(page: Path, figures: Mapping[str, str]) -> None:
    """Puts the figures into their block of the page."""
    rows = ["| | |", "|---|---:|", *(f"| {name} | {figure} |" for name, figure in figures.items())]
    page.write_text(page.read_text("utf-8").replace(written(page), "\n".join([_BEGIN, "", *rows, "", _END])), "utf-8")


def written(page: Path) -> str:
    """The block of the page with its marks, or an empty one."""
    _, begin, rest = page.read_text("utf-8").partition(_BEGIN)
    inner, end, _ = rest.partition(_END)
    return f"{_BEGIN}{inner}{_END}" if begin and end else f"{_BEGIN}\n\nNo run has been noted here yet.\n\n{_END}"
