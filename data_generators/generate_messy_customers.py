"""The generator's front: people, then their orders, then what the systems make of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data_generators.config import GeneratorConfig, Progress, Summary
from data_generators.export import write_systems
from data_generators.folder import new_folder, write_fingerprint
from data_generators.orders import make_orders
from data_generators.people import make_people
from data_generators.records import make_records


def generate(config: GeneratorConfig, out: Path, progress: Progress | None = None) -> Summary:
    """Writes a data folder.

    Args:
        config: what to make; the bytes depend on nothing else.
        out: the folder; replaced as a whole when the generator made it before.
        progress: called with (records done, records in all).

    Raises:
        GeneratorError: when ``out`` holds something that the generator did not write.
        OSError: when the disk refuses.
    """
    with new_folder(out) as folder:
        seeds = np.random.SeedSequence(config.seed).spawn(3)
        people_rng, record_rng, order_rng = (np.random.Generator(np.random.PCG64(seed)) for seed in seeds)
        people = make_people(config, people_rng)
        records = make_records(people, config, record_rng)
        orders = make_orders(records, config, order_rng)
        files = write_systems(folder, config, people, records, orders)
        summary = Summary(len(people), len(records), len(orders), files)
        write_fingerprint(folder, config, summary)
    if progress:
        progress(len(records), len(records))
    return summary


if __name__ == "__main__":
    import sys

    from data_generators.cli import main

    sys.exit(main())
