"""The day after, and the next ones: what each system exports on a later day, consistent with what went before.

Everything is simulated to a year after the as-of date anyway, so a day is only another view of the same world, beside
the people who come new on it. The CRM and the loyalty programme write a new dump (who was deleted is missing in it),
the shop, the help desk and the web site write what is new or changed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from data_generators.arrays import stream
from data_generators.config import GeneratorConfig, GeneratorError
from data_generators.dates import day_number
from data_generators.declaration import declare
from data_generators.folder import Made, read_made, write_made
from data_generators.plan import CUSTOMER_SYSTEMS, Block, Quota, page_size, plan
from data_generators.systems import shop, support, web
from data_generators.systems.part import Part, View
from data_generators.systems.registry import export
from data_generators.truth import reveal
from data_generators.workers import Job, in_order, process_count, run_lean
from data_generators.world import FUTURE_DAYS, HISTORY_DAYS, build
from data_generators.writers import Writers

_ARRIVALS = 100_000
_GROWTH = 4 / 3


def add_days(out: Path, until: date, processes: int | None = None) -> dict[str, dict[str, int]]:
    """Writes the files of a day and of those before it that are missing.

    Args:
        out: a folder of the generator.
        until: a day of the year after the folder's as-of date.
        processes: how many to use; default: as many as there are processors.

    Returns:
        Rows by file, by day; empty when all were there.

    Raises:
        GeneratorError: not a folder of this version of the generator, or a day out of range.
    """
    made = read_made(out)
    first = made.config.as_of_date + timedelta(days=1)
    if not first <= until <= made.config.as_of_date + timedelta(days=FUTURE_DAYS):
        raise GeneratorError(f"the day lies in the {FUTURE_DAYS} days from {first}, not {until}")
    added = {}
    for ahead in range(len(made.days) + 1, (until - made.config.as_of_date).days + 1):
        day = made.config.as_of_date + timedelta(days=ahead)
        added[day.isoformat()] = _add(out, made, ahead, processes)
        made = read_made(out)
    return added


def _add(out: Path, made: Made, ahead: int, processes: int | None) -> dict[str, int]:
    config, day = made.config, made.config.as_of_date + timedelta(days=ahead)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", suffix=".day", dir=out.parent) as beside:
        folder = Path(beside)
        (folder / "truth").mkdir()
        writers = Writers(folder, page_size(config))
        jobs = [*_jobs(config, day), *_arrivals(config, ahead)]
        for parts in in_order(make_day, jobs, process_count(processes, len(plan(config)))):
            for part in parts:
                writers.add(part)
        files = writers.close()
        for name in files:
            (folder / name).replace(out / name)
        truth = {
            path.name: _append(out / "truth" / path.name, path, made) for path in sorted(folder.glob("truth/*.csv"))
        }
    declare(out, day, changes=True)
    write_made(out, made.with_day(day, files, truth))
    return files


def _jobs(config: GeneratorConfig, day: date) -> Iterator[Job]:
    blocks = plan(config)
    return (Job(config, block, len(blocks), day=day_number(day)) for block in blocks)


def _arrivals(config: GeneratorConfig, ahead: int) -> Iterator[Job]:
    """The people who have come since the as-of date: one block for each day, all with an account in the shop."""
    blocks = plan(config)
    before = {s: sum(block.quotas[s].records for block in blocks) for s in CUSTOMER_SYSTEMS}
    people, accounts = config.people, before["shop"]
    today = day_number(config.as_of_date) + ahead
    for number in range(1, ahead + 1):
        index = _ARRIVALS + number
        rate = config.people / HISTORY_DAYS * _GROWTH
        size = int(stream(config.seed, index, "arrivals").poisson(rate))
        quotas = {s: Quota(0, 0, before[s]) for s in CUSTOMER_SYSTEMS} | {"shop": Quota(size, 0, accounts)}
        if size:
            joined = day_number(config.as_of_date) + number
            yield Job(config, Block(index, size, people, quotas), len(blocks), day=today, joined=joined)
        people, accounts = people + size, accounts + size


def make_day(job: Job) -> list[Part]:
    """What one block adds to the files of a day; runs in any process."""
    return run_lean(_make_day, job)


def _make_day(job: Job) -> list[Part]:
    if job.day is None:
        raise ValueError("a job without a day")
    view = View(job.day, delta=True)
    if job.joined is None:
        return export(build(job.config, job.block, job.blocks), view)
    world = build(job.config, job.block, job.blocks, (job.joined, job.joined))
    parts = [part for system in (shop, support, web) for part in system.export(world, view)]
    return [*parts, *reveal(world, future=False)] if job.joined == job.day else parts


def _append(target: Path, more: Path, made: Made) -> int:
    """Adds rows to a file of the truth, after those that complete days left there; returns its new size in bytes."""
    beside = target.with_suffix(".new")
    size = made.truth[target.name]
    with target.open("rb") as old, more.open("rb") as new, beside.open("wb") as whole:
        left = size
        while chunk := old.read(min(left, 1 << 20)):
            whole.write(chunk)
            left -= len(chunk)
        new.readline()  # the heading
        shutil.copyfileobj(new, whole)
        size = whole.tell()
    beside.replace(target)
    return size
