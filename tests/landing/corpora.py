"""`make corpora`: what becomes of every file of the public collections, as the table in docs/landing.md."""

from __future__ import annotations

import csv
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from customer360.landing.content import UnreadableError, examine
from customer360.landing.delimited import DelimitedFile
from customer360.landing.dialect import Pins
from customer360.landing.dry_run import values
from customer360.landing.reading import open_table
from customer360.marked import write_marked

COLLECTIONS = ("csv_spectrum", "csvkit_examples", "frictionless_data")
LIMIT = 30.0
_BEGIN, _END = "<!-- corpora -->", "<!-- end of corpora -->"


@dataclass(frozen=True)
class Fate:
    """What became of a file.

    Attributes:
        told: how it was read, or why not.
        counts: lines read and where they went.
        agrees: rows are the cells that Python's csv module finds under the same dialect (None: not comparable).
    """

    name: str
    told: str
    counts: str
    balanced: bool
    seconds: float
    agrees: bool | None = None


def files(root: Path) -> list[Path]:
    return [path for name in COLLECTIONS for path in sorted((root / name / "raw").rglob("*")) if path.is_file()]


def fate_of(path: Path, root: Path) -> Fate:
    started = time.monotonic()
    name = str(path.relative_to(root)).replace("/raw/", "/")
    try:
        facts = examine(path)
        table = open_table(path, facts, Pins())
        rows: list[list[str]] = []
        for block in table.blocks():
            rows += values(block, table.wire)
    except UnreadableError as error:
        return Fate(
            name, f"unreadable ({error.reason}): {error}", "", balanced=True, seconds=time.monotonic() - started
        )
    seconds = time.monotonic() - started
    tally = table.tally
    parts = {
        "preamble": tally.preamble, "header": tally.header, "blank": tally.blank, "footer": tally.footer,
        "landed": tally.landed, "quarantined": tally.quarantined,
    }  # fmt: skip
    counts = f"{tally.lines_read} = " + (" + ".join(f"{n} {word}" for word, n in parts.items() if n) or "0")
    if tally.reasons:
        counts += f" ({', '.join(f'{n} {reason}' for reason, n in sorted(tally.reasons.items()))})"
    told = table.described()
    shown = [str(told["format"])] if told["format"] != "delimited" else []
    shown += [repr(told[key]) for key in ("delimiter",) if key in told and told["delimiter"] != ","]
    shown += [str(told[key]) for key in ("compression", "encoding") if told.get(key, "utf-8") != "utf-8"]
    if told.get("header") is False:
        shown.append("no header")
    agrees = _agrees(path, table, rows) if isinstance(table, DelimitedFile) else None
    return Fate(name, ", ".join(shown) or "plain", counts, tally.accounted == tally.lines_read, seconds, agrees)


def _agrees(path: Path, table: DelimitedFile, rows: list[list[str]]) -> bool | None:
    """Whether what landed is what Python's csv module reads in a file without faults."""
    told = table.described()
    if told.get("compression") or table.tally.quarantined or table.tally.footer or told.get("escape"):
        return None
    text = path.read_bytes().decode(told["encoding"]).removeprefix("\ufeff")
    lines = text.splitlines(keepends=True) if not told.get("preamble") else None
    if lines is None or told.get("blank after delimiter"):
        return None
    quoting = csv.QUOTE_MINIMAL if told.get("quote") else csv.QUOTE_NONE
    reader = csv.reader(iter([text]) if "\r" not in text and "\n" not in text else _physical(text),
                        delimiter=told["delimiter"], quotechar=told.get("quote") or None, quoting=quoting)  # fmt: skip
    found = [row for row in reader if row][table.tally.header > 0 :]
    width = table.layout.width
    return [row[:width] for row in found] == rows


def _physical(text: str) -> list[str]:
    import io

    return list(io.StringIO(text, newline=""))


def main() -> int:
    root = os.environ.get("C360_CORPORA")
    if not root:
        sys.stderr.write("error: C360_CORPORA names no folder with the collections\n")
        return 1
    fates = [fate_of(path, Path(root)) for path in files(Path(root))]
    lines = ["| file | read as | lines read, and where they went |", "| --- | --- | --- |"]
    lines += [f"| `{fate.name}` | {fate.told.replace('|', chr(92) + '|')} | {fate.counts} |" for fate in fates]
    compared = [fate for fate in fates if fate.agrees is not None]
    lines += [
        "",
        f"{len(fates)} files; {sum(fate.balanced for fate in fates)} balanced; of {len(compared)} files without faults,"
        f" {sum(bool(fate.agrees) for fate in compared)} landed with the cells that Python's csv module finds under the"
        f" same dialect; the slowest stayed below {max(1, round(max(fate.seconds for fate in fates) + 0.5))} s.",
    ]
    write_marked(Path("docs/landing.md"), _BEGIN, _END, lines)
    for fate in fates:
        if not fate.balanced or fate.agrees is False or fate.seconds > LIMIT:
            sys.stdout.write(f"{fate}\n")
    sys.stdout.write(lines[-1] + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
