"""What one block adds to one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data_generators.arrays import Ints
from data_generators.dates import day_of
from data_generators.mess import Found, moved


@dataclass(frozen=True)
class Part:
    """A block's share of a file; parts are put together in the order of their blocks.

    Attributes:
        file: path below the data folder.
        body: bytes of whole lines.
        rows: how many lines those are.
        found: faults in them, not yet in the order of rows, which count from 0 within the part.
    """

    file: str
    body: bytes | bytearray
    rows: int
    found: Sequence[Found] = ()

    def repeated(self, rows: Ints) -> Part:
        """The same part, whose last lines are known to be these rows again, with what is wrong with them."""
        first = self.rows - rows.size
        copies = moved(self.found, rows, self.rows, first)
        return replace(self, found=[*self.found, *copies, ("*,duplicated_row", np.arange(first, self.rows))])


@dataclass(frozen=True)
class View:
    """Which part of a world is exported.

    Attributes:
        day: the last day that the systems know, a day number.
        delta: only what is new or changed on that day, of systems that export changes.
    """

    day: int
    delta: bool = False

    @property
    def date(self) -> str:
        """The day as ``2026-06-30``."""
        return day_of(self.day).isoformat()


def part(file: str, lines: list[str], found: Iterable[Found] = (), encoding: str = "utf-8") -> Part:
    """Lines without their ends, and the faults in them."""
    body = ("\n".join(lines) + "\n" if lines else "").encode(encoding, "replace")
    return Part(file, body, len(lines), list(found))


def quoted(cells: list[str], delimiter: str) -> list[str]:
    """Cells as they stand in a delimited file: in quotes where they have to be."""
    everything = "".join(cells)
    if delimiter not in everything and '"' not in everything:
        return cells
    return [f'"{cell.replace(chr(34), chr(34) * 2)}"' if delimiter in cell or '"' in cell else cell for cell in cells]
