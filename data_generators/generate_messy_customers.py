"""The generator's front: blocks of people, what five systems make of them, and the truth beside it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from data_generators.config import GeneratorConfig, Progress, Summary
from data_generators.declaration import declare
from data_generators.folder import Made, new_folder, write_made
from data_generators.plan import page_size, plan
from data_generators.spool import Spooled, spool
from data_generators.systems.part import View
from data_generators.systems.registry import export
from data_generators.truth import reveal
from data_generators.workers import Job, in_order, process_count, run_lean
from data_generators.world import build
from data_generators.writers import Writers


def generate(
    config: GeneratorConfig, out: Path, progress: Progress | None = None, processes: int | None = None
) -> Summary:
    """Writes a data folder.

    Args:
        config: what to make; the bytes depend on nothing else.
        out: the folder; replaced as a whole when the generator made it before.
        progress: called with (records done, records in all).
        processes: how many to use; default: as many as there are processors, and blocks for them.

    Raises:
        GeneratorError: when ``out`` holds something that the generator did not write.
        OSError: when the disk refuses.
    """
    blocks = plan(config)
    count = process_count(processes, len(blocks))
    with new_folder(out) as folder, tempfile.TemporaryDirectory(dir=folder) as spools:
        (folder / "truth").mkdir()
        writers = Writers(folder, page_size(config))
        places = [Path(spools) / f"{number}.parts" for number in range(count + 1)]
        jobs = (Job(config, b, len(blocks), spool=places[b.index % len(places)]) for b in blocks)
        done = 0
        for block, made in zip(blocks, in_order(make, jobs, count), strict=True):
            for part in made.take():
                writers.add(part)
            done += sum(quota.records for quota in block.quotas.values())
            if progress:
                progress(done, config.customers)
        files = writers.close()
        orders = sum(rows for name, rows in files.items() if name.startswith("shop_orders_"))
        summary = Summary(config.people, done, orders, files)
        declare(folder, config.as_of_date, changes=False)
        truth = {path.name: path.stat().st_size for path in sorted(folder.glob("truth/*.csv"))}
        write_made(folder, Made(config, summary, truth, {}))
    return summary


def make(job: Job) -> Spooled:
    """The parts of one block; runs in any process."""
    return run_lean(_make, job)


def _make(job: Job) -> Spooled:
    if job.spool is None:
        raise ValueError("a job without a place for its parts")
    world = build(job.config, job.block, job.blocks)
    return spool([*export(world, View(world.as_of)), *reveal(world, future=True)], job.spool)


if __name__ == "__main__":
    import sys

    from data_generators.cli import main

    sys.exit(main())
