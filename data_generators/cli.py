"""``python -m data_generators``: the generator from the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data_generators.config import GeneratorConfig, GeneratorError
from data_generators.folder import is_current
from data_generators.generate_messy_customers import generate


def main(argv: Sequence[str] | None = None) -> int:
    """Makes the folder unless it is there already; returns the exit code (1: could not, 2: bad usage)."""
    default = GeneratorConfig()
    parser = argparse.ArgumentParser(prog="python -m data_generators", description=__doc__)
    parser.add_argument("--customers", type=int, default=default.customers, help="customer records (%(default)s)")
    parser.add_argument("--seed", type=int, default=default.seed, help="of all randomness (%(default)s)")
    parser.add_argument("--mess", type=float, default=default.mess, help="0 clean, 1 usual, 2 double (%(default)g)")
    parser.add_argument("--out", type=Path, required=True, help="the data folder to write")
    parser.add_argument("--force", action="store_true", help="write it again even if it is there already")
    asked = parser.parse_args(argv)
    try:
        config = GeneratorConfig(customers=asked.customers, seed=asked.seed, mess=asked.mess)
        if not asked.force and is_current(config, asked.out):
            sys.stdout.write(f"{asked.out} is there already\n")
            return 0
        summary = generate(config, asked.out)
    except (GeneratorError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    for name, rows in summary.files.items():
        sys.stdout.write(f"{rows:>10,} rows  {asked.out / name}\n")
    sys.stdout.write(f"{summary.customers:,} customer records of {summary.people:,} people\n")
    return 0
