"""Makes a folder of messy customer data: five systems that know the same people, their orders, and the truth beside."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from data_generators.config import GeneratorConfig, GeneratorError
from data_generators.days import add_days
from data_generators.folder import is_current
from data_generators.generate_messy_customers import generate

_EPILOG = """\
The same customers, seed, mess and days give the same bytes on every machine, with any number of processes.
truth/ in the folder says who is who, which faults were put where, and what people will buy; no pipeline may read it.
"""


class ProgressBar:
    """A line that says how far it is, how fast, and how long it still takes; silent where nobody watches."""

    def __init__(self, out: TextIO) -> None:
        self._out = out if out.isatty() else None
        self._started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Redraws the line."""
        if not self._out:
            return
        seconds = max(time.monotonic() - self._started, 1e-6)
        rate = done / seconds
        filled = 30 * done // total
        left = (total - done) / rate
        bar = "#" * filled + "." * (30 - filled)
        self._out.write(f"\r[{bar}] {done:,} of {total:,} records, {rate:,.0f}/s, {left:.0f} s left \x1b[K")
        if done >= total:
            self._out.write("\n")
        self._out.flush()


def main(argv: Sequence[str] | None = None) -> int:
    """Makes the folder, or adds days to it; returns the exit code (1: could not, 2: bad usage)."""
    asked = _parser().parse_args(argv)
    try:
        return _add_days(asked) if asked.day else _generate(asked)
    except (GeneratorError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    default = GeneratorConfig()
    parser = argparse.ArgumentParser(
        prog="python -m data_generators",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--customers", type=int, default=default.customers, help="customer records over all systems (%(default)s)")
    add("--seed", type=int, default=default.seed, help="of all randomness (%(default)s)")
    add("--mess", type=float, default=default.mess, help="factor on every fault: 0 clean, 2 double (%(default)g)")
    add("--days", type=int, default=default.days, help="newest days of web events in files of their own (%(default)s)")
    add("--out", type=Path, required=True, help="the data folder")
    add("--day", type=date.fromisoformat, help="add the files of the days up to this one to a folder made before")
    add("--processes", type=int, help="how many to use (all processors)")
    add("--force", action="store_true", help="make the folder again even if it is there already")
    return parser


def _generate(asked: argparse.Namespace) -> int:
    config = GeneratorConfig(customers=asked.customers, seed=asked.seed, mess=asked.mess, days=asked.days)
    if not asked.force and is_current(config, asked.out):
        sys.stdout.write(f"{asked.out} is there already\n")
        return 0
    summary = generate(config, asked.out, ProgressBar(sys.stderr), asked.processes)
    _list(asked.out, summary.files)
    sys.stdout.write(f"{summary.customers:,} customer records of {summary.people:,} people\n")
    return 0


def _add_days(asked: argparse.Namespace) -> int:
    added = add_days(asked.out, asked.day, asked.processes)
    for files in added.values():
        _list(asked.out, files)
    sys.stdout.write(f"{len(added)} days added\n" if added else f"{asked.day} is there already\n")
    return 0


def _list(folder: Path, files: dict[str, int]) -> None:
    for name, rows in files.items():
        sys.stdout.write(f"{rows:>12,} rows  {folder / name}\n")
