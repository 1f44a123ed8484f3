"""`make bench-land`: rows per second of landing beside bare COPY of as many bytes, clean, in one run.

Both fill a logged table that was there before, from the same process, in turns; the best turn of each counts.
With ``--tenfold`` files ten times as large are landed too, with ``--formats`` the memory of reading other formats is
measured; ``--docs`` writes the figures into docs/landing.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from customer360.landing import land_file
from customer360.marked import write_marked
from customer360.settings import Settings
from customer360.sources import read_data_folder
from customer360.warehouse import Role, Warehouse

from .messy_files import HEADERS, write, write_first, write_in_formats, write_tenfold

FLOOR = 0.5
PEAK_MB = 500
_DATABASE = "c360_bench_landing"
_BEGIN, _END = "<!-- bench-land -->", "<!-- end of bench-land -->"
# ru_maxrss would count what the parent had when it forked.
_READ = """
import sys
from customer360.cli import main
if code := main(["land-one", *sys.argv[1:]]):
    sys.exit(code)
print("\\n" + next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@dataclass(frozen=True)
class Turn:
    """Seconds on the clock, and of processor time in the server and in this process."""

    seconds: float
    server: float
    client: float

    def __str__(self) -> str:
        return f"{self.seconds:5.2f} s (processor: server {self.server:5.2f}, client {self.client:5.2f})"


@dataclass(frozen=True)
class Figures:
    """Of one file: the best turns, and its rows."""

    name: str
    rows: int
    rejected: int
    copy: Turn
    landing: Turn

    @property
    def ratio(self) -> float:
        return self.copy.seconds / self.landing.seconds


class Bench:
    """A server and a folder of files."""

    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        warehouse.prepare(_DATABASE)
        self._folder = folder
        self._data = read_data_folder(folder)
        self._admin = warehouse.login(Role.ADMIN, _DATABASE).connect(autocommit=True)
        self._loader = warehouse.login(Role.LOADER, _DATABASE).connect()
        with self._loader, self._loader.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            self._backend = psutil.Process(cursor.fetchone()[0])

    def close(self) -> None:
        self._loader.close()
        self._admin.close()

    def bare_copy(self, name: str) -> Turn:
        columns = ", ".join(f'"{column}" text' for column in HEADERS[name].split(","))
        with self._loader, self._loader.cursor() as cursor:
            cursor.execute(f"create table raw.bare ({columns})")

        def copy() -> None:
            with self._loader, self._loader.cursor() as cursor, (self._folder / f"{name}.clean").open("rb") as file:
                cursor.copy_expert("copy raw.bare from stdin (format csv, header)", file, size=1 << 20)

        turn = self._timed(copy)
        with self._loader, self._loader.cursor() as cursor:
            cursor.execute("drop table raw.bare")
        return turn

    def land(self, name: str, file_name: str) -> tuple[Turn, Any]:
        feed = self._data.feed("shop", name)
        land_file(self._loader, self._data, feed, write_first(self._folder, name), None)
        found: list[Any] = []
        turn = self._timed(lambda: found.append(land_file(self._loader, self._data, feed, file_name, None)))
        with self._loader, self._loader.cursor() as cursor:
            cursor.execute(f"drop table raw.shop_{name}_rows cascade")
        self._admin.cursor().execute("truncate audit.batches cascade")
        return turn, found[0]

    def _timed(self, work: Callable[[], None]) -> Turn:
        # Neither side pays for what the other left unwritten.
        self._admin.cursor().execute("checkpoint")
        os.sync()
        server, client, started = self._server_seconds(), time.process_time(), time.monotonic()
        work()
        seconds = time.monotonic() - started
        return Turn(seconds, self._server_seconds() - server, time.process_time() - client)

    def _server_seconds(self) -> float:
        spent = self._backend.cpu_times()
        return float(spent.user + spent.system)


def measure(bench: Bench, name: str, turns: int) -> Figures:
    """COPY and landing in turns."""
    copies, landings, result = [], [], None
    for _ in range(turns):
        copies.append(bench.bare_copy(name))
        turn, result = bench.land(name, f"{name}.csv")
        landings.append(turn)
    assert result is not None
    rows = result.rows_landed + result.rows_quarantined
    best = [min(found, key=lambda turn: turn.seconds) for found in (copies, landings)]
    return Figures(name, rows, result.rows_quarantined, *best)


def peak_mb() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def tenfold(bench: Bench, folder: Path, name: str) -> str:
    """Lands a file ten times as large; a line that tells how."""
    large = write_tenfold(folder, name)
    try:
        size = (folder / large).stat().st_size
        turn, result = bench.land(name, large)
        rows = result.rows_landed + result.rows_quarantined
        return f"{name} x 10: {rows:,} rows, {size / 1e9:.1f} GB, in {turn.seconds:.0f} s; peak {peak_mb():.0f} MB"
    finally:
        (folder / large).unlink()


def peaks_of_formats(folder: Path, sizes: tuple[int, ...] = (100_000, 1_000_000)) -> Iterator[str]:
    """Reads files of other formats and of two sizes, each in a process of its own; a line for each format."""
    peaks: dict[str, list[str]] = {}
    for rows in sizes:
        for path in write_in_formats(folder, rows):
            done = subprocess.run(
                [sys.executable, "-c", _READ, str(path), f"{path}.csv"], capture_output=True, text=True, check=True
            )
            peaks.setdefault(path.suffix[1:], []).append(f"{rows:,} rows {int(done.stdout.split()[-1]) / 1024:.0f} MB")
    for name, found in peaks.items():
        yield f"peak of {name:<8} {', '.join(found)}"


def report(bench: Bench, folder: Path, turns: int, larger: list[str], formats: bool) -> tuple[list[str], bool]:
    """Measures everything, telling it line by line; whether the budgets hold."""
    lines: list[str] = []

    def tell(line: str) -> None:
        lines.append(line)
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    found = []
    for name in HEADERS:
        figures = measure(bench, name, turns)
        found.append(figures)
        tell(f"{name}: {figures.rows:,} rows, {figures.rejected:,} of them rejected; best of {turns}")
        tell(f"  COPY    {figures.copy}")
        tell(f"  landing {figures.landing}, ratio {figures.ratio:.2f}")
    copy, landing = (sum(getattr(f, kind).seconds for f in found) for kind in ("copy", "landing"))
    rows, ratio = sum(f.rows for f in found), copy / landing
    tell(f"together: COPY {rows / copy:,.0f} rows/s, landing {rows / landing:,.0f} rows/s, peak {peak_mb():.0f} MB")
    for name in larger:
        tell(tenfold(bench, folder, name))
    for line in peaks_of_formats(folder) if formats else ():
        tell(line)
    holds = ratio >= FLOOR and peak_mb() <= PEAK_MB
    verdict = "holds" if holds else "MISSED"
    tell(f"ratio {ratio:.2f} (at least {FLOOR}), peak {peak_mb():.0f} MB (at most {PEAK_MB}): {verdict}")
    sys.stdout.write(
        json.dumps({"ratio": round(ratio, 3), "peak_mb": round(peak_mb())} | {f.name: round(f.ratio, 3) for f in found})
        + "\n"
    )
    return lines, holds


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=4_000_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument(
        "--tenfold", nargs="*", choices=HEADERS, help="land files ten times as large, too: of both kinds, or of one"
    )
    parser.add_argument("--formats", action="store_true", help="memory of reading JSON, Parquet and workbooks, too")
    parser.add_argument("--docs", action="store_true", help="write the figures into docs/landing.md")
    parser.add_argument("--keep", type=Path, help="a folder for files and server, for the next time")
    options = parser.parse_args()
    larger = list(HEADERS) if options.tenfold == [] else options.tenfold or []
    home = options.keep or Path(tempfile.mkdtemp(prefix="c360-bench-"))
    folder = home / "data"
    if not folder.exists():
        folder.mkdir(parents=True)
        write(folder, {"customers": options.customers, "orders": options.orders})
    settings = Settings(root=Path.cwd(), state=home / "state", exports=home / "exports", env_file=home / ".env")
    warehouse = Warehouse(settings)
    warehouse.start()
    try:
        with closing(Bench(warehouse, folder)) as bench:
            lines, holds = report(bench, folder, options.turns, larger, options.formats)
        warehouse.drop(_DATABASE)
    finally:
        warehouse.stop()
        if not options.keep:
            shutil.rmtree(home)
    if options.docs:
        write_marked(Path("docs/landing.md"), _BEGIN, _END, ["```text", *lines, "```"])
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
