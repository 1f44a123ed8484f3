"""How fast the generator is, beside the plain way: one Faker call for each field of each row."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from faker import Faker

from data_generators import GeneratorConfig, generate

_PLAIN_ROWS = 5000


def plain_rate() -> float:
    """Customer records per second by one Faker call for each field, in this run."""
    fake = Faker(["fr_FR", "en_US", "en_GB"])
    Faker.seed(42)
    chance = random.Random(42)  # noqa: S311
    formats = ("%Y-%m-%d", "%d/%m/%Y", "%m-%d-%Y", "%Y/%m/%d %H:%M:%S")
    started = time.perf_counter()
    for _ in range(_PLAIN_ROWS):
        moment = fake.date_time_between(start_date="-2y", end_date="now")
        names = fake.uuid4(), fake.first_name(), fake.last_name(), fake.email(), fake.phone_number()
        place = fake.street_address(), fake.city(), fake.country_code()
        (*names, *place, moment.strftime(chance.choice(formats)))
    return _PLAIN_ROWS / (time.perf_counter() - started)


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    """Gives a list whose one entry is the largest sum of resident bytes of this process and its children."""
    peak, done, me = [0], threading.Event(), psutil.Process()

    def watch() -> None:
        while not done.wait(0.05):
            total = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak[0] = max(peak[0], total)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def bench(customers: int, processes: int | None, folder: Path | None) -> dict[str, float]:
    """Seconds, rate, ratio to the plain way, and peak memory of one run; its folder is deleted."""
    plain = plain_rate()
    with tempfile.TemporaryDirectory(dir=folder) as temporary, peak_memory() as peak:
        started = time.perf_counter()
        summary = generate(GeneratorConfig(customers=customers), Path(temporary) / "data", processes=processes)
        seconds = time.perf_counter() - started
    return {
        "customer records": customers,
        "orders": summary.orders,
        "rows of all files": sum(summary.files.values()),
        "seconds": round(seconds, 1),
        "customer records per second": round(customers / seconds),
        "the plain way, per second": round(plain),
        "times the plain way": round(customers / seconds / plain, 1),
        "peak memory in MB": round(peak[0] / 1e6),
    }
